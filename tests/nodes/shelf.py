"""What a cluster's nodes are given, in a volume's folder: wheels, a signed lock and pointer, and a rendered script."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import parse_wheel_filename

from cluster.model.layout import Layout
from cluster.model.lock import ClusterLock, Locked
from cluster.model.node_settings import NodeIndex, NodeLimits, NodeSettings
from cluster.model.promise import Pointer, lock_statement
from cluster.steps.script import join_script
from tests.databricks.provenance import make_trust, sign
from tests.nodes.environments import ROOT, RUNTIMES, VOLUME
from tests.servers.account import ACCOUNT, REGION
from tests.servers.codeartifact import DOMAIN
from tests.servers.codeartifact.store import Asset
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

    from tests.servers.codeartifact import CodeArtifact

CLUSTER: Final = "nightly-etl"
SOON: Final = NodeLimits(spread=0, answer=2, whole=60, attempts=2, driver=0)
"""Limits of nodes whose services are near, and which ask their driver once."""
NOBODY: Final = 9
"""A port that nobody listens at."""


@dataclass
class Shelf:
    """The folder of a volume, and what nodes are told of it."""

    folder: Path
    runtime: str = "15.4"
    source: str = "volume"
    fallback: str | None = None
    index: NodeIndex | None = None
    wheels: list[Path] = field(default_factory=list)
    number: int = 1
    sequence: int = 1
    more: dict[str, Any] = field(default_factory=dict)
    """Settings that are otherwise than of most nodes."""

    @property
    def layout(self) -> Layout:
        """Where things stand on the node."""
        return Layout(VOLUME, CLUSTER)

    def place(self, path: str) -> Path:
        """Give the place here of a path of the node."""
        return self.folder / Path(path).relative_to(VOLUME)

    @property
    def lock(self) -> ClusterLock:
        """The lock of these wheels."""
        table = RUNTIMES[self.runtime]
        facts = (CLUSTER, self.number, self.runtime, table.sha256, table.python, "x86_64", "stable")
        return ClusterLock(*facts, "2026-11-23T00:00:00Z", ("paper-plane",), tuple(map(_locked, self.wheels)))

    @property
    def settings(self) -> NodeSettings:
        """What is rendered into the script."""
        runtime = RUNTIMES[self.runtime]
        settings = NodeSettings(
            cluster=CLUSTER,
            runtime=self.runtime,
            python=runtime.python,
            pointer=self.layout.pointer,
            home=self.layout.home,
            wheels=f"{VOLUME}/wheels",
            source=self.source,
            fallback=self.fallback,
            index=self.index,
            trust=make_trust(),
            floor=1,
            shipped=tuple(map(str, runtime.shipped)),
            beacon=NOBODY,
            limits=SOON,
        )
        return replace(settings, **self.more)

    def add(self, name: str, version: str = "1.0", **parts: Any) -> Path:  # noqa: ANN401  # as `write_wheel` takes them
        """Make a wheel that is to be locked."""
        wheel = write_wheel(self.folder.parent / "made", name, version, **parts)
        self.wheels.append(wheel)
        return wheel

    def write(self, *keys: ec.EllipticCurvePrivateKey) -> Shelf:
        """Put wheels, lock, pointer and script there, signed by these keys."""
        lock = self.lock
        for wheel, locked in zip(self.wheels, lock.wheels, strict=True):
            place = self.place(self.layout.wheel(locked))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(wheel, place)
        self.put(self.layout.lock(self.number), lock.as_text().encode())
        self.put(self.layout.bundle(self.number), sign(lock_statement(lock), *keys))
        self.point(*keys)
        self.put(f"{VOLUME}/init.sh", join_script(ROOT / "databricks", self.settings).encode())
        return self

    def point(self, *keys: ec.EllipticCurvePrivateKey) -> None:
        """Point at the lock of this number."""
        pointer = Pointer(CLUSTER, self.number, self.lock.sha256, self.sequence)
        self.put(self.layout.pointer, sign(pointer.as_statement(), *keys))

    def put(self, path: str, content: bytes) -> None:
        """Write a file at a path of the node."""
        place = self.place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def wheel(self, number: int = 0) -> Path:
        """Give the place of a wheel in the volume."""
        return self.place(self.layout.wheel(self.lock.wheels[number]))

    def publish(self, service: CodeArtifact, repository: str = "stable") -> None:
        """Publish the wheels, and have nodes ask there."""
        for wheel, locked in zip(self.wheels, self.lock.wheels, strict=True):
            service.append(repository, locked.name, str(locked.version), Asset(wheel.name, wheel.read_bytes()))
        self.source = "codeartifact"
        self.index = NodeIndex(REGION, DOMAIN, ACCOUNT, repository, service.address)


def _locked(wheel: Path) -> Locked:
    name, version, *_ = parse_wheel_filename(wheel.name)
    return Locked(name, version, wheel.name, hashlib.sha256(wheel.read_bytes()).hexdigest(), "asked for")
