"""Read the packages of a commit, so that one that is broken does not hide the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from release.errors import Refused, UsageError
from release.model.changelog import read_changelog
from release.model.package import Package
from release.model.policy import PackagePolicy
from release.model.tag import shown
from release.settings import parse_toml, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release.ports import Source


@dataclass(frozen=True)
class Packages:
    """The packages of one commit."""

    found: Mapping[str, Package]
    broken: Mapping[str, UsageError]
    """What is wrong with the others, by the name of the folder."""

    @property
    def names(self) -> frozenset[str]:
        """Every name that stands for a package here, in order or not."""
        return frozenset(self.found) | frozenset(self.broken)

    def require(self, name: str) -> Package:
        """Give a package, or say why it can't be had."""
        if name in self.broken:
            raise self.broken[name]
        require_known([name], self.names)
        return self.found[name]

    def siblings(self, package: Package) -> frozenset[str]:
        """Give the packages of the repository that this one needs, and those that they need in turn."""
        way: dict[str, str] = {needed.name: package.name for needed in package.siblings(self.names)}
        waiting = list(way)
        while waiting:
            name = waiting.pop()
            if name == package.name:
                raise _circle(name, way)
            further = self.found.get(name)
            for needed in further.siblings(self.names) if further else ():
                if needed.name not in way:
                    way[needed.name] = name
                    waiting.append(needed.name)
        return frozenset(way)


def require_known(names: Iterable[str], known: Iterable[str]) -> None:
    """Refuse names that stand for no package."""
    there = frozenset(known)
    for name in names:
        if name not in there:
            others = ", ".join(map(shown, sorted(there))) or "none, this commit has no package"
            raise UsageError(
                f"there is no package {shown(name)}", hint=f"packages: {others}; what is not committed is not seen"
            )


def require_any(packages: Packages, members: Iterable[str]) -> None:
    """Refuse a commit in which there is nothing to release."""
    if not packages.names:
        raise UsageError(
            "this commit has no package",
            hint=f"no folder of it is a member ({', '.join(members)}): commit one, or mend [tool.release] members",
        )


def read_packages(source: Source, sha: str, members: Iterable[str]) -> Packages:
    """Read every member's project file and changelog, as the commit has them."""
    patterns = [PurePosixPath(member).parts for member in members]
    folders = [folder for folder in source.folders(sha) if any(_matches(folder.parts, each) for each in patterns)]
    asked = {folder: [f"{sha}:{folder}/{name}" for name in ("pyproject.toml", "CHANGELOG.md")] for folder in folders}
    contents = source.read(name for pair in asked.values() for name in pair)
    found: list[Package] = []
    broken: dict[str, UsageError] = {}
    for folder, (project, changelog) in asked.items():
        try:
            found.append(read_package(folder, contents.get(project), contents.get(changelog)))
        except UsageError as error:
            broken[folder.name] = error
    claims = Counter(package.name for package in found)
    for package in found:
        if problem := _name_problem(package, found if claims[package.name] > 1 else ()):
            broken[package.folder.name] = problem
    return Packages({package.name: package for package in found if package.folder.name not in broken}, broken)


def read_package(folder: PurePosixPath, project: bytes | None, changelog: bytes | None) -> Package:
    """Read one package out of its files."""
    place = shown(f"{folder}/pyproject.toml")
    if project is None:
        raise UsageError(f"{place} is missing", hint=f"commit it, or move {shown(str(folder))} elsewhere")
    document = parse_toml(project, place)
    table = _table(document, "project")
    if not isinstance(table.get("name"), str):
        raise UsageError(f"{place}: project.name is missing", hint=f'write name = "{shown(folder.name)}"')
    if "dependencies" in str(table.get("dynamic", "")):
        raise UsageError(f"{place}: dependencies may not be dynamic", hint="list them, so that siblings are known")
    name = canonicalize_name(table["name"])
    system = _table(document, "build-system")
    return Package(
        name=name,
        folder=folder,
        requires=_requirements(table.get("dependencies", ()), place),
        sources=_sources(document, name),
        build_requires=_requirements(system.get("requires", ()), place),
        policy=read_table(document, place, PackagePolicy, "tool", "release"),
        changelog=None if changelog is None else read_changelog(changelog.decode(errors="replace")),
        optional=tuple(
            needed
            for lines in _table(table, "optional-dependencies").values()
            for needed in _requirements(lines, place)
        ),
        requires_python=str(table.get("requires-python", "")),
        build_backend=str(system.get("backend-path") or system.get("build-backend", "setuptools (PEP 517's default)")),
    )


def _circle(name: str, way: Mapping[str, str]) -> Refused:
    names = [name, way[name]]
    while names[-1] != name:
        names.append(way[names[-1]])
    return Refused(
        f"packages need each other in a circle: {' → '.join(reversed(names))}", hint="cut it in project.dependencies"
    )


def _matches(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))


def _name_problem(package: Package, claimants: Iterable[Package]) -> UsageError | None:
    folders = [str(other.folder) for other in claimants if other.name == package.name]
    if folders:
        return UsageError(
            f"two packages are called {package.name}: {shown(', '.join(folders))}", hint="rename one of them"
        )
    if package.folder.name == package.name:
        return None
    return UsageError(
        f"{shown(str(package.folder))}: the project is called {package.name}, its folder {shown(package.folder.name)}",
        hint=f"rename the folder to {package.name}: a tag names both at once",
    )


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key, {})
    return value if isinstance(value, dict) else {}


def _requirements(lines: object, place: str) -> tuple[Requirement, ...]:
    if not isinstance(lines, list | tuple):
        raise UsageError(f"{place}: a list of requirements is not a list", hint='write ["name>=1.0"]')
    requirements = []
    for line in lines:
        try:
            requirements.append(_requirement(line))
        except (InvalidRequirement, TypeError) as error:
            raise UsageError(f"{place}: {line!a} is not a requirement", hint=str(error).splitlines()[0]) from None
    return tuple(requirements)


@cache  # a thousand packages ask for the same few things to be built
def _requirement(line: str) -> Requirement:
    requirement = Requirement(line)
    requirement.name = canonicalize_name(requirement.name)
    return requirement


def _sources(document: Mapping[str, Any], name: str) -> tuple[PurePosixPath, ...]:
    wheel = dict(document)
    for key in ("tool", "hatch", "build", "targets", "wheel"):
        wheel = _table(wheel, key)
    packages = wheel.get("packages")
    if not (isinstance(packages, list) and packages):
        packages = [f"src/{name.replace('-', '_')}"]
    return tuple(PurePosixPath(str(each)) for each in packages)
