"""Survey clusters: how each lock stands to its cluster file, its runtime and our own newest releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cluster.model.standing import Standing, compare
from cluster.steps.promises import find_signed
from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packaging.version import Version

    from cluster.model.lock import ClusterLock
    from cluster.ports import ClusterFiles, Locks
    from cluster.steps.ours import Ours
    from release.model.runtime import Runtime
    from release.steps.reconciliation.signed import Consumer

NOBODY: Final = "no key is trusted here, so nobody knows who signed it"


def survey(
    names: Iterable[str], files: ClusterFiles, locks: Locks, runtime: Callable[[str], Runtime], consumer: Consumer
) -> tuple[Standing, ...]:
    """Give how each cluster stands; of a file that can't be read, why."""
    return tuple(_look(name, files, locks, runtime, consumer) for name in names)


def find_newer(standing: Standing, ours: Ours) -> dict[str, Version]:
    """Give newer versions of our own packages than are locked, which the cluster file lets in."""
    if not standing.lock or not standing.file:
        return {}
    ranges = {each.name: each.specifier for each in standing.file.requirements}
    newer = {}
    for row in standing.lock.wheels:
        if not row.first_party:
            continue
        versions = {each.version for each in ours.offered(row.name, standing.file.channel)}
        if row.name in ranges:
            versions = set(ranges[row.name].filter(versions, prereleases=True))
        if (newest := max(versions, default=row.version)) > row.version:
            newer[row.name] = newest
    return newer


def _look(
    name: str, files: ClusterFiles, locks: Locks, runtime: Callable[[str], Runtime], consumer: Consumer
) -> Standing:
    kept = locks.read(name)
    try:
        file = files.read(name)
        behind = (kept.broken,) if kept.broken else compare(file, runtime(file.runtime), kept.lock)
    except UsageError as error:
        return Standing(name, None, kept.lock, (error.message,), _unsigned(kept.lock, kept.bundle, consumer))
    return Standing(name, file, kept.lock, behind, _unsigned(kept.lock, kept.bundle, consumer))


def _unsigned(lock: ClusterLock | None, bundle: bytes, consumer: Consumer) -> str:
    if lock is None:
        return ""
    if not consumer.trust.keys:
        return NOBODY
    if find_signed(lock, bundle, consumer.trust, consumer.signatures, consumer.today):
        return ""
    return "UNSIGNED: no signature of a trusted key is of this lock"
