"""What a run would do: the ledger of every release, and what it makes of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from release.model.ledger import State  # pydantic reads the annotations

if TYPE_CHECKING:
    from release.model.ledger import Entry

SCHEMA: Final = "urn:wheelyard:plan:v1"
Digest = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
Wave = Annotated[int, Field(ge=1)]


class Does(StrEnum):
    """What a run does with a release, as far as targets decide it."""

    RELEASE = "release"
    FINISH = "finish"
    """Something of it is there; what is absent is brought, once what is there was compared with what is built."""
    NOTHING = "nothing"
    STOP = "stop"


@dataclass(frozen=True)
class Foretold:
    """One release: what the targets hold of it, and what a run does with it."""

    entries: tuple[Entry, ...]
    does: Does
    why: str
    exit_code: int = 0
    """With which a run would end for it."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryRecord(_Record):
    """One file in one place of a target."""

    wave: Wave
    tag: str
    target: str
    location: str
    name: str
    state: State
    sha256: Digest
    """What it should be; empty where nothing says it."""
    detail: str


class RunRecord(_Record):
    """What a run would do with one tag."""

    wave: Wave
    tag: str
    does: Does
    why: str
    exit_code: int


class RefusedRecord(_Record):
    """A tag that would be refused before anything is asked of a target."""

    tag: str
    reason: str
    hint: str


class Forecast(_Record):
    """What `plan --json` prints; tags in the order in which they would go."""

    schema_: Annotated[Literal["urn:wheelyard:plan:v1"], Field(alias="schema")] = SCHEMA
    ledger: tuple[EntryRecord, ...]
    runs: tuple[RunRecord, ...]
    refused: tuple[RefusedRecord, ...]
    exit_code: int
    """With which the first release that stops would end a run; 0 where none does."""
