"""Versions that are taken off offer, and put back: no byte is lost, and nobody puts them back by mistake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from release.adapters.s3.bucket import Bucket
from release.adapters.s3.page_text import read_project
from release.adapters.s3.target import S3Target
from release.errors import Conflict, Incomplete
from release.model.ledger import Listing
from release.model.tag import Channel
from tests.release.adapters.s3.test_target import listings, parcel_of, publish
from tests.servers.account import REGION
from tests.servers.s3 import BUCKET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.s3 import S3

OFFERED, UNSEEN, UNLISTED, ARCHIVED = Listing.OFFERED, Listing.UNSEEN, Listing.UNLISTED, Listing.ARCHIVED
MARKER = "stable/alpha/0.1.0/listing.json"
WHY = 'it "drops" rows <sometimes>'


def reasons(s3: S3, channel: Channel = Channel.STABLE) -> dict[str, str | None]:
    """Give what a page names, with the reason why it is yanked."""
    offers, yanked = read_project("", s3.do("GET", f"{channel}/simple/alpha/index.html").content)
    return {name: yanked.get(name) for name in offers}


def unlisted(*names: str) -> dict[str, str | None]:
    return dict.fromkeys(names, WHY)


@pytest.mark.parametrize("listing", [UNLISTED, ARCHIVED])
def test_a_version_is_taken_off_every_page_and_keeps_its_bytes(
    target: S3Target, s3: S3, tmp_path: Path, listing: Listing
) -> None:
    parcel, other = parcel_of(tmp_path), parcel_of(tmp_path, "0.2.0")
    publish(target, parcel, other)
    before = {key: s3.do("GET", key).content for key in s3.stored("stable/alpha/")}
    held = target.relist(parcel.tag, {OFFERED}, listing, WHY)
    assert {each.listing for each in held} == {listing}
    assert held == target.held(parcel.tag)
    assert json.loads(s3.do("GET", MARKER).content) == {"listing": listing, "reason": WHY}
    for channel in Channel:
        withdrawn = unlisted(*parcel.tag.files) if listing is UNLISTED else {}
        assert reasons(s3, channel) == {**dict.fromkeys(other.tag.files), **withdrawn}
        assert {each.name for each in target.offered("alpha", channel)} == {*other.tag.files}
    assert {key: s3.do("GET", key).content for key in before} == before


@pytest.mark.parametrize("listing", [UNLISTED, ARCHIVED])
def test_a_version_is_put_back_as_it_was(target: S3Target, s3: S3, tmp_path: Path, listing: Listing) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    before = {channel: target.offered("alpha", channel) for channel in Channel}
    target.relist(parcel.tag, {OFFERED}, listing, WHY)
    held = target.relist(parcel.tag, {UNLISTED, ARCHIVED}, OFFERED, "")
    assert {each.listing for each in held} == {OFFERED}
    assert {channel: target.offered("alpha", channel) for channel in Channel} == before
    assert reasons(s3) == dict.fromkeys(parcel.tag.files)


def test_an_archived_version_can_be_unlisted(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    target.relist(parcel.tag, {OFFERED}, ARCHIVED, "first")
    held = target.relist(parcel.tag, {ARCHIVED}, UNLISTED, WHY)
    assert {each.listing for each in held} == {UNLISTED}
    assert reasons(s3) == unlisted(*parcel.tag.files)


def test_what_is_listed_so_already_is_left_alone(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    target.relist(parcel.tag, {OFFERED}, UNLISTED, WHY)
    s3.forget()
    target.relist(parcel.tag, {OFFERED}, UNLISTED, "another reason")
    assert not [call for call in s3.calls() if call.startswith("Put")]
    assert reasons(s3) == unlisted(*parcel.tag.files)


def test_who_expects_another_listing_is_told_of_the_conflict(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    target.relist(parcel.tag, {OFFERED}, ARCHIVED, WHY)
    with pytest.raises(Conflict, match="lists it as archived, not as offered"):
        target.relist(parcel.tag, {OFFERED}, UNLISTED, "another reason")
    assert set(listings(target, parcel).values()) == {ARCHIVED}
    assert reasons(s3) == {}


def test_a_version_that_is_not_there_can_not_be_taken_off(target: S3Target, s3: S3, tmp_path: Path) -> None:
    assert target.relist(parcel_of(tmp_path).tag, {OFFERED}, UNLISTED, WHY) == ()
    assert s3.stored() == []


def test_a_version_that_was_never_shown_is_not_taken_off_as_if_it_had_been(
    target: S3Target, s3: S3, tmp_path: Path
) -> None:
    parcel = parcel_of(tmp_path)
    target.put(parcel)
    with pytest.raises(Conflict, match="lists it as unseen, not as offered"):
        target.relist(parcel.tag, {OFFERED}, UNLISTED, WHY)
    assert MARKER not in s3.stored()
    target.relist(parcel.tag, {UNSEEN}, OFFERED, "")
    assert set(listings(target, parcel).values()) == {OFFERED}
    assert MARKER not in s3.stored()


@pytest.mark.parametrize("listing", [UNLISTED, ARCHIVED])
def test_a_release_never_puts_back_what_was_withdrawn(
    target: S3Target, s3: S3, tmp_path: Path, listing: Listing
) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    target.relist(parcel.tag, {OFFERED}, listing, WHY)
    before = reasons(s3)
    publish(target, parcel)
    assert reasons(s3) == before
    assert set(listings(target, parcel).values()) == {listing}


def test_a_version_that_is_withdrawn_while_it_is_shown_stays_withdrawn(
    s3: S3, target: S3Target, tmp_path: Path
) -> None:
    parcel = parcel_of(tmp_path)
    target.put(parcel)
    s3.between = {"PutObject dev/simple/alpha/index.html": lambda: _archive(s3)}
    target.show(parcel)
    assert set(listings(target, parcel).values()) == {ARCHIVED}
    assert [reasons(s3, channel) for channel in Channel] == [{}, {}, {}]


def _archive(s3: S3) -> None:
    """Archive by hand what others are about to show: the pages need no change."""
    s3.do("PUT", MARKER, b'{"listing": "archived", "reason": ""}')


def test_half_a_release_is_put_on_no_page(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    target.put(parcel)
    s3.do("DELETE", "stable/alpha/0.1.0/alpha-0.1.0.tar.gz")
    target.relist(parcel.tag, {UNSEEN}, OFFERED, "")
    assert s3.stored("stable/simple/") == []


def test_a_wheel_that_is_none_any_more_is_not_put_back(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    target.relist(parcel.tag, {OFFERED}, ARCHIVED, WHY)
    s3.do("PUT", f"stable/alpha/0.1.0/{parcel.tag.files[0]}", b"no wheel")
    with pytest.raises(Conflict, match="is no wheel any more"):
        target.relist(parcel.tag, {ARCHIVED}, OFFERED, "")
    assert reasons(s3) == {}


@pytest.mark.parametrize("content", [b"", b"{}", b'{"listing": "gone", "reason": ""}', b"[]", b'{"listing": []}', b"["])
def test_a_marker_that_can_not_be_read_is_incomplete_and_left_as_it_is(
    target: S3Target, s3: S3, tmp_path: Path, content: bytes
) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    s3.do("PUT", MARKER, content)
    for ask in (
        lambda: target.held(parcel.tag),
        lambda: target.show(parcel),
        lambda: target.relist(parcel.tag, {OFFERED}, ARCHIVED, WHY),
    ):
        with pytest.raises(Incomplete, match=r"listing.json can't be read"):
            ask()
    assert s3.do("GET", MARKER).content == content


def test_what_nobody_knows_the_bytes_of_is_not_put_back(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    target.relist(parcel.tag, {OFFERED}, ARCHIVED, WHY)
    wheel = f"stable/alpha/0.1.0/{parcel.tag.files[0]}"
    s3.do("PUT", wheel, s3.do("GET", wheel).content)
    small = S3Target(Bucket(BUCKET, REGION, 20, small=10), 1)
    with pytest.raises(Incomplete, match="S3 has no SHA-256 of it"):
        small.relist(parcel.tag, {ARCHIVED}, OFFERED, "")
    assert reasons(s3) == {}


def test_two_who_withdraw_at_once_agree_in_the_end(target: S3Target, s3: S3, tmp_path: Path) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    s3.between = {f"PutObject {MARKER}": lambda: _archive(s3)}
    with pytest.raises(Conflict, match="lists it as archived, not as offered"):
        target.relist(parcel.tag, {OFFERED}, UNLISTED, WHY)
    target.relist(parcel.tag, {OFFERED}, ARCHIVED, WHY)
    assert [reasons(s3, channel) for channel in Channel] == [{}, {}, {}]
