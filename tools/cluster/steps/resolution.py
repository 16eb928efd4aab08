"""Resolve one cluster: what its runtime lacks, and what of its old lock stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from cluster.model.platform import OLDEST_GLIBC, Platform
from release.errors import Conflict, GateRefused, Unresolvable
from release.model.fates import judge, refuse
from release.model.runtime import Shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cluster.model.cluster_file import ClusterFile
    from cluster.model.kept import Kept
    from cluster.model.lock import Locked
    from cluster.model.need import Described
    from cluster.steps.lock_context import LockContext, Wish
    from release.model.compatibility import Answer, Compatibility
    from release.model.offer import Offer
    from release.model.runtime import Runtime

_OTHER_BYTES: Final = "Hash mismatch"
"""What uv says of a wheel's metadata that is not what its index says of it."""
_NO_ROW: Final = ("pip>=0",)
"""A bound that bounds nothing, so that a runtime without a row is asked about as any other."""


@dataclass(frozen=True)
class Asked:
    """A cluster as it is before anything is resolved."""

    name: str
    file: ClusterFile
    runtime: Runtime
    kept: Kept
    rows: tuple[Locked, ...]
    """Of its old lock, what is not to be forgotten and still fits its platform."""

    @property
    def platform(self) -> Platform:
        """What its nodes are."""
        return _platform(self.file, self.runtime)


@dataclass(frozen=True)
class Resolved:
    """What a cluster gets."""

    asked: Asked
    kept: Mapping[str, Locked]
    """Rows of its old lock that stay, by name."""
    chosen: Mapping[str, str]
    """New versions, by name."""
    offers: Mapping[str, tuple[Offer, ...]]
    """Of our own names, what was within reach."""
    notes: tuple[str, ...] = field(default=())

    @property
    def platform(self) -> Platform:
        """What its nodes are."""
        return self.asked.platform


def prepare(name: str, wish: Wish, context: LockContext) -> Asked:
    """Read a cluster file, its runtime and its old lock."""
    file, kept = context.files.read(name), context.locks.read(name)
    runtime = context.runtime(file.runtime)
    rows = kept.lock.wheels if kept.lock else ()
    platform = _platform(file, runtime)
    staying = (each for each in rows if not wish.forgets(each.name) and each.name not in runtime.by_name)
    return Asked(name, file, runtime, kept, tuple(each for each in staying if platform.choose([each.wheel])))


def resolve(asked: Asked, recalled: Mapping[str, Described], context: LockContext) -> Resolved:
    """Find what has to be added, changing as little of the old lock as the requirements allow."""
    file = asked.file
    offers = context.ours.within_reach(file.requirements, file.channel, asked.rows)
    _require_offered(asked, offers, context)
    rows, notes = _still_there(asked, offers, recalled)
    pages = context.lay_pages(context.scratch / "pages" / asked.name, offers)
    installed = [Shipped(each.name, str(each.version), _needs(each, offers, recalled, context)) for each in rows]
    answer = _ask(asked, offers, pages, installed, context)
    gone = {each.name for each in answer.actions if each.action == "uninstalled"}
    kept = {each.name: each for each in rows if each.name not in gone}
    return Resolved(asked, kept, answer.installed, offers, notes)


def _require_offered(asked: Asked, offers: Mapping[str, tuple[Offer, ...]], context: LockContext) -> None:
    """Refuse what is asked for of our own, and not on offer: a resolver would only say that there is no version."""
    channel, target = asked.file.channel, context.ours.target.name
    for each in asked.file.requirements:
        if each.name in offers and not offers[each.name]:
            there = ", ".join(str(one.version) for one in context.ours.offered(each.name, channel)) or "nothing"
            raise GateRefused(
                f"{target} offers no {each} in {channel}: of {each.name} it offers {there}",
                hint=f"release it (hatch run release run <tag> --to {target}), or say where it is (--from)",
            )


def _platform(file: ClusterFile, runtime: Runtime) -> Platform:
    return Platform(runtime.python, file.architecture, runtime.glibc or OLDEST_GLIBC)


