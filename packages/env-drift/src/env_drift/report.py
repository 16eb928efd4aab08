"""What a check found, and how much it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from env_drift.difference import Difference
    from env_drift.installation import Installed

SCHEMA = 1


@dataclass(frozen=True)
class Report:
    """
    An answer: the differences, and what was looked at to find them.

    `pins`, `distributions` and `files` count what the lock asks for, what is installed and what was read and digested.
    `shadowed` are distributions that an earlier path hides. `notes` say what had to be assumed.
    """

    lock: str
    paths: tuple[str, ...]
    python: str
    differences: tuple[Difference, ...]
    pins: int
    distributions: int
    files: int
    shadowed: tuple[Installed, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether there is no difference at all."""
        return not self.differences

    def as_json(self) -> dict[str, object]:
        """Give the report as plain values, ready for `json.dumps`."""
        return {
            "schema": SCHEMA,
            "matches": self.matches,
            "lock": self.lock,
            "paths": list(self.paths),
            "python": self.python,
            "looked_at": {"pins": self.pins, "distributions": self.distributions, "files": self.files},
            "differences": [difference.as_json() for difference in self.differences],
            "shadowed": [{"name": one.name, "version": one.version, "location": one.location} for one in self.shadowed],
            "notes": list(self.notes),
        }
