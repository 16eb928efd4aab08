"""Take stock: what every target holds of all versions, asked once of each and side by side."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import Incomplete, ReleaseError, UsageError
from release.model.ledger import Listing
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from release.context import Context
    from release.model.ledger import Held
    from release.model.tag import Channel, Tag
    from release.ports import Reporter, Target


@dataclass(frozen=True)
class Stock:
    """What one target says that it holds, or why it can't be asked: then nothing follows from what is not here."""

    target: Target
    by_tag: Mapping[Tag, tuple[Held, ...]]
    error: ReleaseError | None = None

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give the files of a version."""
        return self.by_tag.get(tag, ())

    def find(self, tag: Tag, name: str) -> Held | None:
        """Give a file of a version, where it has one of that name."""
        return next((each for each in self.held(tag) if each.name == name), None)

    def offering(self, tag: Tag) -> tuple[Channel, ...]:
        """Give the channels that offer a version here, narrowest first.

        Where each channel has a place of its own, it offers what it holds; where all share one, it is for all of them.
        """
        there = {each.location for each in self.held(tag) if each.listing is Listing.OFFERED and each.name in tag.files}
        channels, places = tag.channel.offered_in, self.target.places(tag, tag.files[0])
        if len(places) == len(channels):
            return tuple(channel for channel, place in zip(channels, places, strict=True) if place in there)
        places = (*places, *self.target.places(tag, tag.files[1]))
        return channels if there & {*places} else ()


def take_stock(packages: Collection[str], context: Context) -> tuple[Stock, ...]:
    """Ask every target for all it holds of these packages; UsageError where a target is set up wrongly."""
    return tuple(side_by_side(lambda target: _ask(target, packages, context.reporter), context.targets))


def _ask(target: Target, packages: Collection[str], reporter: Reporter) -> Stock:
    reporter.begin(target.name, "inventory")
    started, said = time.perf_counter(), "failed"
    try:
        stock = _count(target, packages)
        said = "unavailable" if stock.error else f"{len(stock.by_tag):,} versions"
    finally:
        reporter.end(target.name, "inventory", time.perf_counter() - started, said)
    return stock


def _count(target: Target, packages: Collection[str]) -> Stock:
    by_tag: dict[Tag, list[Held]] = {}
    try:
        for each in target.inventory(packages):
            by_tag.setdefault(each.tag, []).append(each)
    except UsageError:
        raise
    except ReleaseError as error:
        return Stock(target, {}, error)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        failed = Incomplete(f"{target.name}: {error.strerror or error}{where}", hint="mend that (space, permissions)")
        return Stock(target, {}, failed)
    return Stock(target, {tag: tuple(held) for tag, held in by_tag.items()})
