from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from release.adapters.git import Git
from release.errors import Refused, UsageError
from release.steps.read import Packages, read_package, read_packages

if TYPE_CHECKING:
    from tests.release.repository import Repository

FOLDER = PurePosixPath("packages/alpha")
VALUES = st.recursive(
    st.booleans() | st.integers(-5, 5) | st.text("a/. >=1\u202e\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "packages", "x"]), inner),
    max_leaves=6,
)
PLACES = [
    ("project",),
    ("project", "name"),
    ("project", "dependencies"),
    ("project", "dynamic"),
    ("project", "scripts"),
    ("build-system", "requires"),
    ("tool", "hatch", "build", "targets", "wheel"),
    ("tool", "hatch", "build", "targets", "wheel", "packages"),
    ("tool", "release"),
    ("tool", "release", "runtimes"),
]


def read(repository: Repository, *members: str) -> Packages:
    return read_packages(Git(repository.root, os.environ), "HEAD", members or ("packages/*",))


def circle(repository: Repository, name: str) -> str:
    packages = read(repository)
    with pytest.raises(Refused) as refused:
        packages.siblings(packages.require(name))
    return refused.value.message


def test_a_package_is_read_as_the_commit_has_it(repository: Repository) -> None:
    repository.add("env-drift", requires=["Packaging>=21"], scripts={"drift": "env_drift:main", "a": "env_drift:a"})
    repository.commit()
    repository.write("packages/env-drift/pyproject.toml", "broken since")
    package = read(repository).require("env-drift")
    assert package.folder == PurePosixPath("packages/env-drift")
    assert [str(each) for each in package.requires] == ["packaging>=21"]
    assert [each.name for each in package.build_requires] == ["hatchling", "hatch-vcs"]
    assert package.sources == (PurePosixPath("src/env_drift"),)
    assert package.imports == ("env_drift",)
    assert package.changelog is not None
    assert package.changelog.versions == (Version("0.1.0"),)


def test_a_broken_package_does_not_hide_the_others(repository: Repository) -> None:
    repository.add("alpha").add("beta", files={"pyproject.toml": "[project\n"}).add("gamma").commit()
    packages = read(repository)
    assert packages.found.keys() == {"alpha", "gamma"}
    assert packages.names == {"alpha", "beta", "gamma"}
    with pytest.raises(UsageError, match=r"packages/beta/pyproject\.toml is not valid TOML"):
        packages.require("beta")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "project.name is missing"),
        ("[project]\nname = 7", "project.name is missing"),
        ("[project]\nname = 'alpha'\ndynamic = ['dependencies']", "dependencies may not be dynamic"),
        ("[project]\nname = 'alpha'\ndependencies = 'idna'", "a list of requirements is not a list"),
        ("[project]\nname = 'alpha'\ndependencies = ['idna >> 1']", "'idna >> 1' is not a requirement"),
        ("[project]\nname = 'alpha'\ndependencies = [7]", "7 is not a requirement"),
        ("[project]\nname = 'alpha'\n[tool.release]\nruntime = []", "tool.release.runtime: unknown key"),
        ("[project]\nname = 'beta'", "the project is called beta, its folder alpha"),
    ],
)
def test_what_is_wrong_with_a_package_is_named(repository: Repository, content: str, said: str) -> None:
    repository.add("alpha", files={"pyproject.toml": content}).commit()
    packages = read(repository)
    assert packages.found == {}
    assert said in packages.broken["alpha"].message
    assert "packages/alpha" in packages.broken["alpha"].message
    assert packages.broken["alpha"].hint


@given(st.sampled_from(PLACES), VALUES)
def test_no_project_file_breaks_the_tool(place: tuple[str, ...], value: object) -> None:
    document: dict[str, object] = {}
    table = document
    for key in place[:-1]:
        inner: dict[str, object] = {}
        table[key] = inner
        table = inner
    table[place[-1]] = value
    project = document.setdefault("project", {})
    if isinstance(project, dict):
        project.setdefault("name", "alpha")
    said = ""
    try:
        read_package(FOLDER, tomlkit.dumps(document).encode(), None)
    except UsageError as error:
        said = error.message
    assert said == "" or "packages/alpha/pyproject.toml" in said


def test_a_folder_without_a_project_file_is_named(repository: Repository) -> None:
    repository.write("packages/notes/README.md", "words")
    repository.commit()
    assert "packages/notes/pyproject.toml is missing" in read(repository).broken["notes"].message


def test_two_packages_of_one_name_are_both_refused(repository: Repository) -> None:
    repository.add("alpha").add("beta").commit()
    repository.edit("packages/beta/pyproject.toml", 'name = "beta"', 'name = "Alpha"')
    repository.commit()
    packages = read(repository)
    assert packages.found == {}
    for name in ("alpha", "beta"):
        assert packages.broken[name].message == "two packages are called alpha: packages/alpha, packages/beta"


def test_a_name_that_stands_for_nothing_is_refused_with_the_names_there_are(repository: Repository) -> None:
    repository.add("alpha").add("beta").commit()
    with pytest.raises(UsageError, match="there is no package gamma") as refused:
        read(repository).require("gamma")
    assert refused.value.hint == "packages: alpha, beta; what is not committed is not seen"


def test_members_say_where_packages_are(repository: Repository) -> None:
    repository.add("alpha").commit()
    assert read(repository, "libs/*").names == frozenset()
    assert read(repository, "libs/*", "packages/al*").names == {"alpha"}
    assert read(repository, "packages/*/src").names == {"src"}


def test_siblings_are_found_through_others(repository: Repository) -> None:
    repository.add("alpha").add("beta", requires=["Alpha>=0.1", "idna"]).add("gamma", requires=["beta"]).commit()
    packages = read(repository)
    assert packages.siblings(packages.require("alpha")) == frozenset()
    assert packages.siblings(packages.require("beta")) == {"alpha"}
    assert packages.siblings(packages.require("gamma")) == {"alpha", "beta"}


def test_a_circle_is_refused_with_everyone_in_it(repository: Repository) -> None:
    repository.add("alpha", requires=["gamma"]).add("beta", requires=["alpha"]).add("gamma", requires=["beta"])
    repository.add("delta", requires=["delta"]).commit()
    assert circle(repository, "alpha") == "packages need each other in a circle: alpha → gamma → beta → alpha"
    assert circle(repository, "delta") == "packages need each other in a circle: delta → delta"


def test_a_package_outside_a_circle_may_need_one_in_it(repository: Repository) -> None:
    repository.add("alpha", requires=["beta"]).add("beta", requires=["alpha"]).add("gamma", requires=["beta"]).commit()
    packages = read(repository)
    assert packages.siblings(packages.require("gamma")) == {"alpha", "beta"}


def test_a_package_without_a_changelog_has_none(repository: Repository) -> None:
    repository.add("alpha")
    (repository.root / "packages/alpha/CHANGELOG.md").unlink()
    repository.commit()
    assert read(repository).require("alpha").changelog is None
