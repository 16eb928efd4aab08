"""How a release ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release.errors import ReleaseError
    from release.model.receipt import Receipt


class Ending(StrEnum):
    """A release's end in a word."""

    RELEASED = "released"
    IDENTICAL = "identical"
    BUILT = "built"
    """Everything is ready to be signed and published, by whoever does that."""
    HELD_BACK = "held back"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """How the release of one tag ended, and why."""

    tag: str
    ending: Ending
    error: ReleaseError | None = None
    receipt: Receipt | None = None
    waits_for: str = ""
    """The tag whose failure held this one back."""

    @property
    def is_good(self) -> bool:
        """Whether the release is where it belongs, as far as this run was to bring it."""
        return self.ending in {Ending.RELEASED, Ending.IDENTICAL, Ending.BUILT}

    @property
    def reason(self) -> str:
        """Why it ended so, in a line or more."""
        return self.error.message if self.error else f"needs {self.waits_for}" if self.waits_for else ""
