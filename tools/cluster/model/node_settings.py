"""What is rendered into an init script: everything that a node has to know, and no secret."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster.model.cluster_file import ClusterFile
    from cluster.model.layout import Layout
    from release.model.runtime import Runtime

PORT: Final = 18080
"""Where a node's own index listens, on loopback."""
BEACON: Final = 18081
"""Where a driver serves the pointer that it installs by, to the other nodes."""


@dataclass(frozen=True)
class NodeIndex:
    """The CodeArtifact repository that nodes read."""

    region: str
    domain: str
    account: str
    repository: str
    endpoint: str | None = None
    """The control plane's address, where it is not AWS's own."""
    seconds: int = 3600
    """How long a token lasts: 900 to 43200, or 0 for as long as the node's own credentials."""


@dataclass(frozen=True)
class NodeLimits:
    """How patient a node is."""

    spread: float = 5
    """Seconds over which nodes that start together spread what they ask first."""
    answer: float = 30
    """Seconds without a byte after which nobody answers any more."""
    whole: float = 900
    """Seconds after which a node gives up, whatever it waits for."""
    attempts: int = 10
    """How often something is asked for that is throttled, or broken at the other end."""
    driver: float = 60
    """Seconds for which a node asks its driver for the pointer, before it takes the volume's."""


@dataclass(frozen=True)
class NodeSettings:
    """The values of one cluster's init script; the same ones are the same bytes."""

    cluster: str
    runtime: str
    """A table's name: `15.4`, `17.3-ml-cpu`."""
    python: str
    """`3.11`."""
    pointer: str
    """The path of the signed pointer at the lock."""
    home: str
    """The cluster's folder in the volume: locks are `locks/<number>/lock.txt` and `lock.intoto.jsonl` below it."""
    wheels: str
    """The volume's folder of wheels: `<name>/<version>/<file>` below it."""
    source: str
    """`codeartifact` or `volume`."""
    fallback: str | None
    """`volume`, if that is taken where CodeArtifact can't be reached or lets nobody in."""
    index: NodeIndex | None
    """Nothing where nodes ask no index."""
    trust: Mapping[str, Any]
    """The keys that may sign locks and pointers, as `databricks/verify.py` reads them."""
    floor: int
    """The lowest sequence of a pointer that is taken: the one at the time of rendering."""
    shipped: tuple[str, ...]
    """What the runtime's table lists, as `name==version`."""
    refresher: int | None = None
    """The port of the node's own index, if it serves one."""
    beacon: int = BEACON
    """The port of a driver's pointer."""
    interpreter: str = "/databricks/python/bin/python"
    place: str = "/databricks/wheelyard"
    """The folder on the node where its state stands: `installed.json`, `log`, and what works there meanwhile."""
    limits: NodeLimits = NodeLimits()

    def as_json(self) -> str:
        """Write them down, as the node reads them."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def settle_node(  # noqa: PLR0913  # a script is made of just these, and each is named
    layout: Layout,
    file: ClusterFile,
    runtime: Runtime,
    *,
    trust: Mapping[str, Any],
    floor: int,
    index: NodeIndex | None = None,
    limits: NodeLimits | None = None,
) -> NodeSettings:
    """Settle what the nodes of a cluster are told."""
    return NodeSettings(
        cluster=layout.cluster,
        runtime=runtime.name,
        python=runtime.python,
        pointer=layout.pointer,
        home=layout.home,
        wheels=f"{layout.volume}/wheels",
        source=file.source,
        fallback=file.fallback,
        index=index,
        trust=trust,
        floor=floor,
        shipped=tuple(str(each) for each in sorted(runtime.shipped)),
        refresher=PORT if file.refresher else None,
        limits=limits or NodeLimits(),
    )
