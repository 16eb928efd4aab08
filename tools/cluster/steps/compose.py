"""Compose a lock of what was resolved: one wheel for each distribution, its digest, and why it is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster.model.lock import ClusterLock, Locked
from cluster.model.need import ASKED_FOR, Described, explain, trace
from release.errors import Conflict, GateRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster.model.found import Found
    from cluster.steps.lock_context import LockContext
    from cluster.steps.resolution import Resolved
    from release.model.offer import Offer

WRITTEN = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Knowledge:
    """What is known of wheels of others: by pin what the index has, by file name what each says of itself."""

    found: Mapping[str, Found]
    described: Mapping[str, Described]


def choose_wheels(resolved: Resolved, found: Mapping[str, Found]) -> dict[str, Offer]:
    """Give the best wheel of every new row, by name; refused where there is none that fits."""
    chosen = {}
    for name, version in resolved.chosen.items():
        offers = resolved.offers.get(name)
        if offers is None:
            pin = f"{name}=={version}"
            offers = found[pin].wheels if pin in found else ()
        fitting = {each.name: each for each in offers if str(each.version) == version}
        best = resolved.asked.platform.choose(fitting)
        if not best:
            raise GateRefused(
                f"{name} {version} needs compiling: no wheel of it fits Python "
                f"{resolved.asked.runtime.python} on {resolved.asked.platform.name}",
                hint="ask for a version that has one; a cluster does not build",
            )
        chosen[name] = fitting[best]
        _require_same(resolved, name, fitting[best])
    return chosen


def compose(
    resolved: Resolved, wheels: Mapping[str, Offer], known: Mapping[str, Described], context: LockContext
) -> ClusterLock:
    """Give the lock; what nothing leads to any more falls out. `known` is what each wheel says, by file name."""
    asked = resolved.asked
    stay = {name: _stay(row, context) for name, row in resolved.kept.items()}
    rows = {**stay, **{name: _row(name, offer, context) for name, offer in wheels.items()}}
    described = {each.name: Described(each.name, each.version, each.requires) for each in asked.runtime.shipped}
    described |= {name: known[row.wheel] for name, row in rows.items()}
    reached = trace(asked.file.requirements, described, asked.platform.markers)
    _require_resolved(resolved, reached, described)
    return ClusterLock(
        cluster=asked.name,
        number=asked.kept.last + 1,
        runtime=asked.runtime.name,
        runtime_sha256=asked.runtime.sha256,
        python=asked.runtime.python,
        architecture=asked.file.architecture,
        channel=str(asked.file.channel),
        as_of=context.now.strftime(WRITTEN),
        wanted=tuple(map(str, asked.file.requirements)),
        wheels=tuple(sorted(replace(rows[name], why=explain(reached[name])) for name in reached if name in rows)),
    )


def aged(resolved: Resolved, newest: Mapping[str, Found], context: LockContext) -> Iterator[str]:
    """Say of what was asked for, and chosen now, that there is something newer which does not fit the runtime."""
    for requirement in resolved.asked.file.requirements:
        chosen = resolved.chosen.get(requirement.name)
        if requirement.name in resolved.offers:
            offers = context.ours.offered(requirement.name, resolved.asked.file.channel)
            versions = [
                each.version for each in offers if requirement.specifier.contains(each.version, prereleases=True)
            ]
            last, day = max(versions, default=None), ""
        else:
            found = newest.get(str(requirement))
            last = found.version if found else None
            day = f" of {found.added:%Y-%m-%d}" if found and found.added else ""
        if chosen and last and str(last) != chosen:
            yield f"{requirement.name} {chosen} is the newest that fits the runtime; there is {last}{day}"


def _row(name: str, offer: Offer, context: LockContext) -> Locked:
    return Locked(name, offer.version, offer.name, offer.sha256, "", name in context.ours.names)


def _stay(row: Locked, context: LockContext) -> Locked:
    """Keep a row of the old lock; whether it is ours, and has to be proven, is not for that lock alone to say."""
    return replace(row, first_party=row.first_party or row.name in context.ours.names)


def _require_same(resolved: Resolved, name: str, offer: Offer) -> None:
    """Refuse a wheel that was locked with other bytes: a file's name has one content, everywhere and for ever."""
    before = resolved.asked.kept.lock.by_name.get(name) if resolved.asked.kept.lock else None
    if before and before.wheel == offer.name and before.sha256 != offer.sha256:
        raise Conflict(
            f"{offer.name} has the SHA-256 {offer.sha256}, and {before.sha256} was locked",
            hint="somebody put other bytes under that name: find out who, before any cluster gets them",
        )


def _require_resolved(
    resolved: Resolved, reached: Mapping[str, tuple[str, ...]], described: Mapping[str, Described]
) -> None:
    """Refuse a need that nothing meets; one of the runtime's own rows is as unmet there, whatever is locked."""
    shipped = resolved.asked.runtime.by_name
    for name, by in reached.items():
        if name not in described and any(each == ASKED_FOR or each not in shipped for each in by):
            raise GateRefused(
                f"{name} is {explain(by)}, and was not resolved",
                hint="its marker reads one way to uv and another to pip: name it in the cluster file",
            )
