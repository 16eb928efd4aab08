"""What GitHub is found to hold, and what it is asked for that."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

import pytest
from packaging.version import Version

from release.errors import Incomplete, UsageError
from release.model.ledger import Held, Listing
from release.model.offer import Offer
from release.model.tag import Channel, Tag, parse_tag
from tests.release.adapters.github.desk import TAG, Desk, files_of
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import REPOSITORY, Asset
from tests.servers.stand_in import Answer

ALPHA = parse_tag(TAG)
WHEEL, SDIST, SUMS = "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz", "SHA256SUMS"
MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
NOT_FOUND = Answer(b'{"message": "Not Found"}', 404)


def expected(tag: str, listing: Listing) -> set[Held]:
    parsed = parse_tag(tag)
    return {
        Held(parsed, REPOSITORY, name, hashlib.sha256(content).hexdigest(), listing, MADE)
        for name, content in files_of(parsed).items()
    }


@pytest.mark.parametrize("name", [WHEEL, SDIST, SUMS, "alpha-0.1.0.intoto.jsonl"])
def test_every_file_of_a_release_belongs_to_the_repository(desk: Desk, name: str) -> None:
    assert desk.open().places(ALPHA, name) == (REPOSITORY,)
    assert desk.open().places(Tag("alpha", Version("0.1.0.dev1")), name) == ()


def test_a_published_release_is_found_with_one_question(desk: Desk) -> None:
    desk.add_published()
    assert set(desk.open().held(ALPHA)) == expected(TAG, Listing.OFFERED)
    assert desk.github.calls() == [f"GetReleaseByTag {TAG}"]


def test_a_draft_is_unseen(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.add_draft(parcel, *parcel.files)
    assert set(desk.open().held(ALPHA)) == expected(TAG, Listing.UNSEEN)
    assert desk.github.calls() == [f"GetReleaseByTag {TAG}", "ListReleases page 1"]


def test_the_list_of_drafts_is_asked_for_once_by_however_many(desk: Desk) -> None:
    target, tags = desk.open(), [parse_tag(f"package-{number}/v1.0.0") for number in range(10)]
    desk.github.delay = 0.03
    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(target.held, tags)) == [()] * 10
    assert [target.held(tag) for tag in tags] == [()] * 10
    assert desk.github.calls().count("ListReleases page 1") == 1


def test_a_draft_that_this_run_filled_is_read_anew(desk: Desk) -> None:
    target, parcel = desk.open(), desk.parcel()
    assert target.held(ALPHA) == ()
    target.put(parcel)
    assert {each.listing for each in target.held(ALPHA)} == {Listing.UNSEEN}
    target.show(parcel)
    assert set(target.held(ALPHA)) == expected(TAG, Listing.OFFERED)


def test_a_digest_that_github_does_not_say_is_taken_of_the_bytes(desk: Desk) -> None:
    for asset in desk.add_published().assets:
        asset.has_digest = False
    assert set(desk.open().held(ALPHA)) == expected(TAG, Listing.OFFERED)
    assert {each.sha256 for each in desk.open().inventory(["alpha"])} == {""}


def test_a_file_that_goes_away_while_its_digest_is_taken_is_told(desk: Desk) -> None:
    desk.add_published().assets[0].has_digest = False
    desk.github.wrong[f"DownloadAsset {TAG}/{SUMS}"] = [NOT_FOUND]
    with pytest.raises(Incomplete, match=r"SHA256SUMS went away while it was read"):
        desk.open().held(ALPHA)


@pytest.mark.parametrize("state", ["starter", "open"])
def test_a_broken_upload_is_not_held(desk: Desk, state: str) -> None:
    desk.add_published().assets.append(Asset(99, "broken.whl", b"", state=state))
    assert "broken.whl" not in {each.name for each in desk.open().held(ALPHA)}


def test_the_inventory_names_every_release_of_the_packages(desk: Desk) -> None:
    desk.add_published()
    desk.add_published("alpha/v0.2.0")
    desk.add_published("beta/v1.0.0")
    desk.add_published("gamma/v1.0.0")
    desk.repository.add("deploy-2026", {"a": b"b"})
    desk.repository.add("alpha/vnext", {"a": b"b"})
    desk.repository.add("beta/v2.0.0", files_of(parse_tag("beta/v2.0.0")), draft=True)
    held = set(desk.open().inventory(["alpha", "beta"]))
    offered = (expected(tag, Listing.OFFERED) for tag in (TAG, "alpha/v0.2.0", "beta/v1.0.0"))
    assert held == set().union(*offered, expected("beta/v2.0.0", Listing.UNSEEN))
    assert desk.github.calls() == ["ListReleases page 1"]


def test_drafts_beside_a_published_release_hide_nothing(desk: Desk) -> None:
    desk.add_draft(desk.parcel(changed={"SHA256SUMS": b"other"}), SUMS)
    desk.add_published()
    desk.add_draft(desk.parcel(changed={"SHA256SUMS": b"other"}), SUMS)
    assert set(desk.open().inventory(["alpha"])) == expected(TAG, Listing.OFFERED)


@pytest.mark.parametrize(
    ("channel", "versions"),
    [(Channel.STABLE, {"0.1.0"}), (Channel.PREVIEW, {"0.1.0", "0.2.0rc1"}), (Channel.DEV, {"0.1.0", "0.2.0rc1"})],
)
def test_a_channel_offers_what_is_published_for_it(desk: Desk, channel: Channel, versions: set[str]) -> None:
    desk.add_published()
    desk.add_published("alpha/v0.2.0rc1", prerelease=True)
    desk.add_published("beta/v0.3.0")
    desk.add_draft(desk.parcel("alpha/v0.4.0"), "alpha-0.4.0.tar.gz")
    offers = desk.open().offered("alpha", channel)
    assert {str(each.version) for each in offers} == versions
    assert {each.name.rpartition(".")[2] for each in offers} == {"whl", "gz"}


def test_what_is_offered_can_be_fetched(desk: Desk) -> None:
    desk.add_published()
    target = desk.open()
    for offer in target.offered("alpha", Channel.STABLE):
        assert hashlib.sha256(target.fetch(offer)).hexdigest() == offer.sha256


def test_what_was_published_meanwhile_is_offered(desk: Desk) -> None:
    target, parcel = desk.open(), desk.parcel()
    assert target.offered("alpha", Channel.STABLE) == ()
    target.put(parcel)
    target.show(parcel)
    desk.github.forget()
    for channel in Channel:
        assert {each.name for each in target.offered("alpha", channel)} == {WHEEL, SDIST}
    assert desk.github.calls() == ["ListReleases page 1"]


def test_a_list_that_does_not_show_yet_what_was_published_is_asked_for_again(desk: Desk) -> None:
    target, parcel = desk.open(), desk.parcel()
    target.put(parcel)
    target.show(parcel)
    desk.github.wrong["ListReleases page 1"] = [Answer(b"[]")] * 2
    answers = [len(target.offered("alpha", Channel.STABLE)) for _ in range(4)]
    assert answers == [0, 0, 2, 2]


def test_the_storage_that_github_sends_to_is_not_shown_the_token(desk: Desk) -> None:
    desk.add_published()
    target = desk.open()
    assert target.read(ALPHA, SUMS) == files_of(ALPHA)[SUMS]
    (stored,) = [each for each in desk.github.requests if each.path.startswith("/storage/")]
    assert stored.headers["host"].startswith("localhost:")
    assert "authorization" not in stored.headers


def test_a_file_of_elsewhere_is_not_asked_for(desk: Desk) -> None:
    for url in ("https://example.org/releases/assets/1", f"{desk.github.address}/api/v3/repos/other/other/releases/1"):
        with pytest.raises(UsageError, match=r"is no file of it"):
            desk.open().fetch(Offer(Version("1"), "alpha-1.tar.gz", url, ""))
    assert desk.github.requests == ()


def test_a_file_that_is_no_longer_offered_is_told(desk: Desk) -> None:
    release = desk.add_published()
    target = desk.open()
    offers = target.offered("alpha", Channel.STABLE)
    release.assets.clear()
    with pytest.raises(Incomplete, match=r"is not on GitHub any more"):
        target.fetch(offers[0])


def test_a_file_is_read_from_a_draft_too(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.add_draft(parcel, SUMS)
    target = desk.open()
    assert target.read(ALPHA, SUMS) == files_of(ALPHA)[SUMS]
    assert target.read(ALPHA, WHEEL) == b""
    assert target.read(parse_tag("alpha/v9.0.0"), SUMS) == b""


def test_evidence_is_read_without_looking_for_its_release_each_time(desk: Desk) -> None:
    desk.add_published()
    target = desk.open()
    target.held(ALPHA)
    for name, content in files_of(ALPHA).items():
        assert target.read(ALPHA, name) == content
    assert desk.github.calls().count(f"GetReleaseByTag {TAG}") == 1
    assert f"GetRelease {TAG}" not in desk.github.calls()


def test_a_file_that_went_away_is_none(desk: Desk) -> None:
    release = desk.add_published()
    target = desk.open()
    target.held(ALPHA)
    release.assets.clear()
    assert target.read(ALPHA, SUMS) == b""


def test_a_receipt_changes_nothing(desk: Desk) -> None:
    desk.add_published(immutable=True)
    desk.open().seal(ALPHA, b"{}")
    assert desk.github.requests == ()


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE, Fault.LOST])
@pytest.mark.parametrize("call", [f"GetReleaseByTag {TAG}", "ListReleases page 1"])
def test_a_question_that_fails_once_is_asked_again(desk: Desk, call: str, fault: Fault) -> None:
    desk.add_draft(desk.parcel(), SUMS)
    desk.github.faults = faults = Faults(Call("GitHub", call, 1), fault)
    assert [each.name for each in desk.open().held(ALPHA)] == [SUMS]
    assert faults.is_spent
