"""Observe a cluster: what its workspace, its nodes' logs and the volume say, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from cluster.model.node_line import read_lines
from cluster.model.observation import Observation
from cluster.steps.deliver import AT_ONCE
from cluster.steps.pointer import Pointing
from cluster.steps.volume_locks import VolumeLocks
from release.errors import UsageError
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cluster.model.layout import Layout
    from cluster.model.node_line import NodeLine
    from cluster.model.observed import Cluster, Entry
    from cluster.model.promise import Pointer
    from cluster.ports import Volume, Workspace
    from cluster.steps.seal import Seal

KINDS: Final = ("INIT_SCRIPTS_FINISHED", "TERMINATING")
_LOG: Final = ".stdout.log"
_MOST_LOGS: Final = 500
"""Files of one cluster's nodes that are read."""
_EPOCH: Final = datetime.fromtimestamp(0, timezone.utc)


@dataclass(frozen=True)
class Observe:
    """The step, for the clusters of one cluster file."""

    layout: Layout
    volume: Volume
    workspace: Workspace
    seal: Seal

    def run(self, named: Iterable[str]) -> tuple[Observation, ...]:
        """Observe the clusters with these ids, or all that are of this cluster file; none, where there is none."""
        pointer, moved = self.pointer(), self.volume.modified(self.layout.pointer) or _EPOCH
        lock = VolumeLocks(self.layout, self.volume, self.seal).read(pointer.number)
        clusters = [self.workspace.cluster(each) for each in named] or self._ours()

        def observe(cluster: Cluster) -> Observation:
            since = cluster.started or _EPOCH
            return Observation(
                self.layout,
                pointer,
                moved,
                lock,
                cluster,
                self.workspace.events(cluster.id, KINDS, since),
                tuple(self._lines(cluster, since)),
                self.workspace.libraries(cluster.id),
            )

        return tuple(side_by_side(observe, clusters, AT_ONCE))

    def pointer(self) -> Pointer:
        """Give the pointer; UsageError where nothing was pushed."""
        self.volume.require(self.layout.volume)
        if pointer := Pointing(self.layout, self.volume, self.seal).read():
            return pointer
        raise UsageError(
            f"{self.layout.pointer}: nothing was pushed for {self.layout.cluster}",
            hint=f"hatch run cluster push {self.layout.cluster}",
        )

    def _ours(self) -> list[Cluster]:
        """Find clusters by their name, or by the init script that they name: job clusters have names of their own.

        Of those that have ended only the last is of interest, and only if none has started since.
        """
        begin = f"{self.layout.scripts}/"
        named = [
            each
            for each in self.workspace.clusters()
            if each.name == self.layout.cluster or any(path.startswith(begin) for path in each.init_scripts)
        ]
        newest = max(named, key=lambda each: each.started or _EPOCH, default=None)
        return [each for each in named if each.is_running or each is newest]

    def _lines(self, cluster: Cluster, since: datetime) -> Iterator[NodeLine]:
        """Give the last line of each node that was written since a cluster started, where its logs go to a volume."""
        if not cluster.logs:
            return
        nodes = [each for each in self.volume.entries(f"{cluster.logs}/{cluster.id}/init_scripts") if each.is_folder]
        listed = side_by_side(lambda node: self.volume.entries(node.path), nodes[:_MOST_LOGS], AT_ONCE)
        logs = [
            each for files in listed for each in sorted(filter(_is_log, files), key=_written) if each.modified >= since
        ]
        texts = side_by_side(lambda log: self.volume.read(log.path), logs, AT_ONCE)
        last: dict[str, NodeLine] = {}
        for log, text in zip(logs, texts, strict=True):
            for line in read_lines((text or b"").decode(errors="replace"), log.path):
                last[log.path.rpartition("/")[0]] = line  # other init scripts log into the same folder
        yield from sorted(last.values(), key=lambda each: (each.role != "driver", each.node))


def _is_log(entry: Entry) -> bool:
    return entry.name.endswith(_LOG)


def _written(entry: Entry) -> tuple[datetime, str]:
    return entry.modified, entry.name
