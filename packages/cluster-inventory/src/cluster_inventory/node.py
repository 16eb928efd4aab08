"""One node of a cluster, as it described itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from env_drift import Installed

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Node:
    """
    A Python that runs tasks, or the one that asked.

    `role` is `driver` or `executor`. `executor` is Spark's id of it: `driver`, `0`, `1`; empty where the node cannot
    tell. `address` is the `host:port` by which Spark commands an executor, empty for the driver. `environment` holds
    the node's marker values by their PEP 508 names. `distributions` are in the order of its `sys.path`.
    """

    role: str
    host: str
    address: str
    executor: str
    executable: str
    environment: Mapping[str, str]
    distributions: tuple[Installed, ...]

    @property
    def name(self) -> str:
        """What people call it: `driver on node-1`, `executor 0 on node-2`."""
        if self.role == "driver":
            return f"driver on {self.host}"
        return f"executor {self.executor} on {self.host}" if self.executor else f"executor at {self.address}"

    @property
    def python(self) -> str:
        """The full version of its Python."""
        return self.environment["python_full_version"]

    def choose_versions(self) -> dict[str, str]:
        """Give the version that an import gets, by normalised name: the first on the path."""
        chosen: dict[str, str] = {}
        for one in self.distributions:
            chosen.setdefault(normalise(one.name), one.version)
        return chosen


@dataclass(frozen=True)
class Cluster:
    """Every node that runs Python; `local` says that there are no executors beside the driver."""

    nodes: tuple[Node, ...]
    local: bool


def read_answer(text: str) -> Node:
    """Read what a node wrote of itself."""
    said = json.loads(text)
    said["distributions"] = tuple(Installed(*found) for found in said["distributions"])
    return Node(**said)


def normalise(name: str) -> str:
    """Write a distribution's name as PEP 503 does."""
    return re.sub(r"[-_.]+", "-", name).lower()
