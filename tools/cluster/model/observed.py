"""What a workspace says: files of volumes, clusters, what happened to them, and their libraries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, order=True)
class Entry:
    """A file or a folder of a volume."""

    name: str
    path: str
    is_folder: bool
    modified: datetime
    size: int = 0
    """Bytes of a file."""


@dataclass(frozen=True)
class Cluster:
    """A cluster, as its settings and its state are."""

    id: str
    name: str
    state: str
    """`RUNNING`, `TERMINATED`, … in the service's words."""
    started: datetime | None
    """When it was last started or restarted."""
    init_scripts: tuple[str, ...] = ()
    """Paths of those that are stored in volumes."""
    logs: str = ""
    """The folder of a volume that its logs are delivered to; empty where there is none."""
    ended: str = ""
    """Why it is not running, in the service's words: `INIT_SCRIPT_FAILURE`."""
    ended_how: Mapping[str, str] | None = None
    """What the service says of that: parameters by name."""

    @property
    def is_running(self) -> bool:
        """Whether it has nodes that work."""
        return self.state in {"RUNNING", "RESIZING"}


@dataclass(frozen=True)
class ScriptRun:
    """An init script, as one node reports it."""

    path: str
    status: str
    """`SUCCEEDED`, `FAILED_EXECUTION`, `FAILED_FETCH`, … in the service's words."""
    said: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened to a cluster."""

    kind: str
    time: datetime
    reason: str = ""
    """Why it ended, where it did: `INIT_SCRIPT_FAILURE`."""
    node: str = ""
    """The node that is reported of."""
    scripts: tuple[ScriptRun, ...] = ()


@dataclass(frozen=True)
class Library:
    """A library that a cluster's own settings or somebody's hand added."""

    kind: str
    """`whl`, `pypi`, `requirements`, `egg`, `jar`, `maven`, `cran`."""
    name: str
    """A path, or a requirement."""
    status: str
    """`INSTALLED`, `FAILED`, `UNINSTALL_ON_RESTART`, … in the service's words."""
    messages: tuple[str, ...] = ()

    @property
    def is_python(self) -> bool:
        """Whether it adds to what Python imports."""
        return self.kind in {"whl", "pypi", "requirements", "egg"}
