"""What locking may ask of the outside, and what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from cluster.ports import ClusterFiles, Guard, Locks, PackageIndex
    from cluster.steps.ours import Ours
    from release.model.offer import Offer
    from release.model.runtime import Runtime
    from release.ports import Reporter, Signer


@dataclass(frozen=True)
class LockContext:
    """Complete at birth."""

    files: ClusterFiles
    locks: Locks
    runtime: Callable[[str], Runtime]
    """Reads a runtime by its name; UsageError with the known ones."""
    guard: Guard
    index: PackageIndex
    ours: Ours
    lay_pages: Callable[[Path, Mapping[str, Sequence[Offer]]], Path]
    signer: Signer | None
    reporter: Reporter
    scratch: Path
    now: datetime
    jobs: int
    """Resolutions at once."""


@dataclass(frozen=True)
class Wish:
    """What of a lock is forgotten, so that the newest that fits is taken in its place."""

    everything: bool = False
    names: frozenset[str] = frozenset()
    """Normalised."""

    def forgets(self, name: str) -> bool:
        """Whether a row falls out before anything is asked."""
        return self.everything or name in self.names
