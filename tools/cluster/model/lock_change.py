"""What a new lock changes in the one before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster.model.lock import ClusterLock


@dataclass(frozen=True)
class LockChange:
    """Rows that came, went and moved, each `name==version`, or `name a -> b`."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = [f"+{each}" for each in self.added] + [f"-{each}" for each in self.removed]
        return ", ".join([*self.moved, *told]) or "no wheel"


def change_between(before: ClusterLock | None, after: ClusterLock) -> LockChange:
    """Compare two locks of one cluster."""
    old, new = before.by_name if before else {}, after.by_name
    moved = (name for name in new if name in old and old[name].version != new[name].version)
    return LockChange(
        tuple(str(each) for name, each in new.items() if name not in old),
        tuple(str(each) for name, each in old.items() if name not in new),
        tuple(f"{name} {old[name].version} -> {new[name].version}" for name in moved),
    )


def is_same(before: ClusterLock | None, after: ClusterLock) -> bool:
    """Whether a lock says nothing that the one before did not, but for its number and when the index was read."""
    return before is not None and before == replace(after, number=before.number, as_of=before.as_of)
