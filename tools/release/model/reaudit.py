"""What today's knowledge makes of what has been released."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from release.errors import GateRefused, Incomplete
from release.model.tag import Channel  # pydantic reads the annotation

SCHEMA: Final = "urn:wheelyard:reaudit:v1"


class Kind(StrEnum):
    """Why a finding is told."""

    NEW = "new"
    """Nobody knew of it when the release was made."""
    EXPIRED = "expired"
    """It was accepted, until a day that is over."""
    UNACCEPTED = "unaccepted"
    """It was known, and nothing says that anybody accepted it."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Offering(_Record):
    """The channels of one target that offer a version."""

    target: str
    channels: tuple[Channel, ...]


class Affected(_Record):
    """A release that brings what has a finding."""

    tag: str
    kind: Kind
    detail: str
    """Whose acceptance expired, and when; else empty."""
    offers: tuple[Offering, ...]
    is_offered: bool
    """Whether somebody may be shown it; also where a target can't be asked, and none that can offers it."""


class Vulnerability(_Record):
    """A finding in one version of one distribution, and the releases that bring it."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]
    name: str
    version: str
    releases: tuple[Affected, ...]

    @property
    def is_offered(self) -> bool:
        """Whether any release that brings it may be offered."""
        return any(each.is_offered for each in self.releases)


class Unread(_Record):
    """What could not be audited, so that nothing is known of it."""

    tag: str
    """Empty where a whole target could not be asked what it offers."""
    place: str
    detail: str
    next: str


class Reaudit(_Record):
    """The audit of what has been released."""

    schema_: Annotated[Literal["urn:wheelyard:reaudit:v1"], Field(alias="schema")] = SCHEMA
    targets: tuple[str, ...]
    services: tuple[str, ...]
    releases: Annotated[int, Field(ge=0)]
    """How many were audited."""
    pins: Annotated[int, Field(ge=0)]
    """How many different versions of distributions they bring: each service was asked about each of them once."""
    vulnerabilities: tuple[Vulnerability, ...]
    unread: tuple[Unread, ...]
    exit_code: int


def cure_of(found: Vulnerability) -> str:
    """Say what to do about something that is offered: it is taken off offer once its successor is there.

    Empty where nothing that brings it is offered.
    """
    for each in found.releases:
        if each.is_offered:
            package = each.tag.partition("/")[0]
            cure = f"{found.name}>={found.fixed_in[0]}" if found.fixed_in else f"without {found.name} {found.version}"
            return f"release {package} with {cure}, then hatch run release yank {each.tag} --reason {found.id}"
    return ""


def code_of(vulnerabilities: tuple[Vulnerability, ...], unread: tuple[Unread, ...]) -> int:
    """Give the exit code: something that is offered has a finding, or something is not known, or all is well."""
    if any(each.is_offered for each in vulnerabilities):
        return GateRefused.exit_code
    return Incomplete.exit_code if unread else 0
