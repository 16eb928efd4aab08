"""What a cluster runs, beside a lock and beside itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_inventory.node import Node
    from env_drift import Difference

SHOWN = 5
"""Nodes named in a sentence before the rest is counted."""


@dataclass(frozen=True)
class NodeReport:
    """One node, and its differences from the lock by name; no differences means that it matches."""

    node: Node
    differences: tuple[Difference, ...]

    @property
    def matches(self) -> bool:
        """Whether the node runs what the lock says."""
        return not self.differences


@dataclass(frozen=True)
class Disagreement:
    """
    A distribution of which not every node has the same version.

    `name` is normalised as PEP 503 says, or `Python` for the interpreter itself. `versions` gives each node's name and
    version, in the order of the nodes; None where the node has none.
    """

    name: str
    versions: tuple[tuple[str, str | None], ...]

    def __str__(self) -> str:
        """One sentence: each version, and the first nodes that have it."""
        holders: dict[str, list[str]] = {}
        for node, version in self.versions:
            holders.setdefault(version or "none", []).append(node)
        return f"{self.name}: " + "; ".join(f"{version} on {_list(nodes)}" for version, nodes in holders.items())


@dataclass(frozen=True)
class ClusterReport:
    """
    Every node's differences from one lock, and the nodes' disagreements with each other.

    `lock` is its path. `local` says that there are no executors: the driver answered alone.
    """

    lock: str
    nodes: tuple[NodeReport, ...]
    disagreements: tuple[Disagreement, ...]
    local: bool

    @property
    def matches(self) -> bool:
        """Whether every node runs what the lock says."""
        return all(one.matches for one in self.nodes)

    @property
    def uniform(self) -> bool:
        """Whether every node runs the same as every other."""
        return not self.disagreements

    @property
    def consistent(self) -> bool:
        """Whether every node runs what the lock says and the same as every other."""
        return self.matches and self.uniform

    def __str__(self) -> str:
        """Lines for people: the verdict, each node with its differences, then the disagreements."""
        differing = sum(not one.matches for one in self.nodes)
        verdict = f"{differing} of {len(self.nodes)} nodes differ" if differing else "every node matches"
        lines = [f"{self.lock}: {verdict}"]
        if self.local:
            lines.append("local mode: there are no executors, the driver answered alone")
        for one in self.nodes:
            lines.append(f"{one.node.name}, Python {one.node.python}: {'matches' if one.matches else 'differs'}")
            lines += [f"  {difference}" for difference in one.differences]
        if self.disagreements:
            lines.append("nodes differ from each other:")
            lines += [f"  {disagreement}" for disagreement in self.disagreements]
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Give the report in the types of JSON."""
        return {
            "lock": self.lock,
            "local": self.local,
            "matches": self.matches,
            "uniform": self.uniform,
            "nodes": [
                {
                    "name": one.node.name,
                    "role": one.node.role,
                    "host": one.node.host,
                    "executor": one.node.executor,
                    "python": one.node.python,
                    "differences": [difference.as_json() for difference in one.differences],
                }
                for one in self.nodes
            ],
            "disagreements": [{"name": one.name, "versions": dict(one.versions)} for one in self.disagreements],
        }


def _list(nodes: list[str]) -> str:
    more = f" and {len(nodes) - SHOWN} more" if len(nodes) > SHOWN else ""
    return ", ".join(nodes[:SHOWN]) + more


def find_disagreements(nodes: Iterable[Node]) -> tuple[Disagreement, ...]:
    """Find what the nodes do not all have in the same version, by name; the interpreter first."""
    versions = {node.name: {"Python": node.python, **node.choose_versions()} for node in nodes}
    names = sorted({name for found in versions.values() for name in found})
    return tuple(
        Disagreement(name, tuple((node, found.get(name)) for node, found in versions.items()))
        for name in names
        if len({found.get(name) for found in versions.values()}) > 1
    )
