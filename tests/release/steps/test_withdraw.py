"""Withdrawing step by step: whatever is wished for in whatever order, and whoever else wishes meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.adapters.terminal import Terminal
from release.errors import Conflict, Incomplete
from release.model.ledger import Held, Listing
from release.model.tag import parse_tag
from release.model.withdrawal import Fate, Wish
from release.steps.withdraw import withdraw, withdraw_everywhere

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from release.model.parcel import Parcel
    from release.model.tag import Channel, Tag

TAG = parse_tag("alpha/v0.1.0")
WISHES = [Wish(Listing.UNLISTED, "why"), Wish(Listing.ARCHIVED, "why"), Wish(Listing.OFFERED)]
OFF = {Listing.UNLISTED, Listing.ARCHIVED}


@dataclass
class Place:
    """A place outside that holds one version, and does what it is told if nobody was quicker."""

    listing: Listing = Listing.OFFERED
    intruder: Listing | None = None
    """How somebody else lists it between the question and the word."""
    stale: list[Listing] = field(default_factory=list)
    """What it answers first after it was told."""
    changes: int = 0
    name: str = "place"
    _late: list[Listing] = field(default_factory=list)

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:  # noqa: ARG002  # all stands in one
        return ("here",)

    def held(self, tag: Tag) -> tuple[Held, ...]:
        listing = self._late.pop(0) if self._late else self.listing
        staged = Held(tag, "staging", tag.files[0], "b" * 64, Listing.UNSEEN)
        return (staged, *(Held(tag, "here", name, "a" * 64, listing) for name in tag.files))

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        return self.held(TAG) if TAG.package in packages else ()

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:
        assert reason or listing is Listing.OFFERED
        if self.intruder:
            self.listing, self.intruder = self.intruder, None
        if self.listing is not listing:
            if self.listing not in before:
                raise Conflict(f"{tag} is {self.listing}")
            self.listing, self._late = listing, list(self.stale)
            self.changes += 1
        return self.held(tag)

    def offered(self, package: str, channel: Channel) -> Any:  # noqa: ANN401  # nobody asks
        raise NotImplementedError(package, channel)

    def fetch(self, offer: Any) -> bytes:  # noqa: ANN401  # likewise
        raise NotImplementedError(offer)

    def put(self, parcel: Parcel) -> None:
        raise NotImplementedError(parcel)

    def show(self, parcel: Parcel) -> None:
        raise NotImplementedError(parcel)


@given(st.sampled_from(list(Listing)), st.lists(st.sampled_from(WISHES), min_size=1, max_size=6))
def test_any_wishes_in_any_order_end_as_the_last_that_was_granted(start: Listing, wishes: list[Wish]) -> None:
    place = Place(start)
    for wish in wishes:
        before, changes = place.listing, place.changes
        done = withdraw(TAG, place, wish, Terminal(), patience=1)
        if done.fate is Fate.FAILED:
            assert (before, wish.listing) == (Listing.UNSEEN, Listing.OFFERED), "half a release is put on offer by none"
            assert place.listing is before
        else:
            assert place.listing is wish.listing or (before, place.listing) == (Listing.ARCHIVED, Listing.ARCHIVED)
            assert (done.fate is Fate.DONE) == (place.changes > changes)
            assert done.after == {place.listing}
        if wish.reason:
            assert place.listing in OFF


@given(st.sampled_from(list(Listing)), st.sampled_from(list(Listing)), st.sampled_from(WISHES))
def test_whoever_was_quicker_is_not_overruled(start: Listing, intruder: Listing, wish: Wish) -> None:
    place = Place(start, intruder)
    done = withdraw(TAG, place, wish, Terminal(), patience=0)
    if done.fate is Fate.FAILED:
        assert place.listing is intruder
        assert done.error is not None
        assert done.error.exit_code == Conflict.exit_code
    else:
        assert place.changes == 0 or intruder in wish.given(frozenset({start})).before


def test_what_is_seen_late_is_waited_for() -> None:
    place = Place(stale=[Listing.OFFERED] * 3)
    done = withdraw(TAG, place, WISHES[0], Terminal(), patience=5)
    assert (done.fate, done.detail) == (Fate.DONE, "offered → unlisted")


def test_what_is_never_seen_is_incomplete_and_says_what_to_do() -> None:
    place = Place(stale=[Listing.OFFERED] * 100)
    done = withdraw(TAG, place, WISHES[0], Terminal(), patience=0.1)
    assert isinstance(done.error, Incomplete)
    assert "place lists it as offered after it was to be unlisted" in done.error.message
    assert done.error.hint == "run the same command again"


@pytest.mark.parametrize("broken", [0, 1])
def test_every_target_is_told_whatever_becomes_of_the_others(broken: int) -> None:
    places = [Place(name="one"), Place(name="two")]
    places[broken].intruder = Listing.ARCHIVED
    done = withdraw_everywhere(TAG, places, WISHES[0], Terminal(), 1)
    assert [each.target for each in done] == ["one", "two"]
    assert (done[broken].fate, done[1 - broken].fate) == (Fate.FAILED, Fate.DONE)
