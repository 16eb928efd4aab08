"""What `run`, `rehearse` and others print with `--json`: how each release ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from release.model.outcome import Ending, Outcome  # pydantic reads the annotations
from release.model.receipt import Receipt  # likewise

if TYPE_CHECKING:
    from collections.abc import Iterable


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OutcomeRecord(_Record):
    """How the release of one tag ended."""

    tag: str
    """Or what else failed: the index from which everything was to be installed."""
    ending: Ending
    reason: str
    hint: str
    exit_code: int
    receipt: Receipt | None


class Outcomes(_Record):
    """How all of them ended."""

    outcomes: tuple[OutcomeRecord, ...]
    exit_code: int
    """That of the first that failed; 0 where none did."""


def record_outcomes(outcomes: Iterable[Outcome]) -> Outcomes:
    """Write down how releases ended."""
    records = tuple(
        OutcomeRecord(
            tag=each.tag,
            ending=each.ending,
            reason=each.reason,
            hint=each.error.hint if each.error else "",
            exit_code=each.error.exit_code if each.error else 0,
            receipt=each.receipt,
        )
        for each in outcomes
    )
    return Outcomes(outcomes=records, exit_code=code_of(records))


def code_of(records: Iterable[OutcomeRecord]) -> int:
    """Give the code of the first that failed."""
    return next((each.exit_code for each in records if each.exit_code), 0)
