"""Which settings of hatch-vcs name a package's versions, and which would name another's."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from release.model.diagnosis import State
from release.steps.diagnosis.versioning import find_faults
from release.steps.read import read_package
from release.template import render_package

if TYPE_CHECKING:
    from release.model.diagnosis import Diagnosis

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
OTHERS = frozenset({"env", "env-drift-2", "drift", "table-contracts"})
PLACE = "packages/env-drift/pyproject.toml: "


def project_of(name: str) -> str:
    """Give the project file that `new` writes."""
    folder = f"packages/{name}"
    values = {"name": name, "module": name.replace("-", "_"), "folder": folder, "up": "../.."}
    values |= {"home": "https://example.com", "today": "2026-01-02", "year": "2026", "licence": "MIT"}
    files = render_package(values)
    return files[PurePosixPath("pyproject.toml")]


def faults_of(text: str, name: str = "env-drift", others: frozenset[str] = OTHERS) -> list[Diagnosis]:
    package = read_package(PurePosixPath("packages", name), text.encode(), None)
    return list(find_faults(package, tomli.loads(text), others))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"hatchling.build"', '"setuptools.build_meta"', "build-backend is not hatchling"),
        (', "hatch-vcs>=0.5"', "", "build-system.requires lacks hatch-vcs"),
        ('dynamic = ["version"]', 'version = "1.0"', "the version is not dynamic"),
        ('dynamic = ["version"]', 'dynamic = ["version"]\nversion = "1.0"', "project.version stands beside the tag"),
        ('dynamic = ["version"]', 'dynamic = "version"', "the version is not dynamic"),
        ('source = "vcs"', 'source = "regex"', "the version's source is not vcs"),
        (
            "tag-pattern = '^env-drift/v(?P<version>[^/]+)$'",
            "",
            "tag-pattern is missing, and the default one",
        ),
        ("'^env-drift/v(?P<version>[^/]+)$'", "'('", "tag-pattern is no regular expression"),
        ("'^env-drift/v(?P<version>[^/]+)$'", "'^env-drift/v[0-9.]+$'", "tag-pattern does not read 0.1.0"),
        ("'^env-drift/v(?P<version>[^/]+)$'", r"'^env-drift/v(\d+\.\d+)'", "tag-pattern does not read 1.2.3rc1"),
        ("'^env-drift/v(?P<version>[^/]+)$'", "'^env-drift-(?P<version>.+)$'", "tag-pattern does not read 0.1.0"),
        ("'^env-drift/v(?P<version>[^/]+)$'", r"'^env-drift/v(?P<version>\d+\.\d+\.\d+)$'", "does not read 1.2.3rc1"),
        ("'^env-drift/v(?P<version>[^/]+)$'", "'^env-drift/(?P<version>v?)'", "tag-pattern does not read 0.1.0"),
        ("'^env-drift/v(?P<version>[^/]+)$'", "'.*/v(?P<version>[^/]+)$'", "tag-pattern takes drift/v9.8.7 for this"),
        (
            "'^env-drift/v(?P<version>[^/]+)$'",
            "'env-drift.*/v(?P<version>[^/]+)$'",
            "takes env-drift-2/v9.8.7",
        ),
        ("describe_command =", "other =", "no describe_command: the newest tag of any package is taken"),
        ('["git", "describe", ', 'false # ["', "no describe_command"),
        ('["git", "describe", ', '"git \'describe" # [', "no describe_command"),
        ('"--tags", "--long", ', "", "describe_command lacks --tags and --long"),
        ('"--match", "env-drift/v[0-9]*"', "", "describe_command does not --match tags of env-drift"),
        ('"env-drift/v[0-9]*"', '"env-drift-v*"', "describe_command does not --match tags of env-drift"),
        ('"env-drift/v[0-9]*"', '"*/v[0-9]*"', "describe_command takes drift/v9.8.7 too"),
        ('"env-drift/v[0-9]*"', '"env-drift*"', "describe_command takes env-drift-2/v9.8.7 too"),
        ('root = "../.."', 'root = ".."', "root does not lead to the repository"),
        ('root = "../.."', "", "root does not lead to the repository"),
    ],
)
def test_a_setting_that_names_a_wrong_version_fails_with_the_lines_to_write(old: str, new: str, said: str) -> None:
    text = project_of("env-drift")
    assert old in text
    (fault, *_) = faults_of(text.replace(old, new))
    assert fault.detail.startswith(PLACE)
    assert said in fault.detail
    assert (fault.state, fault.exit_code) == (State.FAILED, 10)
    assert fault.cure


@pytest.mark.parametrize(
    ("old", "said", "cure"),
    [
        (
            'pre_parse = "fail_on_shallow"',
            "a shallow clone builds a version of its own",
            'pre_parse = "fail_on_shallow"',
        ),
        ('dist_name = "env-drift"', "dist_name is not this package's", 'dist_name = "env-drift"'),
    ],
)
def test_what_no_release_fails_for_is_a_warning(old: str, said: str, cure: str) -> None:
    (fault,) = faults_of(project_of("env-drift").replace(old, ""))
    assert said in fault.detail
    assert fault.state is State.WARNING
    assert fault.exit_code == 0
    assert fault.cure.endswith(cure)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'^env-drift/v(?P<version>[^/]+)$'", "'^env-drift/v([^/]+)$'"),
        ("'^env-drift/v(?P<version>[^/]+)$'", "'^env-drift/(?P<version>v[^/]+)$'"),
        ('"--match", "env-drift/v[0-9]*"', '"--match=env-drift/v[0-9]*"'),
        ('root = "../.."', "search_parent_directories = true"),
        ('["git", "describe", "--dirty", "--tags", "--long", "--match", "env-drift/v[0-9]*"]',
         '"git describe --tags --long --match env-drift/v[0-9]*"'),
    ],
)  # fmt: skip
def test_another_way_to_say_the_same_is_taken(old: str, new: str) -> None:
    text = project_of("env-drift")
    assert old in text
    assert faults_of(text.replace(old, new)) == []


def test_the_cures_together_make_a_sound_project() -> None:
    bare = project_of("env-drift").partition("[tool.hatch.version]")[0]
    assert len(faults_of(bare)) == 1
    tables: dict[str, set[str]] = {}
    for fault in faults_of(f'{bare}[tool.hatch.version]\nsource = "vcs"\n'):
        heading, line = fault.cure.split("\n")
        tables.setdefault(heading, set()).add(line)
    tables["[tool.hatch.version]"].add('source = "vcs"')
    cured = "".join(f"{heading}\n" + "\n".join(lines) + "\n" for heading, lines in tables.items())
    assert faults_of(bare + cured) == []


@given(NAMES, st.frozensets(NAMES, max_size=4))
def test_what_new_writes_is_sound_beside_any_other_packages(name: str, others: frozenset[str]) -> None:
    assert faults_of(project_of(name), name, others - {name}) == []


@given(NAMES, NAMES)
def test_settings_of_one_package_are_never_sound_for_another(name: str, other: str) -> None:
    borrowed = project_of(other).replace(f'name = "{other}"', f'name = "{name}"', 1)
    assert (faults_of(borrowed, name) == []) == (name == other)
