"""Prune a volume: find what no lock that is kept refers to, and take it away.

Wheels are shared, so every cluster in the volume has a say, whichever are pruned. A push or a rollback that runs at the
same time is seen when all is done: what it needs and is gone is named, and pushing again brings it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster.model.layout import Layout
from cluster.model.pushed import Pruning
from cluster.steps.deliver import AT_ONCE
from cluster.steps.pointer import Pointing
from cluster.steps.volume_locks import VolumeLocks
from release.errors import Incomplete
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cluster.model.lock import ClusterLock
    from cluster.model.observed import Entry
    from cluster.ports import Volume
    from cluster.steps.seal import Seal


@dataclass(frozen=True)
class Prune:
    """The step, for one volume path."""

    path: str
    volume: Volume
    seal: Seal
    keep: int
    """How many of a cluster's newest locks and scripts stay, beside what its pointer names."""
    in_use: frozenset[str] = frozenset()
    """Paths of init scripts that clusters, policies and jobs name."""

    def find(self, pruned: Collection[str]) -> Pruning:
        """Find what goes; of clusters that are not among `pruned` every lock stays.

        VerificationFailed where a lock or a pointer can't be believed: what it needs would not be known.
        """
        self.volume.require(self.path)
        layouts = self._layouts()
        kept = self._kept(layouts, pruned)
        locks, scripts = [], []
        for name in sorted(kept.keys() & {*pruned}):
            numbers = VolumeLocks(layouts[name], self.volume, self.seal).numbers
            locks += [f"{layouts[name].locks}/{number}" for number in numbers if number not in kept[name]]
            scripts += self._old_scripts(layouts[name])
        return Pruning(self.path, kept, tuple(locks), tuple(scripts), self._unneeded(self._needed(layouts, kept)))

    def carry_out(self, found: Pruning, pruned: Collection[str]) -> Pruning:
        """Take away what was found, the locks first; Incomplete where somebody needs it meanwhile."""
        for paths in (found.locks, found.scripts, found.wheels):
            side_by_side(self._remove, paths, AT_ONCE)
        layouts, gone = self._layouts(), {*found.wheels}
        needed = self._needed(layouts, self._kept(layouts, pruned))
        lost = sorted(
            name for name, paths in needed.items() if any(gone & {each, each.rpartition("/")[0]} for each in paths)
        )
        if lost:
            raise Incomplete(
                f"{', '.join(lost)}: pushed or rolled back while wheels were removed that it needs",
                hint="; ".join(f"hatch run cluster push {name}" for name in lost),
            )
        return replace(found, is_done=True)

    def _layouts(self) -> dict[str, Layout]:
        """Give every cluster that has anything in the volume."""
        folder = Layout(self.path, "").clusters
        return {each.name: Layout(self.path, each.name) for each in self.volume.entries(folder) if each.is_folder}

    def _kept(self, layouts: Mapping[str, Layout], pruned: Collection[str]) -> dict[str, tuple[int, ...]]:
        """Give the locks of each cluster that stay, lowest first."""
        kept = {}
        for name, layout in layouts.items():
            numbers = VolumeLocks(layout, self.volume, self.seal).numbers
            pointer = Pointing(layout, self.volume, self.seal).read()
            newest = {*numbers[-self.keep :], *([pointer.number] if pointer else [])}
            kept[name] = tuple(each for each in numbers if name not in pruned or each in newest)
        return kept

    def _needed(self, layouts: Mapping[str, Layout], kept: Mapping[str, Iterable[int]]) -> dict[str, set[str]]:
        """Give the wheels that the locks of each cluster refer to."""
        asked = [(name, number) for name, numbers in kept.items() for number in numbers]

        def find(named: tuple[str, int]) -> ClusterLock | None:
            return VolumeLocks(layouts[named[0]], self.volume, self.seal).find(named[1])

        needed: dict[str, set[str]] = {name: set() for name in kept}
        for (name, _), lock in zip(asked, side_by_side(find, asked, AT_ONCE), strict=True):
            needed[name] |= {layouts[name].wheel(each) for each in lock.wheels} if lock else set()
        return needed

    def _unneeded(self, needed: Mapping[str, set[str]]) -> tuple[str, ...]:
        """Give the folders of versions that nobody refers to, and of others the wheels for platforms nobody has."""
        named = set[str]().union(*needed.values())
        folders = {path.rpartition("/")[0] for path in named}
        names = self._folders([Layout(self.path, "").wheels])
        versions = self._folders([each.path for each in names])
        shared = [each.path for each in versions if each.path in folders]
        wheels = [each.path for each in self._entries(shared) if each.name.endswith(".whl") and each.path not in named]
        return (*(each.path for each in versions if each.path not in folders), *wheels)

    def _old_scripts(self, layout: Layout) -> list[str]:
        """Give the folders of scripts that are neither new nor named in a cluster's settings."""
        scripts = self._entries([each.path for each in self._folders([layout.scripts])])
        oldest_first = sorted((each for each in scripts if not each.is_folder), key=lambda each: each.modified)
        return [each.path.rpartition("/")[0] for each in oldest_first[: -self.keep] if each.path not in self.in_use]

    def _folders(self, above: list[str]) -> list[Entry]:
        return [each for each in self._entries(above) if each.is_folder]

    def _entries(self, above: list[str]) -> list[Entry]:
        return [each for entries in side_by_side(self.volume.entries, above, AT_ONCE) for each in entries]

    def _remove(self, path: str) -> None:
        """Take a file away, or a folder with its files; first what says by being there that the rest is there too."""
        if path.endswith(".whl"):
            self.volume.remove(path)
            return
        for each in sorted(self.volume.entries(path), key=_rank):
            self.volume.remove(each.path)
        self.volume.remove_folder(path)


def _rank(entry: Entry) -> tuple[bool, bool, str]:
    return not entry.name.endswith((".whl", "lock.txt")), not entry.name.endswith(".jsonl"), entry.name
