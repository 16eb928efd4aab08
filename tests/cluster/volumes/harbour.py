"""A workspace, locks and wheels to bring there, and whoever brings them, put together by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.version import Version

from cluster.adapters.allow_list import DatabricksAllowList
from cluster.adapters.databricks_sdk import Questions, open_client
from cluster.adapters.volume import DatabricksVolume
from cluster.adapters.workspace import DatabricksWorkspace
from cluster.model.layout import Layout
from cluster.model.lock import ClusterLock, Locked
from cluster.model.promise import lock_statement
from cluster.steps.observe import Observe
from cluster.steps.prune import Prune
from cluster.steps.push import Cargo, Push
from cluster.steps.rollback import Rollback
from cluster.steps.seal import Seal
from release.adapters.ecdsa import Ecdsa
from release.adapters.local_key import LocalKey
from release.adapters.terminal import Terminal
from release.model.dsse import Envelope, Signature
from release.model.trust import Trust, TrustedKey
from tests.servers.databricks import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from databricks.sdk import WorkspaceClient

    from cluster.model.promise import Pointer
    from cluster.model.pushed import Pushed
    from tests.servers.databricks import Databricks

VOLUME = "/Volumes/main/libraries/wheelyard"
CLUSTER = "nightly-etl"
SECONDS = 2
"""For all tries of one call."""


@dataclass
class Shelf:
    """Wheels of this machine; it counts what is fetched."""

    folder: Path
    fetched: list[str] = field(default_factory=list)

    def locked(self, name: str, version: str = "1.0", *, ours: bool = False, tag: str = "py3-none-any") -> Locked:
        """Make a wheel, which needs no more than bytes here, and give its row of a lock."""
        file = f"{name.replace('-', '_')}-{version}-{tag}.whl"
        self.folder.mkdir(parents=True, exist_ok=True)
        content = f"the bytes of {file}".encode() * 100
        (self.folder / file).write_bytes(content)
        return Locked(name, Version(version), file, hashlib.sha256(content).hexdigest(), "asked for", first_party=ours)

    def fetch(self, locked: Locked) -> Path:
        """Give a wheel."""
        self.fetched.append(locked.wheel)
        return self.folder / locked.wheel

    def evidence(self, locked: Locked) -> Mapping[str, bytes]:
        """Give what would prove one of ours."""
        stem = f"{locked.name.replace('-', '_')}-{locked.version}"
        names = (f"{stem}.intoto.jsonl", f"{stem}.cdx.json", "SHA256SUMS") if locked.first_party else ()
        return {name: f"{name} of {locked}".encode() for name in names}


@dataclass
class Harbour:
    """One cluster's way into one workspace."""

    workspace: Databricks
    folder: Path
    cluster: str = CLUSTER
    token: str = TOKEN
    seconds: int = SECONDS

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self.folder / "shelf")

    @cached_property
    def signer(self) -> LocalKey:
        return LocalKey(self.folder / "keys", lambda _said: None)

    @cached_property
    def stranger(self) -> LocalKey:
        """Give whoever signs, and is not trusted."""
        return LocalKey(self.folder / "stranger", lambda _said: None)

    @cached_property
    def client(self) -> WorkspaceClient:
        return open_client(self.workspace.address, self.token, self.seconds)

    @cached_property
    def questions(self) -> Questions:
        return Questions(self.seconds)

    @property
    def volume(self) -> DatabricksVolume:
        return DatabricksVolume(self.client, self.questions)

    @property
    def allow_list(self) -> DatabricksAllowList:
        return DatabricksAllowList(self.client, self.questions)

    @property
    def layout(self) -> Layout:
        return Layout(VOLUME, self.cluster)

    @property
    def seal(self) -> Seal:
        return Seal(Trust((TrustedKey(self.signer.key),)), Ecdsa())

    @property
    def push(self) -> Push:
        return Push(self.layout, self.volume, self.seal, self.signer, self.shelf, Terminal())

    @property
    def rollback(self) -> Rollback:
        return Rollback(self.layout, self.volume, self.seal, self.signer)

    @property
    def observe(self) -> Observe:
        return Observe(self.layout, self.volume, DatabricksWorkspace(self.client, self.questions), self.seal)

    def prune(self, keep: int, in_use: Iterable[str] = ()) -> Prune:
        return Prune(VOLUME, self.volume, self.seal, keep, frozenset(in_use))

    def lock(self, number: int, *wheels: Locked, runtime: str = "15.4") -> ClusterLock:
        return ClusterLock(
            cluster=self.cluster,
            number=number,
            runtime=runtime,
            runtime_sha256="0" * 64,
            python="3.11",
            architecture="x86_64",
            channel="stable",
            as_of="2026-01-02T03:04:05Z",
            wanted=tuple(each.name for each in wheels),
            wheels=wheels,
        )

    def sign(self, statement: bytes, signer: LocalKey | None = None) -> bytes:
        """Sign whatever it is."""
        envelope = Envelope(statement)
        return envelope.signed(Signature((signer or self.signer).sign(envelope.message))).as_line()

    def cargo(self, lock: ClusterLock, *, has_wheels: bool = True, script: str = "install") -> Cargo:
        def render(floor: int) -> bytes:
            return f'#!/bin/bash\n{{"floor": {floor}}}\n# {script}\n'.encode()

        return Cargo(lock, self.sign(lock_statement(lock)), has_wheels, render)

    def send(self, number: int, *wheels: Locked, script: str = "install") -> Pushed:
        """Push a lock of wheels."""
        return self.push.run(self.cargo(self.lock(number, *wheels), script=script))

    def beside(self, cluster: str) -> Harbour:
        """Give another cluster's way into the same volume."""
        return replace(self, cluster=cluster)

    @property
    def pointer(self) -> Pointer:
        """What stands in the volume now."""
        content = self.file(self.layout.pointer)
        return self.seal.open_pointer(content, self.cluster, "there")

    def file(self, path: str) -> bytes:
        """Read a file of the volume, as its folder on this machine has it."""
        return self.workspace.volumes.place(path).read_bytes()

    def plant(self, path: str, content: bytes) -> None:
        """Write into the volume by hand."""
        place = self.workspace.volumes.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    @property
    def files(self) -> dict[str, bytes]:
        """Everything in the volume, by its path there."""
        root = self.workspace.volumes.place(VOLUME)
        found = (path for path in root.rglob("*") if path.is_file())
        return {f"{VOLUME}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in sorted(found)}
