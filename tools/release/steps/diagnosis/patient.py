"""Whom the doctor looks at: this machine, the repository's HEAD and its packages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from release.errors import Refused, UsageError
from release.model.tag import parse_tag
from release.settings import parse_toml
from release.steps.read import Packages, read_packages, require_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from packaging.version import Version

    from release.context import Context
    from release.model.package import Package
    from release.model.plan import Commit
    from release.model.tag import Tag
    from release.ports import Ran


class Machine(Protocol):
    """The programs, disks and ways out of this machine."""

    @property
    def java(self) -> str: ...
    def ask(self, *words: str) -> Ran: ...
    def ask_uv(self) -> Ran: ...
    def ask_index(self, pin: str) -> Ran: ...
    def remotes(self) -> tuple[str, ...]: ...
    def remote_tags(self, remote: str) -> Mapping[str, str]: ...
    def free_bytes(self, folder: Path) -> int: ...
    def objection_to_writing(self, folder: Path) -> str: ...


@dataclass(frozen=True)
class Patient:
    """Everything that several looks need, read once."""

    context: Context
    machine: Machine
    head: Commit
    packages: Packages
    documents: Mapping[str, Mapping[str, Any]]
    """The project file of every package that can be read, by its name."""
    names: tuple[str, ...]
    """The packages that are looked at, in order or not."""
    tags: Mapping[str, Tag]
    """Release tags, as git names them."""
    malformed: Mapping[str, Refused]
    """Why other tags are none."""

    @property
    def chosen(self) -> tuple[Package, ...]:
        """The packages that are looked at and can be read."""
        return tuple(self.packages.found[name] for name in self.names if name in self.packages.found)

    @property
    def counted(self) -> str:
        """How many packages were looked at, in words."""
        return f"{len(self.chosen)} package{'' if len(self.chosen) == 1 else 's'}"

    @cached_property
    def known_packages(self) -> frozenset[str]:
        """The packages that HEAD has, and those that have or had a release."""
        return self.packages.names | {tag.package for tag in self.tags.values()}

    @cached_property
    def tagged(self) -> Mapping[str, frozenset[Version]]:
        """The tagged versions of every package that has one."""
        versions: dict[str, set[Version]] = {}
        for tag in self.tags.values():
            versions.setdefault(tag.package, set()).add(tag.version)
        return {name: frozenset(each) for name, each in versions.items()}


def admit(context: Context, machine: Machine, names: Iterable[str]) -> Patient:
    """Read HEAD: the packages named, or all of them."""
    head = context.source.commit("HEAD")
    if head is None:
        raise UsageError("the repository has no commit yet", hint="commit something, then ask again")
    packages = read_packages(context.source, head.sha, context.policy.members)
    require_known(names, packages.names)
    tags, malformed = _read_tags(context)
    return Patient(
        context=context,
        machine=machine,
        head=head,
        packages=packages,
        documents=_read_documents(context, head, packages),
        names=tuple(dict.fromkeys(names)) or tuple(sorted(packages.names)),
        tags=tags,
        malformed=malformed,
    )


def _read_documents(context: Context, head: Commit, packages: Packages) -> dict[str, dict[str, object]]:
    asked = {name: f"{head.sha}:{package.folder}/pyproject.toml" for name, package in packages.found.items()}
    contents = context.source.read(asked.values())
    return {name: parse_toml(contents[place], place) for name, place in asked.items()}


def _read_tags(context: Context) -> tuple[dict[str, Tag], dict[str, Refused]]:
    tags: dict[str, Tag] = {}
    malformed: dict[str, Refused] = {}
    for ref in context.source.tags:
        try:
            tags[ref.name] = parse_tag(ref.name)
        except Refused as error:
            malformed[ref.name] = error
    return tags, malformed
