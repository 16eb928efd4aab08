"""Whatever becomes of the files of a release, all of it is found, and nothing else."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release.model.ledger import Listing
from tests.release.places import Kept, later
from tests.release.steps.reconciliation.conftest import Books
from tests.release.warehouse import Made, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TAG = "alpha/v0.1.0"
FILES = 6


class Fate(Enum):
    """What becomes of a file."""

    SAME = "same"
    GONE = "gone"
    OTHER = "other"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[Books, Made]:
    """Give a release that stands on the shelf, signed."""
    maker = Maker(tmp_path_factory.mktemp("states") / "repository")
    made = maker.make(TAG)
    maker.shelve(made)
    return Books(maker), made


@settings(max_examples=60)
@given(
    fates=st.lists(st.sampled_from(Fate), min_size=FILES, max_size=FILES),
    listing=st.sampled_from([Listing.OFFERED, Listing.UNSEEN]),
    is_added_to=st.booleans(),
)
def test_all_that_is_wrong_is_found(
    released: tuple[Books, Made], fates: Sequence[Fate], listing: Listing, *, is_added_to: bool
) -> None:
    books, made = released
    by_name = dict(zip(made.files, fates, strict=True))
    for name, fate in by_name.items():
        if fate is Fate.OTHER:
            made = made.changed(name, b"other")
    held = made.without(*(name for name, fate in by_name.items() if fate is Fate.GONE))
    place = Kept("s3").bring(held, listing)
    if is_added_to:
        place.stock += [later(made.held("there")[0], "alpha-0.1.0-cp311-none-any.whl")]
    expected = {*_expected(made, by_name, listing)} | ({"stranger"} if is_added_to else set())
    assert {code for code, _, _ in books.codes(place)} == expected


def _expected(made: Made, fates: dict[str, Fate], listing: Listing) -> Iterator[str]:
    if {*fates.values()} == {Fate.GONE}:
        yield "absent"
        return
    for name, fate in fates.items():
        is_artifact = name in made.tag.files
        if fate is Fate.GONE:
            yield "missing-artifact" if is_artifact else "missing-evidence"
        elif is_artifact and listing is Listing.UNSEEN:
            yield "unseen"
        if fate is Fate.OTHER:
            yield "unverifiable" if name == made.bundle else "different"
