"""What one look found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from release.errors import Incomplete, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.errors import ReleaseError


class State(StrEnum):
    """How bad it is: only what `failed` makes a release fail."""

    OK = "ok"
    UNKNOWN = "unknown"
    """It can't be known from here."""
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Diagnosis:
    """One line of the doctor's report."""

    check: str
    state: State
    detail: str
    cure: str = ""
    exit_code: int = 0
    """The code that a release would end with for this; 0 where it would not fail, or nothing hangs on knowing it."""


def ok(check: str, detail: str) -> Diagnosis:
    """Say that all is well."""
    return Diagnosis(check, State.OK, detail)


def unknown(check: str, detail: str, cure: str) -> Diagnosis:
    """Say what can't be known from here, and where to look."""
    return Diagnosis(check, State.UNKNOWN, detail, cure)


def unseen(check: str, detail: str, cure: str) -> Diagnosis:
    """Say what could not be seen and had to be: it is not taken for being as it should."""
    return Diagnosis(check, State.UNKNOWN, detail, cure, Incomplete.exit_code)


def warning(check: str, detail: str, cure: str) -> Diagnosis:
    """Say what somebody should look at."""
    return Diagnosis(check, State.WARNING, detail, cure)


def failed(check: str, detail: str, cure: str, kind: type[ReleaseError] = Refused) -> Diagnosis:
    """Say what would make a release fail, and as which kind of failure."""
    return Diagnosis(check, State.FAILED, detail, cure, kind.exit_code)


def failed_by(check: str, error: ReleaseError) -> Diagnosis:
    """Say what an error said."""
    return failed(check, error.message, error.hint, type(error))


def faults_or_ok(check: str, faults: Iterable[Diagnosis], detail: str) -> tuple[Diagnosis, ...]:
    """Give the faults; where there are none, one line that says so."""
    return tuple(faults) or (ok(check, detail),)
