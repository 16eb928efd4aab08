"""The locks of a cluster that stand in a volume."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.model.lock import parse_lock
from release.errors import UsageError, VerificationFailed

if TYPE_CHECKING:
    from cluster.model.layout import Layout
    from cluster.model.lock import ClusterLock
    from cluster.ports import Volume
    from cluster.steps.seal import Seal


@dataclass(frozen=True)
class VolumeLocks:
    """What `push` has left of locks; each is believed only with its signatures."""

    layout: Layout
    volume: Volume
    seal: Seal

    @property
    def numbers(self) -> tuple[int, ...]:
        """Give the number of every lock that is there, lowest first."""
        names = (each.name for each in self.volume.entries(self.layout.locks) if each.is_folder)
        return tuple(sorted(int(name) for name in names if name.isascii() and name.isdecimal()))

    def read(self, number: int) -> ClusterLock:
        """Read a lock that is there; UsageError where it is not."""
        if lock := self.find(number):
            return lock
        known = ", ".join(map(str, self.numbers)) or "none"
        raise UsageError(
            f"{self.layout.lock(number)}: there is no such lock", hint=f"locks of {self.layout.cluster} there: {known}"
        )

    def find(self, number: int) -> ClusterLock | None:
        """Give a lock that somebody trusted has signed, None where a push has not come that far.

        VerificationFailed where it is another than it should be.
        """
        path = self.layout.lock(number)
        content = self.volume.read(path)
        if content is None:
            return None
        try:
            lock = parse_lock(content.decode(errors="replace"), path)
        except UsageError as error:
            raise VerificationFailed(error.message, hint="somebody has written to the volume by hand") from None
        if (lock.cluster, lock.number) != (self.layout.cluster, number):
            raise VerificationFailed(
                f"{path}: it is lock {lock.number} of {lock.cluster}", hint="somebody has put it there by hand"
            )
        self.seal.require_signed(lock, self.volume.read(self.layout.bundle(number)) or b"", self.layout.bundle(number))
        return lock
