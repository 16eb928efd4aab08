"""Prune snapshots: development versions that have had their time are archived where they stand, never a release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from release.errors import ReleaseError
from release.model.ledger import Listing
from release.model.tag import Channel
from release.model.withdrawal import Fate, Wish, Withdrawal
from release.side_by_side import side_by_side
from release.steps.withdraw import belonging, withdraw

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from release.model.ledger import Held
    from release.model.tag import Tag
    from release.ports import Reporter, Target

_AT_ONCE = 16
"""Packages that are worked on at a time; the versions of one follow each other, as they share its pages."""


@dataclass(frozen=True)
class Snapshot:
    """A development version as a target holds it."""

    tag: Tag
    target: Target
    added: datetime | None
    """When the newest of its files came there; None where the target does not say it of each."""


@dataclass(frozen=True)
class Prune:
    """What is taken away: what was brought before a time, of some packages."""

    packages: Collection[str]
    oldest: datetime
    wish: Wish
    patience: float
    """Seconds until what was archived has to be seen to be."""

    def run(self, targets: Sequence[Target], reporter: Reporter) -> tuple[Withdrawal, ...]:
        """Archive at every target what is older; say what is left because nobody says how old it is."""
        surveyed = side_by_side(self._survey, targets)
        found = [each for some in surveyed for each in some]
        due = [each for each in found if isinstance(each, Snapshot) and self._is_due(each)]
        queues = [list(each) for _, each in groupby(due, lambda each: (each.target.name, each.tag.package))]
        done = side_by_side(lambda queue: [self._archive(each, reporter) for each in queue], queues, _AT_ONCE)
        others = [each for each in found if isinstance(each, Withdrawal)]
        undated = [_left(each) for each in found if isinstance(each, Snapshot) and each.added is None]
        return (*others, *undated, *(each for some in done for each in some))

    def _is_due(self, snapshot: Snapshot) -> bool:
        return snapshot.added is not None and snapshot.added < self.oldest

    def _survey(self, target: Target) -> list[Snapshot | Withdrawal]:
        try:
            found = sorted(self._snapshots(target), key=lambda each: each.tag)
            return list(side_by_side(_dated, found, _AT_ONCE))
        except ReleaseError as error:
            return [Withdrawal("", target.name, Fate.FAILED, error=error)]

    def _snapshots(self, target: Target) -> Iterator[Snapshot]:
        """Give what is not archived yet; also what is, and is still offered: somebody was stopped in between."""
        files: dict[Tag, list[Held]] = {}
        for each in belonging(target, target.inventory(self.packages)):
            if each.tag.version.is_devrelease:
                files.setdefault(each.tag, []).append(each)
        archived = {tag for tag, held in files.items() if all(each.listing is Listing.ARCHIVED for each in held)}
        offered = {
            (package, offer.version)
            for package in sorted({tag.package for tag in archived})
            for offer in target.offered(package, Channel.DEV)
        }
        for tag, held in files.items():
            if tag not in archived or (tag.package, tag.version) in offered:
                yield Snapshot(tag, target, _newest(held))

    def _archive(self, snapshot: Snapshot, reporter: Reporter) -> Withdrawal:
        done = withdraw(snapshot.tag, snapshot.target, self.wish, reporter, self.patience)
        return replace(done, added=snapshot.added)


def _dated(snapshot: Snapshot) -> Snapshot:
    """Ask about the one version where the list of all did not say how old it is."""
    if snapshot.added:
        return snapshot
    held = snapshot.target.held(snapshot.tag)
    return replace(snapshot, added=_newest(belonging(snapshot.target, held)))


def _newest(held: Iterable[Held]) -> datetime | None:
    times = [each.added for each in held]
    known = [each for each in times if each is not None]
    return max(known, default=None) if len(known) == len(times) else None


def _left(snapshot: Snapshot) -> Withdrawal:
    cure = "nobody says when it came there, so it is left: take it off offer there by hand, if it is old"
    return Withdrawal(str(snapshot.tag), snapshot.target.name, Fate.UNDATED, cure=cure)
