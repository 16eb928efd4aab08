"""This machine: its programs, its disks, and the variables that would change a version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tomli
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from release.errors import Incomplete, UsageError
from release.model.diagnosis import Diagnosis, failed, ok, warning
from release.model.tag import IDENTIFY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from release.steps.diagnosis.patient import Machine

OLDEST_GIT = Version("2.31")
MIB = 1024 * 1024
LEAST = 100 * MIB
COMFORTABLE = 1024 * MIB
_VERSION = re.compile(r"\d+(?:\.\d+)+")


def look_at_git(machine: Machine) -> Iterator[Diagnosis]:
    """See whether git is there, and new enough for the plumbing that is used."""
    version = _version_in(machine.ask("git", "--version").output)
    cure = f"install git {OLDEST_GIT} or newer"
    if version is None:
        yield failed("git", "git is not on the PATH, or does not run", cure, UsageError)
    elif version < OLDEST_GIT:
        yield failed("git", f"git {version} is too old", cure, UsageError)
    else:
        yield ok("git", f"git {version}")


def look_at_identity(machine: Machine) -> Iterator[Diagnosis]:
    """See whether git knows who makes a tag."""
    ran = machine.ask("git", "var", "GIT_COMMITTER_IDENT")
    if ran.code:
        yield warning("git identity", "git does not know who you are, and `release tag` makes no tag", IDENTIFY)
    else:
        yield ok("git identity", ran.output.rpartition(" <")[0])


def look_at_uv(machine: Machine) -> Iterator[Diagnosis]:
    """See whether uv runs: it resolves, makes environments and installs."""
    ran = machine.ask_uv()
    version = _version_in(ran.output)
    if ran.code or version is None:
        detail = f"uv does not run: {ran.last_lines or ran.code}"
        yield failed("uv", detail, "make this environment again: hatch env remove default", UsageError)
    else:
        yield ok("uv", f"uv {version}")


def look_at_hatch(machine: Machine, root: Path) -> Iterator[Diagnosis]:
    """See whether Hatch is what `requires-hatch` asks for."""
    version = _version_in(machine.ask("hatch", "--version").output)
    wanted, place = _requires_hatch(root)
    cure = f"install it: uv tool install 'hatch{wanted}'"
    if version is None:
        yield warning("hatch", "hatch is not on the PATH, and every command begins with it", cure)
        return
    try:
        fits = SpecifierSet(wanted).contains(version, prereleases=True)
    except InvalidSpecifier:
        yield failed("hatch", f"{place}: requires-hatch is not a specifier: {wanted}", 'write ">=1.18.2"', UsageError)
        return
    if fits:
        yield ok("hatch", f"Hatch {version}" + (f", {place} asks for {wanted}" if wanted else ""))
    else:
        yield failed("hatch", f"Hatch {version}, but {place} asks for {wanted}", cure, UsageError)


def look_at_disks(machine: Machine, folders: Iterable[Path]) -> Iterator[Diagnosis]:
    """See whether there is room for what is built and what is kept, and whether it may be written."""
    check = "disks"
    for folder in folders:
        if objection := machine.objection_to_writing(folder):
            yield failed(check, f"{folder} can't be written: {objection}", "mend its owner and permissions", Incomplete)
            continue
        free = machine.free_bytes(folder)
        detail = f"{folder}: {free // MIB} MiB free"
        if free < LEAST:
            yield failed(check, detail, f"make room: a release needs {LEAST // MIB} MiB and more", Incomplete)
        elif free < COMFORTABLE:
            yield warning(check, detail, f"make room: with Spark it needs {COMFORTABLE // MIB} MiB")
        else:
            yield ok(check, f"{detail}, and it can be written")


def look_at_overrides(names: Iterable[str]) -> Iterator[Diagnosis]:
    """See whether the environment would name a version in place of the tag."""
    if found := list(names):
        said = f"{', '.join(found)} set: a release ignores it, other builds take it for the version"
        yield warning("variables", said, f"unset {' '.join(found)}")
    else:
        yield ok("variables", "nothing in the environment names a version")


def _requires_hatch(root: Path) -> tuple[str, str]:
    for name, path in (("hatch.toml", ()), ("pyproject.toml", ("tool", "hatch"))):
        try:
            table = tomli.loads((root / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, UnicodeDecodeError, tomli.TOMLDecodeError):
            continue  # Hatch itself names a file that it can't read, and the policy's look the other
        for key in path:
            table = table.get(key, {})
        if wanted := table.get("requires-hatch"):
            return str(wanted), name
    return "", ""


def _version_in(text: str) -> Version | None:
    match = _VERSION.search(text)
    return Version(match[0]) if match else None
