"""This node: what it was told, where its state stands, and with which words it fails."""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import json
import os
import platform
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from databricks import verify
else:
    import verify

CODES = {  # the exit code of each, and what to do next
    "defect": (1, "report it, with what this node printed"),
    "settings": (20, "compare the cluster file with what AWS has, and render the script again"),
    "runtime": (21, "lock, render and push for the runtime that this cluster has"),
    "volume": (22, "let the cluster read the volume (USE CATALOG, USE SCHEMA, READ VOLUME), and push to it"),
    "untrusted": (23, "find out who wrote to the volume, then push again; render again if the keys have changed"),
    "replayed": (24, "somebody put back an old pointer: find out who, then push again"),
    "token": (25, "allow the node's role GetAuthorizationToken, sts:GetServiceBearerToken and reading the repository"),
    "unreachable": (26, "look at routes, endpoints of the VPC and quotas; a fallback to the volume helps meanwhile"),
    "missing": (27, "publish it there, or push the lock to the volume again"),
    "wrong-hash": (28, "don't install it: these are not the bytes that were locked; find out who changed them"),
    "needs-compiling": (29, "publish a wheel for this runtime, and lock again"),
    "other-bytes": (30, "another init script or library installs it too: leave it out there"),
    "replaces": (31, "leave it out of the cluster, or choose a version that leaves the runtime alone"),
    "disk": (32, "give the node a larger disk"),
    "install": (33, "read what pip said above"),
    "broken": (34, "lock again: what is there does not fit together"),
    "interrupted": (35, "start the node again; look for what ended it, or raise the limit"),
    "runtime-moved": (36, "capture the runtime's table and lock again; or leave it out of other init scripts"),
}


class Failed(Exception):
    """The node is not as locked; `code` is one of CODES."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Entry:
    """A wheel of the lock."""

    name: str
    version: str
    sha256: str
    wheel: str


@dataclass(frozen=True)
class Lock:
    """What is to be installed."""

    number: int
    sha256: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Pointer:
    """Which lock that is, and whose word it is: `volume`, `driver`, or `driver-silent` where that was asked in vain."""

    number: int
    sequence: int
    sha256: str
    origin: str


class Node:
    """This node: what it was told, where its state stands, and how it is called in the line that it prints."""

    def __init__(self, settings: Path) -> None:
        self.told: dict[str, Any] = json.loads(settings.read_bytes())
        self.work = settings.parent
        self.place = Path(self.told["place"])
        self.limits = self.told["limits"]
        self.trust = verify.read_trust(json.dumps(self.told["trust"]).encode())
        self.started = time.monotonic()
        self.said = {
            "cluster": self.told["cluster"],
            "node": os.environ.get("DB_CONTAINER_IP") or platform.node(),
            "role": "driver" if os.environ.get("DB_IS_DRIVER", "").upper() == "TRUE" else "executor",
            "runtime": os.environ.get("DATABRICKS_RUNTIME_VERSION") or self.told["runtime"],
        }

    @property
    def today(self) -> date:
        """The day, in UTC, by which keys are taken."""
        return datetime.now(timezone.utc).date()

    def read(self, name: str) -> dict[str, Any]:
        """Read a file of the state; one that is not there is empty."""
        path = self.place / name
        document: dict[str, Any] = json.loads(path.read_bytes()) if path.is_file() else {}
        return document

    def write(self, name: str, document: object) -> None:
        """Write a file of the state as JSON."""
        self.put(name, (json.dumps(document, indent=1, sort_keys=True) + "\n").encode())

    def put(self, name: str, content: bytes) -> None:
        """Write a file of the state: it is there wholly, or as it was."""
        draft = self.work / name
        with draft.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.chmod(0o644)
        draft.replace(self.place / name)

    def print(self, verdict: str, said: dict[str, str]) -> None:
        """Print the line of this run, and keep it where there is room."""
        line = "wheelyard: " + verify.line_of(verdict, said)
        print(line, flush=True)
        log = self.place / "log"
        with suppress(OSError), log.open("a") as stream:
            stream.write(f"{datetime.now(timezone.utc).isoformat(timespec='seconds')} {line}\n")
            log.chmod(0o644)
