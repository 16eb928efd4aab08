"""A cluster as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_inventory.node import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_inventory.node import Cluster, Node

    Row = tuple[str | bool | None, ...]

SCHEMA = (
    "node string, role string, host string, executor string, address string, python string, executable string, "
    "name string, version string, location string, shadowed boolean"
)


def list_rows(cluster: Cluster) -> list[Row]:
    """Give rows of SCHEMA, node by node, each in the order of its path."""
    return [row for node in cluster.nodes for row in _list_rows_of(node)]


def _list_rows_of(node: Node) -> Iterator[Row]:
    head = (node.name, node.role, node.host, node.executor, node.address, node.python, node.executable)
    # A node that has nothing was heard all the same.
    if not node.distributions:
        yield (*head, None, None, None, None)
    seen: set[str] = set()
    for one in node.distributions:
        name = normalise(one.name)
        yield (*head, one.name, one.version, one.location, name in seen)
        seen.add(name)
