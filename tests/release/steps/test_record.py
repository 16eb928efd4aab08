"""The receipt of a release in many places: what each holds, how it came there, and what earlier runs have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.shelf import Shelf
from release.model.ledger import Listing, State
from release.model.outcome import Ending
from release.model.receipt import read_receipt
from release.model.tag import parse_tag
from release.pipeline import Pipeline
from tests.release.steps.dock import EVIDENCE, TAG, Dock
from tests.servers.codeartifact import CodeArtifact
from tests.servers.upload import Fault
from tests.servers.world import World

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from release.context import Context
    from release.model.evidence import Judged
    from release.model.outcome import Outcome
    from release.model.receipt import Receipt

ALPHA = parse_tag(TAG)


def run(context: Context, judged: Judged) -> Outcome:
    """Publish as a run does that has built and judged."""
    [outcome] = Pipeline({TAG: judged.artifacts.release.plan}, context).publish({TAG: judged})
    return outcome


def names_of(receipt: Receipt, target: str) -> set[str]:
    """Give the files that a receipt names of a target."""
    return {each.name for each in receipt.publications if each.target == target}


def test_it_names_every_file_of_every_target_evidence_too(dock: Dock) -> None:
    receipt = dock.release(dock.context())
    artifacts, everything = {*ALPHA.files}, {*ALPHA.files, *EVIDENCE}
    expected = {
        "local": artifacts,
        "index": artifacts,
        "codeartifact": artifacts,
        "s3": everything,
        "github": everything,
    }
    assert {target: names_of(receipt, target) for target in expected} == expected
    assert {each.state for each in receipt.publications} == {State.IDENTICAL}
    places = {each.location for each in receipt.publications if each.target == "codeartifact"}
    assert places == {"wheelyard/stable", "wheelyard/preview", "wheelyard/dev"}


def test_targets_of_earlier_runs_stay_in_it(dock: Dock) -> None:
    first = dock.release(dock.context("local", "index"))
    second = dock.release(dock.context("s3"))
    assert {each.target for each in second.publications} == {"s3", "local", "index"}
    assert {*first.publications} < {*second.publications}
    assert dock.release(dock.context("local", "index")).publications[-len(names_of(second, "s3")) :] == tuple(
        each for each in second.publications if each.target == "s3"
    )


def test_targets_of_an_earlier_run_with_other_bytes_are_not_taken_over(dock: Dock) -> None:
    dock.release(dock.context("index"))
    context = dock.context("s3")
    other = dock.judged(source="# other")
    for each in ALPHA.files:
        (context.dist.folder(ALPHA) / each).unlink()
    receipt = dock.release(context, other)
    assert {each.target for each in receipt.publications} == {"s3"}


def test_it_says_what_was_taken_off_offer_since(dock: Dock) -> None:
    context = dock.context("s3", "index")
    dock.release(context)
    [s3] = dock.targets("s3")
    s3.relist(ALPHA, {Listing.OFFERED}, Listing.UNLISTED, "loses rows")  # type: ignore[attr-defined]
    receipt = dock.release(context)
    assert receipt.is_complete
    details = {(each.target, each.detail) for each in receipt.publications if each.name in ALPHA.files}
    assert details == {("s3", "unlisted"), ("index", "")}


def test_it_says_that_a_version_was_uploaded_without_a_staging_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.codeartifact = CodeArtifact(has_staging=False)
    with world:
        for name, value in world.environment.items():
            monkeypatch.setenv(name, value)
        dock = Dock(world, tmp_path)
        receipt = dock.release(dock.context("codeartifact", "index"))
    details = {each.detail for each in receipt.publications if each.target == "codeartifact"}
    assert details == {"uploaded without a staging repository"}
    assert "without a staging repository" in read_again(dock).as_json()
    assert {each.detail for each in receipt.publications if each.target == "index"} == {""}


def read_again(dock: Dock) -> Receipt:
    """Read the receipt that stands on the shelf."""
    receipt = read_receipt(dock.context("local").dist.receipt(ALPHA))
    assert receipt
    return receipt


def test_with_a_staging_repository_there_is_nothing_to_say_of_it(dock: Dock) -> None:
    receipt = dock.release(dock.context("codeartifact"))
    assert {each.detail for each in receipt.publications} == {""}


def test_a_failed_run_names_every_file_that_is_published_evidence_too(dock: Dock, world: World) -> None:
    assert run(dock.context("s3", "github"), dock.judged()).ending is Ending.RELEASED
    published = read_again(dock)
    world.index.fail("POST", Fault.REFUSED)
    outcome = run(dock.context("s3", "github", "index"), dock.judged())
    assert outcome.ending is Ending.FAILED
    assert outcome.receipt
    assert not outcome.receipt.is_complete
    for target in ("s3", "github"):
        assert names_of(outcome.receipt, target) == {*ALPHA.files, *EVIDENCE}
    absent = {each.name for each in outcome.receipt.publications if each.state is State.ABSENT}
    assert absent == names_of(outcome.receipt, "index") == {*ALPHA.files}
    assert read_again(dock) == published, "the receipt of what is published stays"
    told = dock.context("local").dist.folder(ALPHA) / "alpha-0.1.0.failed.receipt.json"
    assert read_receipt(told) == outcome.receipt


def test_a_failed_run_that_published_nothing_names_no_publication(dock: Dock, world: World) -> None:
    world.index.fail("POST", Fault.REFUSED)
    outcome = run(dock.context("codeartifact", "index"), dock.judged())
    assert outcome.receipt
    assert (outcome.ending, outcome.receipt.publications) == (Ending.FAILED, ())


def test_a_run_with_what_an_earlier_one_left_whole_ends_as_identical_and_keeps_the_receipt(dock: Dock) -> None:
    first = run(dock.context(), dock.judged())
    again = run(dock.context(), dock.judged())
    assert (first.ending, again.ending) == (Ending.RELEASED, Ending.IDENTICAL)
    assert again.receipt == first.receipt == read_again(dock)


def test_a_receipt_names_no_more_than_what_is_on_the_shelf(dock: Dock) -> None:
    context = dock.context("local")
    receipt = dock.release(context)
    assert Shelf(context.dist).is_whole(ALPHA, receipt)
    (context.dist.folder(ALPHA) / EVIDENCE[1]).write_bytes(b"other")
    assert not Shelf(context.dist).is_whole(ALPHA, receipt)
