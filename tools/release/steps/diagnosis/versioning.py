"""hatch-vcs in a monorepo: whether a package takes its version from its own tags, and from nothing else."""

from __future__ import annotations

import posixpath
import re
import shlex
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from release.model.diagnosis import Diagnosis, failed, faults_or_ok, warning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from release.model.package import Package
    from release.steps.diagnosis.patient import Patient

CHECK = "versioning"
_VERSIONS = ("0.1.0", "1.2.3rc1", "2!1.0.post1")
_FEW_NEIGHBOURS = 10
_VERSION_TABLE = "[tool.hatch.version]"
_RAW_TABLE = "[tool.hatch.version.raw-options]"
_GIT_TABLE = "[tool.hatch.version.raw-options.scm.git]"


def look_at_versioning(patient: Patient) -> tuple[Diagnosis, ...]:
    """See whether every package's version comes from its own tags."""
    faults = [
        fault
        for package in patient.chosen
        for fault in find_faults(package, patient.documents[package.name], patient.packages.names - {package.name})
    ]
    return faults_or_ok(CHECK, faults, f"{patient.counted}: each takes its version from its own tags")


def find_faults(package: Package, document: Mapping[str, Any], others: Iterable[str]) -> Iterator[Diagnosis]:
    """Give every setting that would name a wrong version, and the lines to write in its place."""
    place = f"{package.folder}/pyproject.toml"
    strangers = _tags_of_strangers(package.name, others)
    if value_at(document, "build-system", "build-backend") != "hatchling.build":
        yield _fault(place, "build-backend is not hatchling", '[build-system]\nbuild-backend = "hatchling.build"')
    if not any(needed.name == "hatch-vcs" for needed in package.build_requires):
        lines = '[build-system]\nrequires = ["hatchling>=1.27", "hatch-vcs>=0.5"]'
        yield _fault(place, "build-system.requires lacks hatch-vcs", lines)
    if "version" not in texts_at(document, "project", "dynamic"):
        yield _fault(place, "the version is not dynamic", '[project]\ndynamic = ["version"]')
    if value_at(document, "project", "version") is not None:
        yield _fault(
            place, "project.version stands beside the tag", 'remove it, and write\n[project]\ndynamic = ["version"]'
        )
    version = value_at(document, "tool", "hatch", "version") or {}
    if not isinstance(version, dict) or version.get("source") != "vcs":
        yield _fault(place, "the version's source is not vcs", f'{_VERSION_TABLE}\nsource = "vcs"')
        return
    options = version.get("raw-options", {})
    yield from _pattern_faults(
        package.name, place, version.get("tag-pattern", value_at(options, "tag_regex")), strangers
    )
    yield from _describe_faults(package.name, place, options, strangers)
    yield from _place_faults(package, place, options)


def value_at(document: object, *path: str) -> Any:  # noqa: ANN401  # a TOML document holds anything
    """Give what stands at a path of a TOML document; None where nothing does."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def texts_at(document: object, *path: str) -> tuple[str, ...]:
    """Give the list that stands at a path; an empty one where something else does."""
    value = value_at(document, *path)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _pattern_faults(name: str, place: str, pattern: object, strangers: Iterable[str]) -> Iterator[Diagnosis]:
    lines = f"{_VERSION_TABLE}\ntag-pattern = '^{name}/v(?P<version>[^/]+)$'"
    if not isinstance(pattern, str):
        yield _fault(place, "tag-pattern is missing, and the default one knows no package", lines)
        return
    try:
        shape = re.compile(pattern)
    except re.error as error:
        yield _fault(place, f"tag-pattern is no regular expression ({error})", lines)
        return
    for version in _VERSIONS:
        if not _reads(shape, f"{name}/v{version}", version):
            yield _fault(place, f"tag-pattern does not read {version} out of {name}/v{version}", lines)
            return
    if taken := [tag for tag in strangers if shape.match(tag)]:
        yield _fault(place, f"tag-pattern takes {taken[0]} for this package's", lines)


def _reads(shape: re.Pattern[str], tag: str, version: str) -> bool:
    """Read a tag as setuptools-scm does: the group `version`, or the only one."""
    match = shape.match(tag)
    if match is None or not shape.groups:
        return False
    said = match["version"] if "version" in shape.groupindex else match[1]
    try:
        return Version(said) == Version(version)
    except (InvalidVersion, TypeError):
        return False


def _describe_faults(name: str, place: str, options: object, strangers: Iterable[str]) -> Iterator[Diagnosis]:
    words = '"git", "describe", "--dirty", "--tags", "--long", "--match"'
    lines = f'{_GIT_TABLE}\ndescribe_command = [{words}, "{name}/v[0-9]*"]'
    said = _words(value_at(options, "scm", "git", "describe_command") or value_at(options, "git_describe_command"))
    if not said:
        yield _fault(place, "no describe_command: the newest tag of any package is taken", lines)
        return
    if missing := [word for word in ("--tags", "--long") if word not in said]:
        yield _fault(place, f"describe_command lacks {' and '.join(missing)}", lines)
    matches = [after for word, after in pairwise(said) if word == "--match"]
    matches += [word.partition("=")[2] for word in said if word.startswith("--match=")]
    chosen = _chooser(matches)
    if not all(chosen(f"{name}/v{version}") for version in _VERSIONS):
        yield _fault(place, f"describe_command does not --match tags of {name}", lines)
    elif taken := [tag for tag in strangers if chosen(tag)]:
        yield _fault(place, f"describe_command takes {taken[0]} too", lines)


def _place_faults(package: Package, place: str, options: object) -> Iterator[Diagnosis]:
    up = "/".join([".."] * len(package.folder.parts))
    root = value_at(options, "root")
    reached = posixpath.normpath(f"{package.folder}/{root}") == "." if isinstance(root, str) else False
    if not reached and value_at(options, "search_parent_directories") is not True:
        yield _fault(place, "root does not lead to the repository", f'{_RAW_TABLE}\nroot = "{up}"')
    if value_at(options, "scm", "git", "pre_parse") != "fail_on_shallow":
        lines = f'{_GIT_TABLE}\npre_parse = "fail_on_shallow"'
        yield _fault(place, "a shallow clone builds a version of its own invention, silently", lines, kind=warning)
    if canonicalize_name(str(value_at(options, "dist_name") or "")) != package.name:
        lines = f'{_RAW_TABLE}\ndist_name = "{package.name}"'
        yield _fault(
            place, "dist_name is not this package's: a version forced for it alone is not seen", lines, kind=warning
        )


def _tags_of_strangers(name: str, others: Iterable[str]) -> list[str]:
    """Give tags that are not this package's: of those whose names are like it, and what anybody might make."""
    alike = sorted(others, key=lambda other: (name not in other and other not in name, other))[:_FEW_NEIGHBOURS]
    return [f"{other}/v9.8.7" for other in (*alike, f"{name}-2", f"{name}-v2", f"x-{name}")] + [
        "v9.8.7",
        f"{name}-v9.8.7",
    ]


def _words(command: object) -> list[str]:
    """Read a command as setuptools-scm does: a list, or a line of a shell."""
    if isinstance(command, list):
        return [str(word) for word in command]
    try:
        return shlex.split(command) if isinstance(command, str) else []
    except ValueError:
        return []  # a quote is left open: no command


def _chooser(patterns: list[str]) -> Callable[[str], bool]:
    return lambda tag: any(fnmatchcase(tag, pattern) for pattern in patterns)


def _fault(place: str, said: str, lines: str, kind: Callable[[str, str, str], Diagnosis] = failed) -> Diagnosis:
    return kind(CHECK, f"{place}: {said}", lines)
