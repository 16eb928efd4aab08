"""What comparing every tag with every target found, and what to do about each of it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from release.errors import Conflict, Incomplete, VerificationFailed

SCHEMA: Final = "urn:wheelyard:reconciliation:v1"


class Code(StrEnum):
    """What is wrong, in a word for programs; the gravest first."""

    DIFFERENT = "different"
    """Two places hold different bytes under one name, or one holds others than were released."""
    STRANGER = "stranger"
    """A file that no release of ours makes."""
    MISPLACED = "misplaced"
    """A file of ours that is offered where it does not belong."""
    UNTAGGED = "untagged"
    """A version that no tag names."""
    UNVERIFIABLE = "unverifiable"
    UNSIGNED = "unsigned"
    UNKNOWN = "unknown"
    """It could not be asked, or does not say what bytes it holds."""
    STILL_OFFERED = "still-offered"
    """It was taken off offer elsewhere."""
    UNSEEN = "unseen"
    """It was brought, and never offered: a release that was stopped."""
    MISSING_ARTIFACT = "missing-artifact"
    MISSING_EVIDENCE = "missing-evidence"
    ABSENT = "absent"
    """The target has nothing of a release."""

    @property
    def exit_code(self) -> int:
        """The code that a command ends with where this is the gravest."""
        if self in {Code.DIFFERENT, Code.STRANGER, Code.MISPLACED, Code.UNTAGGED}:
            return Conflict.exit_code
        return (VerificationFailed if self in {Code.UNVERIFIABLE, Code.UNSIGNED} else Incomplete).exit_code

    @property
    def rank(self) -> int:
        """Its place among all, the gravest at 0."""
        return list(Code).index(self)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Discrepancy(_Record):
    """One thing that is not as it should be."""

    code: Code
    tag: str
    """Empty where it is about a whole target."""
    target: str
    """A target's name; `shelf` is `dist/` of this machine."""
    detail: str
    next: str
    """What to do about it."""


class Reconciliation(_Record):
    """How every tag stands in every target that was asked."""

    schema_: Annotated[Literal["urn:wheelyard:reconciliation:v1"], Field(alias="schema")] = SCHEMA
    targets: tuple[str, ...]
    tags: Annotated[int, Field(ge=0)]
    """How many release tags there are."""
    agreeing: Annotated[int, Field(ge=0)]
    """How many of them nothing is wrong with."""
    signatures: bool
    """Whether signatures were looked at."""
    discrepancies: tuple[Discrepancy, ...]
    exit_code: int

    @property
    def counts(self) -> dict[Code, int]:
        """How often each thing was found, the gravest first."""
        counted = Counter(each.code for each in self.discrepancies)
        return {code: counted[code] for code in Code if counted[code]}


def reconcile_all(
    targets: tuple[str, ...], tags: frozenset[str], found: tuple[Discrepancy, ...], *, signatures: bool
) -> Reconciliation:
    """Put what was found in order: by tag, the tag with the gravest first."""
    gravest: dict[str, int] = {}
    for each in found:
        gravest[each.tag] = min(gravest.get(each.tag, len(Code)), each.code.rank)
    ordered = sorted(
        set(found), key=lambda each: (gravest[each.tag], each.tag, each.code.rank, each.target, each.detail)
    )
    silent = any(not each.tag for each in found)  # where a target said nothing, nobody knows that anything agrees
    return Reconciliation(
        targets=targets,
        tags=len(tags),
        agreeing=0 if silent else len(tags - gravest.keys()),
        signatures=signatures,
        discrepancies=tuple(ordered),
        exit_code=min((each.code for each in found), key=lambda code: code.rank).exit_code if found else 0,
    )