def _still_there(
    asked: Asked, offers: Mapping[str, tuple[Offer, ...]], recalled: Mapping[str, Described]
) -> tuple[list[Locked], tuple[str, ...]]:
    """Give the rows that can still be had, and say of the others that they fall out."""
    ours = {each.sha256 for some in offers.values() for each in some}
    is_there = {each: each.sha256 in ours if each.name in offers else each.wheel in recalled for each in asked.rows}
    gone = [
        str(each) for each, there in is_there.items() if not there and (each.name not in offers or offers[each.name])
    ]
    notes = tuple(f"{each} is on offer no more with the bytes that were locked" for each in gone)
    return [each for each, there in is_there.items() if there], notes


def _needs(
    row: Locked, offers: Mapping[str, tuple[Offer, ...]], recalled: Mapping[str, Described], context: LockContext
) -> tuple[str, ...]:
    if row.name not in offers:
        return recalled[row.wheel].requires
    offer = next(each for each in offers[row.name] if each.sha256 == row.sha256)
    return context.ours.described(offer).requires


def _ask(
    asked: Asked, offers: Mapping[str, tuple[Offer, ...]], pages: Path, installed: list[Shipped], context: LockContext
) -> Answer:
    """Ask with every row of the runtime as a bound; where nothing fits, say what would have to give way."""
    file, runtime = asked.file, asked.runtime
    refused = Unresolvable("")
    for wanted, bounds in _questions(asked, offers, frozenset(each.name for each in installed)):
        try:
            answer = context.guard.ask(
                runtime,
                wanted,
                pages=pages,
                index=context.index.address,
                constraints=bounds,
                installed=installed if bounds else (),
                architecture=file.architecture,
            )
        except Unresolvable as error:
            _require_same_bytes(error)
            refused = error
            continue
        found = judge(runtime, file.requirements, answer)
        if bounds and found.is_good:
            return answer
        if not bounds or found.refusal:
            raise _refusal(asked, found)
    raise _refusal(asked, refuse(runtime, refused.message))


def _require_same_bytes(error: Unresolvable) -> None:
    if _OTHER_BYTES in error.message:
        raise Conflict(
            f"the index gives other bytes than it says: {error.message}",
            hint="tell whoever keeps the index; nothing was locked",
        ) from None


def _questions(
    asked: Asked, offers: Mapping[str, tuple[Offer, ...]], there: frozenset[str]
) -> Iterator[tuple[Sequence[Requirement], Sequence[str]]]:
    """Give what is asked for, each time with less in its way."""
    bounds = [*map(str, asked.runtime.shipped), *_NO_ROW]
    if early := list(_early(asked, offers, there)):
        yield [*asked.file.requirements, *early], bounds
    yield asked.file.requirements, bounds
    yield asked.file.requirements, ()


def _early(asked: Asked, offers: Mapping[str, tuple[Offer, ...]], there: frozenset[str]) -> Iterator[Requirement]:
    """Ask for the newest of ours where that is no final release: a resolver takes a final one as long as one fits."""
    ranges = {each.name: each.specifier for each in asked.file.requirements}
    for name, some in offers.items():
        versions = SpecifierSet() if name not in ranges else ranges[name]
        fitting = (each.version for each in some if versions.contains(each.version, prereleases=True))
        newest = max(fitting, default=None)
        if newest and newest.is_prerelease and name not in there:
            yield Requirement(f"{name}=={newest}")


def _refusal(asked: Asked, found: Compatibility) -> GateRefused:
    if found.refusal:
        return GateRefused(
            f"on {asked.runtime.name}: {found.refusal}",
            hint=f"mend [packages] of {asked.name}.toml, or release what is missing first",
        )
    moves = "; ".join(map(str, found.replaced)) or "other wheels than its own"
    breaks = "".join(f"; breaks {name} ({', '.join(needs)})" for name, needs in (found.breaks or {}).items())
    return GateRefused(
        f"on {asked.runtime.name} it would replace what the runtime ships: {moves}{breaks}",
        hint="ask for other versions, or for a newer runtime: what a runtime ships is never replaced",
    )
