"""Whoever has the tag can build again what was delivered, byte for byte, with the toolchain that provenance names."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from release.adapters.local_key import LocalKey
from release.model.artifact import digest_of
from release.model.dsse import Envelope, Signature, parse_envelope
from release.model.provenance import write_statement
from tests.matrix import find_interpreter
from tests.release.command import ReleaseCommand
from tests.release.repository import Repository
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.release.command import Ended
    from tests.servers.index import PackageIndex

TAG = "alpha/v0.1.0"
WHEEL, SDIST = "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"
BUNDLE = "alpha-0.1.0.intoto.jsonl"
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHERS = {python: find_interpreter(python) for python in ("3.10", "3.11", "3.12", "3.13") if python != HERE}
CIRCUMSTANCES = (
    (0o077, {"TZ": "Pacific/Kiritimati", "LC_ALL": "C"}),
    (0o022, {"TZ": "America/St_Johns", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"}),
    (0o002, {"TZ": "Asia/Kathmandu", "LC_ALL": "POSIX", "SOURCE_DATE_EPOCH": "1", "USER": "grace"}),
    (0o027, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}),
)
"""One for each Python: umask and variables."""
Change = dict[str, Any]


@dataclass(frozen=True)
class Delivered:
    """A copy of a repository with a release in it, at a path of its own."""

    folder: Path
    release: ReleaseCommand

    @property
    def dist(self) -> Path:
        """Give the folder of the release."""
        return self.folder / "dist/alpha/0.1.0"

    def rebuild(self, *words: str) -> Ended:
        """Verify and build again, in this process."""
        return self.release("verify", *(words or (TAG,)), "--rebuild", "--json")

    def sign(self, change: Callable[[Change], object]) -> None:
        """Change what the provenance says, and have this machine's key sign that."""
        payload = json.loads(parse_envelope((self.dist / BUNDLE).read_bytes()).payload)
        change(payload)
        envelope = Envelope(write_statement(payload))
        key = LocalKey(Path(self.release.environment["XDG_CONFIG_HOME"]) / "wheelyard", pytest.fail)
        (self.dist / BUNDLE).write_bytes(envelope.signed(Signature(key.sign(envelope.message))).as_line())


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Give a tagged package that has data, a script and files of both modes."""
    repository = Repository(tmp_path_factory.mktemp("origin") / "repository")
    files: dict[str, str | bytes] = {"src/alpha/data/näme.bin": bytes(range(256)), "src/alpha/tool.sh": "#!/bin/sh\n"}
    repository.add("alpha", files=files)
    (repository.root / "packages/alpha/src/alpha/tool.sh").chmod(0o755)
    repository.commit()
    repository.tag(TAG)
    return repository


@pytest.fixture
def delivered(origin: Repository, outside: dict[str, str], tmp_path: Path) -> Delivered:
    """Give a copy of the one release, elsewhere than it was made."""
    environment = {**outside, "XDG_CONFIG_HOME": str(origin.root.parent / "config")}
    if not origin.dist("alpha").is_dir():
        ReleaseCommand(origin.root, environment).apart("run").expect(0)
    folder = tmp_path / "a longer path & 100% spaces #1" / ("ü" * 40) / "repository"
    shutil.copytree(origin.root, folder, symlinks=True)
    return Delivered(folder, ReleaseCommand(folder, environment))


def checks_of(ended: Ended) -> dict[str, Change]:
    """Give each check of the one release, by its name."""
    (release,) = ended.document["releases"]
    return {check["name"]: check for check in release["checks"]}


def require_doubt(ended: Ended, code: str, *says: str, check: str = "rebuild") -> None:
    """Require that a check does not hold, why, and that the command fails for it."""
    found = checks_of(ended.expect(16))[check]
    assert (found["passed"], found["code"]) == (False, code), found["detail"]
    for each in says:
        assert each in found["detail"]
    assert f"{check}: {code}: " in ended.err


def pythons() -> Iterator[Any]:
    """Give the running Python, which is always here, and the others; those that are not here are skipped by name."""
    yield pytest.param("", None, CIRCUMSTANCES[0], id=HERE)
    for circumstances, (python, folder) in zip(CIRCUMSTANCES[1:], OTHERS.items(), strict=True):
        missing = pytest.mark.skipif(folder is None, reason=f"there is no CPython {python} here")
        yield pytest.param(python, folder, circumstances, id=python, marks=missing)


@pytest.mark.parametrize(("python", "place", "circumstances"), tuple(pythons()))
def test_another_python_elsewhere_under_other_circumstances_gives_the_same_bytes(
    delivered: Delivered, python: str, place: Path | None, circumstances: tuple[int, dict[str, str]]
) -> None:
    umask, variables = circumstances
    path = os.pathsep.join([*([str(place)] if place else []), delivered.release.environment["PATH"]])
    words = ("--python", python) if python else ()
    before = os.umask(umask)
    try:
        ended = delivered.release.apart("verify", TAG, "--rebuild", "--json", *words, **variables | {"PATH": path})
    finally:
        os.umask(before)
    told = checks_of(ended.expect(0))["rebuild"]["detail"]
    assert told.startswith(f"{WHEEL} and {SDIST}: the same bytes, by ")
    assert f"; first with {HERE}." in told


def test_a_wheel_with_a_changed_member_is_told_from_what_the_tag_gives(delivered: Delivered) -> None:
    (delivered.dist / WHEEL).unlink()
    module = b'"""The package alpha."""\n\nNAME = "mallory"\n'
    write_wheel(delivered.dist, "alpha", "0.1.0", files={"alpha/__init__.py": module})
    told = checks_of(delivered.rebuild(str(delivered.dist / WHEEL)).expect(16))
    assert {told[each]["code"] for each in ("provenance", "rebuild")} == {"wrong-subject"}
    delivered.sign(lambda said: name_subject(said, delivered.dist / WHEEL))
    ended = delivered.rebuild(str(delivered.dist / WHEEL), "--no-sbom")
    assert checks_of(ended)["provenance"]["passed"]
    require_doubt(ended, "rebuild-differs", f"{WHEEL}: it lacks 'alpha/data/", "which a rebuild makes")


def name_subject(said: Change, wheel: Path) -> None:
    """Name the bytes that a wheel has now."""
    for each in said["subject"]:
        if each["name"] == wheel.name:
            each["digest"]["sha256"] = digest_of(wheel)


def hatchling_of(said: Change) -> Change:
    """Give what a statement says of hatchling."""
    tools = said["predicate"]["buildDefinition"]["resolvedDependencies"][1:]
    return next(each for each in tools if each["uri"].startswith("pkg:pypi/hatchling@"))


def name_hatchling(said: Change, sha256: str) -> None:
    """Name a hatchling that is not the locked one."""
    hatchling_of(said).update(
        uri="pkg:pypi/hatchling@1.0", name="hatchling-1.0-py3-none-any.whl", digest={"sha256": sha256}
    )


@pytest.mark.parametrize("version", ["1.0", "the locked one"])
def test_a_file_that_nobody_has_is_not_replaced_by_the_locked_one(delivered: Delivered, version: str) -> None:
    other = {"digest": {"sha256": "0" * 64}}
    delivered.sign(lambda it: name_hatchling(it, "0" * 64) if version == "1.0" else hatchling_of(it).update(other))
    ended = delivered.rebuild()
    assert checks_of(ended)["provenance"]["passed"]
    require_doubt(ended, "not-checked", "the build toolchain could not be installed", "hatchling")


def test_the_toolchain_that_is_named_is_the_one_that_builds(delivered: Delivered, index: PackageIndex) -> None:
    body = "def build_sdist(folder):\n    return ''\nbuild_wheel = build_sdist\n"
    files = {"hatchling/__init__.py": "", "hatchling/build.py": body}
    wheel = write_wheel(index.folders[-1], "hatchling", "1.0", files=files)
    delivered.sign(lambda said: name_hatchling(said, digest_of(wheel)))
    require_doubt(delivered.rebuild(), "rebuild-differs", f"a rebuild makes no {WHEEL}")


@pytest.mark.parametrize(
    "more",
    [
        {"uri": "https://example.com/hatchling.whl", "name": "hatchling.whl"},
        {"uri": "pkg:pypi/hatchling@1.0", "name": "hatchling-1.0-py3-none-any.whl -r /etc/passwd"},
        {"uri": "pkg:pypi/hatchling@1.0", "name": "hatchling-2.0-py3-none-any.whl"},
    ],
)
def test_what_no_toolchain_could_hold_is_not_installed(delivered: Delivered, more: dict[str, str]) -> None:
    delivered.sign(lambda said: hatchling_of(said).update(more))
    require_doubt(delivered.rebuild(), "wrong-toolchain", "the provenance names what is no toolchain")


def move_tag(delivered: Delivered) -> tuple[str, str]:
    """Tag a commit with other content; give the commit that was built, and that one."""
    repository = object.__new__(Repository)  # it is there already
    repository.root = delivered.folder
    built = repository.git("rev-parse", "HEAD")
    repository.edit("packages/alpha/src/alpha/__init__.py", 'NAME = "alpha"', 'NAME = "other"')
    moved = repository.commit()
    repository.git("tag", "--force", "--annotate", "--message", "Again", TAG)
    return built, moved


def test_a_tag_that_was_moved_is_another_commit(delivered: Delivered) -> None:
    built, moved = move_tag(delivered)
    ended = delivered.rebuild()
    for check in ("provenance", "rebuild"):
        require_doubt(ended, "wrong-commit", built, moved, check=check)
    again = checks_of(delivered.rebuild(TAG, "--commit", built).expect(0))
    assert again["rebuild"]["detail"].startswith(f"{WHEEL} and {SDIST}: the same bytes")


def test_other_content_than_the_commit_gives_is_found_though_the_digests_are_signed(delivered: Delivered) -> None:
    _, moved = move_tag(delivered)
    delivered.sign(lambda said: name_commit(said, moved))
    ended = delivered.rebuild()
    assert checks_of(ended)["provenance"]["passed"]
    says = """alpha/__init__.py: line 3 is 'NAME = "alpha"', and a rebuild gives 'NAME = "other"'"""
    require_doubt(ended, "rebuild-differs", f"{WHEEL}: {says}")


def name_commit(said: Change, commit: str) -> None:
    """Say that another commit was built."""
    said["predicate"]["buildDefinition"]["resolvedDependencies"][0]["digest"]["gitCommit"] = commit


def test_a_commit_that_is_not_here_is_not_rebuilt(delivered: Delivered) -> None:
    delivered.sign(lambda said: name_commit(said, "f" * 40))
    ended = delivered.rebuild(TAG, "--commit", "f" * 40)
    assert checks_of(ended)["provenance"]["passed"]
    require_doubt(ended, "not-checked", "commit ffffffffffff is not in this repository", "git fetch --tags origin")


def test_a_python_that_is_not_here_rebuilds_nothing(delivered: Delivered) -> None:
    require_doubt(delivered.rebuild(TAG, "--python", "3.99"), "not-checked", "3.99")


def test_a_release_and_a_file_of_it_are_both_rebuilt(delivered: Delivered, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    for name in (SDIST, BUNDLE):
        shutil.copy(delivered.dist / name, taken)
    ended = delivered.rebuild(TAG, str(taken / SDIST)).expect(0)
    details = [check["detail"] for each in ended.document["releases"] for check in each["checks"]]
    told = [each.partition(":")[0] for each in details if ": the same bytes, by " in each]
    assert told == [f"{WHEEL} and {SDIST}", SDIST]
