"""Roll a cluster back: a new pointer, at a lock that stands in the volume. Nothing is sent but the pointer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.model.pushed import RolledBack
from cluster.steps.deliver import AT_ONCE
from cluster.steps.pointer import Pointing
from cluster.steps.volume_locks import VolumeLocks
from release.errors import Refused, UsageError, VerificationFailed
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from cluster.model.layout import Layout
    from cluster.model.lock import ClusterLock
    from cluster.model.promise import Pointer
    from cluster.ports import Volume
    from cluster.steps.seal import Seal
    from release.ports import Signer


@dataclass(frozen=True)
class Rollback:
    """The step."""

    layout: Layout
    volume: Volume
    seal: Seal
    signer: Signer

    def run(self, number: int | None, *, has_wheels: bool) -> RolledBack:
        """Point at lock `number`, or at the one before the one that is pointed at.

        `has_wheels`: whether nodes may get wheels from the volume; then every wheel of the lock has to be there.
        """
        started = time.perf_counter()
        self.volume.require(self.layout.volume)
        pointing = Pointing(self.layout, self.volume, self.seal)
        locks = VolumeLocks(self.layout, self.volume, self.seal)
        before = pointing.read()
        if before is None:
            raise UsageError(
                f"{self.layout.pointer}: there is no pointer, so nothing to roll back",
                hint=f"hatch run cluster push {self.layout.cluster} brings the newest lock",
            )
        wanted = locks.read(self._choose(before, locks.numbers) if number is None else number)
        if has_wheels:
            self._require_wheels(wanted)
        pointer = pointing.move(
            wanted.number, wanted.sha256, self.signer, seen=before, may_replace=lambda _other: False
        )
        was = wanted if before.number == wanted.number else self._read_current(locks, before)
        runtimes = (was.runtime if was else wanted.runtime, wanted.runtime)
        return RolledBack(pointer, before, runtimes, time.perf_counter() - started)

    def _choose(self, before: Pointer, numbers: tuple[int, ...]) -> int:
        earlier = [each for each in numbers if each < before.number]
        if not earlier:
            raise UsageError(
                f"{self.layout.cluster}: the volume has no lock before {before.number}",
                hint="git has the older ones: check one out, and push what it locks as a new lock",
            )
        return max(earlier)

    def _require_wheels(self, lock: ClusterLock) -> None:
        """Refuse a lock that nodes could not install from the volume."""
        paths = [self.layout.wheel(each) for each in lock.wheels]
        times = side_by_side(self.volume.modified, paths, AT_ONCE)
        if missing := [path for path, found in zip(paths, times, strict=True) if found is None]:
            raise Refused(
                f"{lock.cluster}: {len(missing)} wheels of lock {lock.number} are not in the volume, {missing[0]} the "
                "first",
                hint="it was never pushed whole, or its wheels were removed: roll back to another with --to, or check "
                "the lock out of git, lock it again and push",
            )

    @staticmethod
    def _read_current(locks: VolumeLocks, before: Pointer) -> ClusterLock | None:
        """Give the lock of before; where it can't be believed, that is a reason to go back, and no obstacle."""
        try:
            return locks.read(before.number)
        except (UsageError, VerificationFailed):
            return None
