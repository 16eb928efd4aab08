"""What became of a cluster in a call of `cluster lock`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster.model.lock import ClusterLock
    from cluster.model.lock_change import LockChange
    from release.errors import ReleaseError


class State(StrEnum):
    """How it ended."""

    LOCKED = "locked"
    SIGNED = "signed"
    """The lock is what it was, and had no signature that counts."""
    IDENTICAL = "identical"
    FAILED = "failed"


@dataclass(frozen=True)
class LockOutcome:
    """One cluster."""

    name: str
    state: State
    lock: ClusterLock | None = None
    change: LockChange | None = None
    notes: tuple[str, ...] = ()
    """What somebody should know of what was chosen: how old it is, what fell out and why."""
    is_signed: bool = False
    error: ReleaseError | None = None
