"""A verdict on a cluster, in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """In a word or two."""

    AS_LOCKED = "as locked"
    STALE = "stale"
    DRIFTED = "drifted"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Judgement:
    """A verdict on one cluster, why, and what to do next."""

    verdict: Verdict
    why: str
    next: str = ""
    """A command, or something to do in the workspace; empty where nothing is to be done."""
    log: str = ""
    """Where more is said."""
