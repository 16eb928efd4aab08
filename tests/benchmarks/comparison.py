"""What a benchmark yields: two things measured in one run, and the ratio asked of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Seconds of `subject` beside seconds of `against`, taken in the same run."""

    subject: str
    seconds: float
    against: str
    against_seconds: float
    unit: str = "s"
    """What both figures count, where that is not seconds: `MB`."""
    times_faster: float | None = None
    """The subject must be at least this many times faster."""
    times_as_long: float | None = None
    """The subject may take at most this many times as long."""

    @property
    def ratio(self) -> float:
        """How many times as long as the subject the other takes."""
        return self.against_seconds / self.seconds

    @property
    def holds(self) -> bool:
        """Whether every bound that was asked for is kept."""
        faster = self.times_faster is None or self.ratio >= self.times_faster
        as_long = self.times_as_long is None or self.seconds <= self.times_as_long * self.against_seconds
        return faster and as_long
