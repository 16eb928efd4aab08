"""Where everything stands in a Unity Catalog volume. Only the pointer is ever written again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster.model.lock import Locked


@dataclass(frozen=True)
class Layout:
    """The paths below one volume path, for one cluster."""

    volume: str
    """`/Volumes/<catalog>/<schema>/<volume>[/…]`, without a slash at its end."""
    cluster: str

    @property
    def wheels(self) -> str:
        """The folder of all clusters' wheels."""
        return f"{self.volume}/wheels"

    @property
    def clusters(self) -> str:
        """The folder of all clusters' own folders."""
        return f"{self.volume}/clusters"

    def wheel(self, locked: Locked) -> str:
        """Give the path of a wheel, which clusters share: a name and version has one content, everywhere."""
        return f"{self.release(locked)}/{locked.wheel}"

    def release(self, locked: Locked) -> str:
        """Give the folder of a wheel, and of the evidence beside one of ours."""
        return f"{self.wheels}/{locked.name}/{locked.version}"

    @property
    def home(self) -> str:
        """The folder of the cluster."""
        return f"{self.clusters}/{self.cluster}"

    @property
    def locks(self) -> str:
        """The folder of its locks."""
        return f"{self.home}/locks"

    def lock(self, number: int) -> str:
        """Give the path of a lock."""
        return f"{self.locks}/{number}/lock.txt"

    def bundle(self, number: int) -> str:
        """Give the path of its signatures, DSSE envelopes line by line."""
        return f"{self.locks}/{number}/lock.intoto.jsonl"

    @property
    def scripts(self) -> str:
        """The folder of its init scripts."""
        return f"{self.home}/scripts"

    def script(self, sha256: str) -> str:
        """Give the path of an init script: what a cluster names in its settings never changes under it."""
        return f"{self.scripts}/{sha256[:12]}/init.sh"

    @property
    def pointer(self) -> str:
        """The signed pointer at the lock that nodes install now."""
        return f"{self.home}/current.intoto.jsonl"
