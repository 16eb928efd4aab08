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

    def wheel(self, locked: Locked) -> str:
        """Give the path of a wheel, which clusters share: a name and version has one content, everywhere."""
        return f"{self.release(locked)}/{locked.wheel}"

    def release(self, locked: Locked) -> str:
        """Give the folder of a wheel, and of the evidence beside one of ours."""
        return f"{self.volume}/wheels/{locked.name}/{locked.version}"

    @property
    def home(self) -> str:
        """The folder of the cluster."""
        return f"{self.volume}/clusters/{self.cluster}"

    def lock(self, number: int) -> str:
        """Give the path of a lock."""
        return f"{self.home}/locks/{number}/lock.txt"

    def bundle(self, number: int) -> str:
        """Give the path of its signatures, DSSE envelopes line by line."""
        return f"{self.home}/locks/{number}/lock.intoto.jsonl"

    def script(self, sha256: str) -> str:
        """Give the path of an init script: what a cluster names in its settings never changes under it."""
        return f"{self.home}/scripts/{sha256[:12]}/init.sh"

    @property
    def pointer(self) -> str:
        """The signed pointer at the lock that nodes install now."""
        return f"{self.home}/current.intoto.jsonl"
