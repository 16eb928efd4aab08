"""Every kind of discrepancy is found where it is, and nothing is found where all is well."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from release.errors import Conflict, Incomplete, UsageError
from release.model.ledger import Held, Listing
from release.model.tag import Tag
from tests.release.places import Kept, Place, later

if TYPE_CHECKING:
    from tests.release.steps.reconciliation.conftest import Books
    from tests.release.warehouse import Maker

ALPHA = "alpha/v0.1.0"
CHANNELS = ("repo/stable", "repo/preview", "repo/dev")


def test_what_is_everywhere_and_signed_agrees(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    found = books.reconcile(Kept("s3").bring(made), Place("codeartifact", CHANNELS).bring(made))
    assert (found.discrepancies, found.exit_code, found.agreeing, found.tags) == ((), 0, 1, 1)


def test_a_release_that_one_target_lacks_is_absent_there(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    assert books.codes(Kept("s3").bring(made), Place("index")) == [("absent", ALPHA, "index")]


@pytest.mark.parametrize(
    ("ending", "code"),
    [(".tar.gz", "missing-artifact"), (".cdx.json", "missing-evidence"), ("SUMS", "missing-evidence")],
)
def test_a_missing_file_is_named(books: Books, maker: Maker, ending: str, code: str) -> None:
    made = maker.make(ALPHA)
    found = books.reconcile(Kept("s3").bring(made.without(ending)))
    (only,) = found.discrepancies
    assert (only.code, found.exit_code) == (code, 15)
    assert ending in only.detail
    assert only.next == f"hatch run release run {ALPHA} --to s3"


def test_a_channel_that_lacks_what_another_of_its_target_has_is_named(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    maker.shelve(made)
    place = Place("codeartifact", CHANNELS).bring(made)
    place.stock = [each for each in place.stock if each.location != "repo/dev"]
    (only,) = books.reconcile(place).discrepancies
    assert only.code == "missing-artifact"
    assert "repo/dev" in only.detail
    assert "repo/stable" not in only.detail


def test_a_version_without_a_tag_is_told_once_and_a_snapshot_is_not(books: Books, maker: Maker) -> None:
    maker.shelve(made := maker.make(ALPHA))
    place = Place("index").bring(made).bring(maker.make("alpha/v0.2.0", is_tagged=False))
    place.stock.append(Held(Tag("alpha", Version("0.3.0.dev4")), "there", "alpha-0.3.0.dev4.tar.gz", "a" * 64))
    assert books.codes(place) == [("untagged", "alpha/v0.2.0", "index")]


def test_two_places_of_one_target_that_differ_are_told(books: Books, maker: Maker) -> None:
    maker.shelve(made := maker.make(ALPHA))
    place = Place("codeartifact", CHANNELS).bring(made)
    place.stock = [
        replace(each, sha256="f" * 64) if (each.location, each.name[-4:]) == ("repo/dev", ".whl") else each
        for each in place.stock
    ]
    (only,) = books.reconcile(place).discrepancies
    assert only.code == "different"
    assert "repo/dev" in only.detail


def test_a_file_that_somebody_added_is_told_with_its_day(books: Books, maker: Maker) -> None:
    place = Kept("s3").bring(maker.make(ALPHA))
    place.stock += [
        later(place.stock[0], "alpha-0.1.0-cp311-cp311-linux_x86_64.whl"),
        later(place.stock[0], "x.txt", 0),
    ]
    found = books.reconcile(place)
    assert [each.code for each in found.discrepancies] == ["stranger", "stranger"]
    assert "3 days after the release, on 2026-01-05" in found.discrepancies[0].detail
    assert found.exit_code == 14


def test_a_receipt_is_no_stranger(books: Books, maker: Maker) -> None:
    place = Kept("s3").bring(maker.make(ALPHA))
    place.stock.append(later(place.stock[0], "alpha-0.1.0.receipt.json"))
    assert books.codes(place) == []


def test_a_candidate_in_the_stable_channel_is_misplaced(books: Books, maker: Maker) -> None:
    maker.shelve(made := maker.make("alpha/v0.2.0rc1"))
    place = Place("codeartifact", CHANNELS).bring(made)
    assert books.codes(place) == []
    place.stock += made.held("repo/stable", evidence=False)[:1]
    assert books.codes(place) == [("misplaced", "alpha/v0.2.0rc1", "codeartifact")]


def test_what_waits_in_staging_is_neither_missing_nor_unseen(books: Books, maker: Maker) -> None:
    maker.shelve(made := maker.make(ALPHA))
    place = Place("codeartifact", CHANNELS).bring(made)
    place.stock += made.held("repo/staging", Listing.UNSEEN, evidence=False)
    assert books.codes(place) == []


def test_what_was_brought_and_never_offered_is_a_stopped_release(books: Books, maker: Maker) -> None:
    found = books.reconcile(Kept("github").bring(maker.make(ALPHA), Listing.UNSEEN))
    (only,) = found.discrepancies
    assert (only.code, found.exit_code) == ("unseen", 15)
    assert only.next == f"hatch run release run {ALPHA} --to github"


@pytest.mark.parametrize("withdrawn", [Listing.UNLISTED, Listing.ARCHIVED])
def test_what_is_yanked_in_one_place_and_offered_in_another_is_told(
    books: Books, maker: Maker, withdrawn: Listing
) -> None:
    made = maker.make(ALPHA)
    assert books.codes(Kept("s3").bring(made, withdrawn), Place("index").bring(made)) == [
        ("still-offered", ALPHA, "index")
    ]
    assert books.codes(Kept("s3").bring(made, withdrawn), Kept("github").bring(made, withdrawn)) == []


def test_what_is_archived_says_no_digest_and_that_is_no_finding(books: Books, maker: Maker) -> None:
    maker.shelve(made := maker.make(ALPHA))
    for listing, expected in ((Listing.ARCHIVED, []), (Listing.OFFERED, [("unknown", ALPHA, "index")] * 2)):
        place = Place("index").bring(made, listing)
        place.stock = [replace(each, sha256="") for each in place.stock]
        assert books.codes(place) == expected


def test_nothing_is_concluded_from_the_silence_of_a_target(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    silent = Kept("s3", error=Incomplete("s3 gives no answer", hint="try again"))
    found = books.reconcile(silent, Place("index").bring(made))
    assert [(each.code, each.tag, each.target) for each in found.discrepancies] == [("unknown", "", "s3")]
    assert (found.exit_code, found.agreeing) == (15, 0)
    assert found.discrepancies[0].next == "try again"


def test_a_target_that_this_machine_keeps_from_answering_is_unknown(books: Books, maker: Maker) -> None:
    maker.tag(ALPHA)
    found = books.reconcile(Place("local", error=PermissionError(13, "Permission denied", "dist")))
    assert "Permission denied (dist)" in found.discrepancies[0].detail
    assert found.exit_code == 15


def test_a_target_that_says_that_a_name_is_not_ours_is_a_conflict(books: Books, maker: Maker) -> None:
    maker.tag(ALPHA)
    assert books.reconcile(Place("index", error=Conflict("not ours", hint="ask"))).exit_code == 14


def test_a_target_that_is_set_up_wrongly_ends_it(books: Books, maker: Maker) -> None:
    maker.tag(ALPHA)
    with pytest.raises(UsageError, match="no such bucket"):
        books.reconcile(Place("s3", error=UsageError("no such bucket", hint="make it")))


def test_a_shallow_clone_is_warned_of(books: Books, maker: Maker, capsys: pytest.CaptureFixture[str]) -> None:
    maker.shelve(made := maker.make(ALPHA))
    (maker.root / ".git" / "shallow").write_text(f"{maker.commit}\n")
    assert books.codes(Place("index").bring(made)) == []
    assert "the clone is shallow" in capsys.readouterr().err


def test_without_any_tag_there_is_nothing_to_agree_with(books: Books) -> None:
    with pytest.raises(UsageError, match="no release tag"):
        books.reconcile(Place("index"))


def test_the_gravest_tag_stands_first_and_gives_the_code(books: Books, maker: Maker) -> None:
    absent, unsigned, other = (maker.make(f"alpha/v0.{n}.0") for n in (1, 2, 3))
    place = Kept("s3").bring(unsigned.without(".jsonl")).bring(other.changed(".whl", b"other"))
    found = books.reconcile(place)
    assert [each.tag for each in found.discrepancies] == [
        str(other.tag), str(unsigned.tag), str(unsigned.tag), str(absent.tag)
    ]  # fmt: skip
    assert found.exit_code == 14
    place.stock = [each for each in place.stock if each.tag != other.tag]
    assert books.reconcile(place).exit_code == 16
    assert books.reconcile(place, quick=True).exit_code == 15


def test_a_thousand_versions_ask_each_target_once_and_read_each_bundle_once(books: Books, maker: Maker) -> None:
    names = [f"part-{n % 20}/v0.{n // 20}.0" for n in range(1000)]
    maker.tag(*names)
    releases = [maker.make(name, is_tagged=False) for name in names]
    s3, github, index = Kept("s3"), Kept("github"), Place("index")
    for made in releases:
        for place in (s3, github, index):
            place.bring(made)
    found = books.reconcile(s3, github, index)
    assert (found.agreeing, found.exit_code) == (1000, 0)
    assert index.asked == ["inventory"]
    assert len(s3.asked) == 1001
    assert github.asked == ["inventory"], "its bundles have the digests of those that were read"
