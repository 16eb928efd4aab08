"""What somebody wants released: the first link of the chain that ends in a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release.model.package import Package
    from release.model.tag import Tag


class Purpose(StrEnum):
    """What a run is for."""

    RELEASE = "release"
    REHEARSAL = "rehearsal"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True)
class Commit:
    """A commit of the repository."""

    sha: str
    seconds: int
    """When it was committed, since 1970 in UTC."""

    @property
    def time(self) -> datetime:
        """When it was committed."""
        return datetime.fromtimestamp(self.seconds, UTC)


@dataclass(frozen=True)
class Plan:
    """One tag, the commit it names, and the package as that commit has it."""

    tag: Tag
    commit: Commit
    package: Package
    siblings: frozenset[str]
    """Names of the repository's packages that this one needs, directly or through another."""
    purpose: Purpose = Purpose.RELEASE
    is_unchanged: bool = False
    """Whether the package is what its last tag names, so that a changelog has nothing to say of it."""


@dataclass(frozen=True)
class Release:
    """A plan that was verified: only the step `verify` makes one."""

    plan: Plan

    @property
    def tag(self) -> Tag:
        """What is released."""
        return self.plan.tag
