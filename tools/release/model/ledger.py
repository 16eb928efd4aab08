"""What the world says of a file now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a target holds under a file's name; only `absent` is acted on."""

    ABSENT = "absent"
    IDENTICAL = "identical"
    CONFLICTING = "conflicting"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """One file in one target."""

    target: str
    location: str
    name: str
    state: State
    sha256: str
    """The digest of the bytes that are released, which a conflicting target does not hold."""
    detail: str = ""
