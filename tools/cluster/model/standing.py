"""How a cluster's lock stands to its file: what is behind, without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.version import Version

    from cluster.model.cluster_file import ClusterFile
    from cluster.model.lock import ClusterLock
    from release.model.runtime import Runtime


@dataclass(frozen=True)
class Standing:
    """A cluster file, its lock where there is one, and what is wrong between them."""

    name: str
    file: ClusterFile | None
    """None where it can't be read."""
    lock: ClusterLock | None = None
    behind: tuple[str, ...] = ()
    """What makes the lock another than would be made now, each in words."""
    unsigned: str = ""
    """Why no signature counts that stands beside the lock; empty where one does."""
    newer: Mapping[str, Version] = field(default_factory=dict)
    """Newer versions of our own packages that are on offer, by name."""

    @property
    def said(self) -> str:
        """Everything about it in a line."""
        offers = [f"{name} {version} is on offer" for name, version in self.newer.items()]
        return "; ".join([*self.behind, *([self.unsigned] if self.unsigned else []), *offers])


def compare(file: ClusterFile, runtime: Runtime, lock: ClusterLock | None) -> tuple[str, ...]:
    """Say in what a lock differs from what its cluster file and its runtime's table say now."""
    if lock is None:
        return ("there is no lock",)
    pairs = {
        "runtime": (lock.runtime, file.runtime),
        "python": (lock.python, runtime.python),
        "architecture": (lock.architecture, file.architecture),
        "channel": (lock.channel, str(file.channel)),
    }
    said = [f"made for {what} {was}, and it is {now}" for what, (was, now) in pairs.items() if was != now]
    wanted = tuple(map(str, file.requirements))
    if lock.wanted != wanted:
        gone, come = sorted({*lock.wanted} - {*wanted}), sorted({*wanted} - {*lock.wanted})
        changes = [f"-{each}" for each in gone] + [f"+{each}" for each in come]
        said.append(f"made from another cluster file: {' '.join(changes)}")
    if lock.runtime == runtime.name and lock.runtime_sha256 != runtime.sha256:
        said.append(f"made for another table of {runtime.name}")
    return tuple(said)
