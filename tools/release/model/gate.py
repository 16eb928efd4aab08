"""What a gate says of the artifacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from release.redaction import redact

Value = TypeVar("Value")


@dataclass(frozen=True)
class Timed(Generic[Value]):
    """Something that was made, and the seconds it took."""

    made: Value
    seconds: float


class Verdict(StrEnum):
    """A judgement in one word; only `passed` lets a release go anywhere beyond this machine."""

    PASSED = "passed"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Judgement:
    """A verdict and the reason for it."""

    verdict: Verdict
    detail: str
    hint: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    """What the gate leaves as evidence, if it leaves any."""

    @property
    def summary(self) -> str:
        """The judgement in a line."""
        return f"{self.verdict}: {self.detail}"


def passed(detail: str, **report: object) -> Judgement:
    """Say yes."""
    return Judgement(Verdict.PASSED, redact(detail), report=dict(report))


def refused(detail: str, hint: str = "", **report: object) -> Judgement:
    """Say no."""
    return Judgement(Verdict.REFUSED, redact(detail), redact(hint), dict(report))


def unavailable(detail: str, hint: str = "", **report: object) -> Judgement:
    """Say that nobody could be asked."""
    return Judgement(Verdict.UNAVAILABLE, redact(detail), redact(hint), dict(report))
