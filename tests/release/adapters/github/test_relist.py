"""Withdrawing a release on GitHub, and putting it back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.adapters.github.answers import Release
from release.adapters.github.relisting import marked
from release.errors import Conflict
from release.model.ledger import Listing
from release.model.tag import Channel, parse_tag
from tests.release.adapters.github.desk import NOTES, TAG, Desk
from tests.servers.faults import Call, Fault, Faults

ALPHA = parse_tag(TAG)
HIGHER, CANDIDATE = parse_tag("alpha/v0.2.0"), parse_tag("alpha/v0.3.0rc1")
OFFERED, UNLISTED, ARCHIVED = {Listing.OFFERED}, {Listing.UNLISTED}, {Listing.ARCHIVED}
ANY = {*OFFERED, *UNLISTED, *ARCHIVED}


@pytest.mark.parametrize("listing", [Listing.UNLISTED, Listing.ARCHIVED])
def test_a_withdrawn_release_says_so_to_people_and_to_machines(desk: Desk, listing: Listing) -> None:
    release = desk.add_published(immutable=True)
    held = desk.open().relist(ALPHA, OFFERED, listing, "it writes\n to the wrong table")
    assert {each.listing for each in held} == {listing}
    assert release.name == "alpha 0.1.0 (withdrawn)"
    assert release.body == (f"> **Withdrawn:** it writes to the wrong table <!-- listing: {listing} -->\n\n{NOTES}")
    assert {each.listing for each in desk.open().held(ALPHA)} == {listing}
    assert desk.open().offered("alpha", Channel.DEV) == ()
    assert len(release.assets) == 6


def test_what_is_restored_is_what_it_was(desk: Desk) -> None:
    release = desk.add_published(body="# As\r\n\r\nit <!-- listing: archived --> was ", name="alpha (withdrawn)")
    before = (release.name, release.body)
    target = desk.open()
    for listing in (Listing.UNLISTED, Listing.ARCHIVED, Listing.UNLISTED, Listing.OFFERED):
        assert {each.listing for each in target.relist(ALPHA, ANY, listing, "a reason")} == {listing}
    assert (release.name, release.body) == before


def test_a_release_that_is_listed_so_already_is_not_touched(desk: Desk) -> None:
    desk.add_published()
    target = desk.open()
    target.relist(ALPHA, OFFERED, Listing.UNLISTED, "a reason")
    desk.github.forget()
    held = desk.open().relist(ALPHA, OFFERED, Listing.UNLISTED, "another reason")
    assert {each.listing for each in held} == {Listing.UNLISTED}
    assert desk.github.calls() == [f"GetReleaseByTag {TAG}"]


def test_a_release_that_somebody_listed_otherwise_is_a_conflict(desk: Desk) -> None:
    desk.add_published()
    desk.open().relist(ALPHA, OFFERED, Listing.ARCHIVED, "a reason")
    with pytest.raises(Conflict, match=r"is archived on GitHub, not offered or unseen: nothing was changed"):
        desk.open().relist(ALPHA, {Listing.OFFERED, Listing.UNSEEN}, Listing.UNLISTED, "a reason")
    assert {each.listing for each in desk.open().held(ALPHA)} == {Listing.ARCHIVED}


def test_a_draft_is_not_withdrawn(desk: Desk) -> None:
    draft = desk.add_draft(desk.parcel(), "SHA256SUMS")
    with pytest.raises(Conflict, match="is a draft on GitHub: nobody is shown it, and nothing was changed"):
        desk.open().relist(ALPHA, {Listing.UNSEEN, Listing.OFFERED}, Listing.UNLISTED, "a reason")
    assert draft.body == NOTES


def test_what_was_never_released_is_not_withdrawn(desk: Desk) -> None:
    assert desk.open().relist(ALPHA, OFFERED, Listing.UNLISTED, "a reason") == ()


def test_the_highest_version_that_is_left_becomes_the_latest(desk: Desk) -> None:
    desk.add_published("alpha/v0.0.9")
    lower = desk.add_published()
    withdrawn = desk.add_published(str(HIGHER))
    for tag in ("alpha/v0.3.0rc1", "beta/v9.0.0"):
        desk.add_published(tag)
    desk.add_draft(desk.parcel("alpha/v0.4.0"))
    desk.repository.latest = withdrawn.id
    desk.open().relist(HIGHER, OFFERED, Listing.UNLISTED, "a reason")
    assert desk.repository.latest == lower.id
    desk.open().relist(HIGHER, UNLISTED, Listing.OFFERED, "")
    assert desk.repository.latest == withdrawn.id


def test_a_release_that_is_not_the_latest_leaves_it_where_it_is(desk: Desk) -> None:
    desk.add_published()
    desk.add_published(str(HIGHER))
    other = desk.add_published("beta/v0.1.0")
    desk.repository.latest = other.id
    for tag in (ALPHA, HIGHER):
        desk.open().relist(tag, OFFERED, Listing.UNLISTED, "a reason")
        desk.open().relist(tag, UNLISTED, Listing.OFFERED, "")
    assert desk.repository.latest == other.id


def test_without_another_version_there_is_no_latest_until_it_is_restored(desk: Desk) -> None:
    release = desk.add_published()
    desk.repository.latest = release.id
    desk.open().relist(ALPHA, OFFERED, Listing.UNLISTED, "a reason")
    assert desk.repository.latest == 0
    desk.open().relist(ALPHA, UNLISTED, Listing.OFFERED, "")
    assert desk.repository.latest == release.id


def test_a_candidate_has_no_say_in_what_is_the_latest(desk: Desk) -> None:
    desk.add_published(str(CANDIDATE), prerelease=True)
    target = desk.open()
    target.relist(CANDIDATE, OFFERED, Listing.UNLISTED, "a reason")
    target.relist(CANDIDATE, UNLISTED, Listing.OFFERED, "")
    assert "GetLatestRelease" not in desk.github.calls()
    assert desk.repository.latest == 0


@pytest.mark.parametrize("call", [f"UpdateRelease {HIGHER}", f"UpdateRelease {TAG}", "GetLatestRelease"])
@pytest.mark.parametrize("fault", [Fault.LOST, Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE])
def test_what_happens_to_a_call_leaves_it_withdrawn_once(desk: Desk, call: str, fault: Fault) -> None:
    lower, release = desk.add_published(), desk.add_published(str(HIGHER))
    desk.repository.latest = release.id
    desk.github.faults = faults = Faults(Call("GitHub", call, 1), fault)
    desk.open().relist(HIGHER, OFFERED, Listing.UNLISTED, "a reason")
    assert faults.is_spent
    assert release.name == "alpha 0.2.0 (withdrawn)"
    assert str(release.body).count("Withdrawn") == 1
    assert desk.repository.latest == lower.id


@pytest.mark.parametrize("reason", ["<!-- listing: archived --> -->", "a --> b", "<b>bold", "", "x" * 5000])
def test_a_reason_can_not_pass_for_a_mark(desk: Desk, reason: str) -> None:
    release = desk.add_published()
    desk.open().relist(ALPHA, OFFERED, Listing.UNLISTED, reason)
    first = str(release.body).splitlines()[0]
    assert first.count("<") == 1
    assert first.endswith(" <!-- listing: unlisted -->")
    assert len(first) < 3000
    desk.open().relist(ALPHA, UNLISTED, Listing.OFFERED, "")
    assert release.body == NOTES


@given(
    name=st.none() | st.text(),
    body=st.none() | st.text(),
    reason=st.text(),
    steps=st.lists(st.sampled_from([Listing.UNLISTED, Listing.ARCHIVED]), min_size=1, max_size=4),
)
def test_marks_come_off_byte_for_byte(name: str | None, body: str | None, reason: str, steps: list[Listing]) -> None:
    release = before = Release(id=1, tag_name=TAG, name=name, body=body, draft=False)
    for listing in (*steps, Listing.OFFERED):
        release = release.model_copy(update=marked(release, listing, reason))
        assert release.listing is listing
    assert (release.name, release.body) == (before.name or "", before.body or "")
