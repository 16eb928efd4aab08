"""What is signed says which bytes are right, and a bundle that proves nothing is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.release.places import Kept, Place, later
from tests.release.warehouse import receipt_of

if TYPE_CHECKING:
    from tests.release.steps.reconciliation.conftest import Books
    from tests.release.warehouse import Maker

ALPHA = "alpha/v0.1.0"


def test_other_bytes_than_the_signed_ones_are_told_at_the_side_that_is_wrong(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    found = books.reconcile(Kept("s3").bring(made), Place("index").bring(made.changed(".whl", b"other")))
    (only,) = found.discrepancies
    assert (only.code, only.target, found.exit_code) == ("different", "index", 14)
    assert "the signed provenance says" in only.detail


def test_evidence_that_is_not_the_signed_one_differs(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    for ending in (".cdx.json", ".audit.json", "SHA256SUMS"):
        assert books.codes(Kept("s3").bring(made.changed(ending, b"other"))) == [("different", ALPHA, "s3")], ending


def test_where_nothing_is_signed_both_sides_are_told(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    sides = (Place("index").bring(made), Place("local").bring(made.changed(".whl", b"other")))
    assert books.codes(*sides, quick=True) == [("different", ALPHA, "index"), ("different", ALPHA, "local")]
    found = books.reconcile(*sides)
    assert [each.code for each in found.discrepancies] == ["different", "different", "unsigned"]
    assert "nothing signed says which is right" in found.discrepancies[0].detail
    assert found.exit_code == 14


def test_what_somebody_built_on_this_machine_is_no_fault_of_what_is_published(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    maker.shelve(made.changed(".jsonl", b"{}"))
    assert books.codes(Kept("s3").bring(made)) == []
    assert books.codes(Kept("s3").bring(made), Place("local").bring(made)) == [("unverifiable", ALPHA, "shelf")]


def test_each_bundle_that_differs_is_proven_on_its_own(books: Books, maker: Maker) -> None:
    maker.shelve(made := maker.make(ALPHA))
    forged = made.changed(".jsonl", made.files[made.bundle].replace(b'"sig":"', b'"sig":"AAAA'))
    assert books.codes(Kept("github").bring(made), Kept("s3").bring(forged)) == [("unverifiable", ALPHA, "s3")]


def test_a_bundle_that_cannot_be_read_is_unknown_and_not_unsigned(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    place = Kept("s3", unreadable={made.bundle}).bring(made)
    assert books.codes(place) == [("unknown", ALPHA, "s3")]
    gone = Kept("s3").bring(made)
    del gone.contents[made.tag, made.bundle]
    assert books.codes(gone) == [("unknown", ALPHA, "s3")]


def test_a_bundle_of_another_commit_proves_nothing(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA, is_tagged=False)
    maker.commit_again()
    maker.tag(ALPHA)
    found = books.reconcile(Kept("s3").bring(made))
    assert [each.code for each in found.discrepancies] == ["unverifiable"]
    assert found.discrepancies[0].detail.startswith("wrong-commit")


def test_a_line_that_proves_nothing_hides_no_line_that_does(books: Books, maker: Maker) -> None:
    made, other = maker.make(ALPHA), maker.make("alpha/v0.2.0", is_tagged=False)
    ours, foreign = made.files[made.bundle], other.files[other.bundle]
    for lines in (ours + foreign, foreign + ours, ours.replace(b'"sig":"', b'"sig":"AAAA') + ours, b"{}\n" + ours):
        assert books.codes(Kept("s3").bring(made.changed(".jsonl", lines))) == []


def test_a_receipt_says_which_side_is_right_where_nothing_is_proven(books: Books, maker: Maker) -> None:
    made = maker.make(ALPHA)
    sides = (Kept("s3").bring(made), Place("index").bring(made.changed(".whl", b"other")))
    receipt = receipt_of(made)
    sides[0].seal(made.tag, receipt)
    assert books.codes(*sides, quick=True) == [("different", ALPHA, "index"), ("different", ALPHA, "s3")]
    sides[0].stock.append(later(sides[0].stock[0], f"{made.tag.stem}.receipt.json", 0))
    (only,) = books.reconcile(*sides, quick=True).discrepancies
    assert (only.target, "the receipt in s3, which is not proven, says" in only.detail) == ("index", True)
    sides[0].contents.clear()
    maker.shelve(replace(made, files={f"{made.tag.stem}.receipt.json": receipt}))
    assert "the receipt in dist" in books.reconcile(*sides, quick=True).discrepancies[0].detail
