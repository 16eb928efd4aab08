"""`publish`: what other jobs have built and signed goes where a run would bring it, and nothing of it runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from release.model.receipt import Receipt
from release.model.trust import Builder
from tests.release.apart.jobs import (
    AWAY,
    BUNDLE,
    FILES,
    NOTHING,
    RECEIPT,
    SDIST,
    SUMS,
    TAG,
    Job,
    Jobs,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_built_and_signed_is_published_job_after_job(
    jobs: Jobs, ready: Job, handed: tuple[str, ...], tmp_path: Path
) -> None:
    ended = ready.call("publish", TAG, *handed, *AWAY, "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["released"]
    brought = jobs.brought
    assert brought["github"] == []
    assert set(brought["codeartifact"]) >= {"stable", "preview", "dev"}  # type: ignore[call-overload]
    assert len([name for name in brought["s3"] if "/0.1.0/" in name]) == len({*FILES, SUMS})  # type: ignore[attr-defined]
    receipt = Receipt.model_validate_json((ready.dist / RECEIPT).read_text())
    assert receipt.provenance is not None
    assert receipt.provenance.builder == Builder.SEPARATE_SIGNER
    assert {each.target for each in receipt.publications} == {"codeartifact", "s3"}
    last = jobs.open(tmp_path / "last").take(ready)
    last.call("publish", TAG, "--digests", ready.outputs["digests"], "--to", "github").expect(0)
    assert jobs.brought == {**brought, "github": [TAG]}
    everywhere = Receipt.model_validate_json((last.dist / RECEIPT).read_text())
    assert {each.target for each in everywhere.publications} == {"codeartifact", "s3", "github"}
    assert everywhere.is_complete
    targets = (*AWAY, "--to", "github")
    last.call("verify", TAG, *targets).expect(0)
    assert "Sign" not in jobs.world.kms.asked()[2:], "a job that publishes has signed"


def test_the_same_words_again_find_everything_there(jobs: Jobs, ready: Job, handed: tuple[str, ...]) -> None:
    ready.call("publish", TAG, *handed, *AWAY).expect(0)
    brought, files = jobs.brought, ready.files
    again = ready.call("publish", TAG, *handed, *AWAY, "--json").expect(0)
    assert [each["ending"] for each in again.document["outcomes"]] == ["identical"]
    assert (jobs.brought, ready.files) == (brought, files)
    ready.call("publish", TAG, *AWAY).expect(0)
    assert (jobs.brought, ready.files) == (brought, files)


def test_a_run_again_with_a_new_statement_keeps_what_is_published(
    jobs: Jobs, ready: Job, built: Job, tmp_path: Path
) -> None:
    """The first was stopped after the bucket had everything but the receipt, and before anything else had."""
    ready.call("publish", TAG, "--to", "s3").expect(0)
    first = (ready.dist / BUNDLE).read_bytes()
    jobs.world.s3.do("DELETE", f"stable/alpha/0.1.0/{RECEIPT}")
    again = jobs.open(tmp_path / "again").take(built)
    jobs.sign(again).expect(0)
    assert (again.dist / BUNDLE).read_bytes() != first
    words = ("publish", TAG, "--digests", built.outputs["digests"], "--digests", again.outputs["digests"], *AWAY)
    ended = again.call(*words, "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["released"]
    assert (again.dist / BUNDLE).read_bytes() == first
    assert jobs.world.s3.do("GET", f"stable/alpha/0.1.0/{BUNDLE}").content == first
    assert jobs.brought["codeartifact"]
    ended = again.call(*words, "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["identical"]
    third = jobs.open(tmp_path / "third").take(built)
    jobs.sign(third).expect(0)
    ended = third.call("publish", TAG, *AWAY, "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["identical"]


def test_a_tag_that_is_not_there_is_named_before_any_digest(jobs: Jobs, ready: Job, handed: tuple[str, ...]) -> None:
    ended = ready.call("publish", "alpha/v0.1.2", *handed, *AWAY, "--json").expect(2)
    assert "there is no tag alpha/v0.1.2" in ended.err
    assert [each["ending"] for each in ended.document["outcomes"]] == ["failed"]
    assert jobs.brought == NOTHING


def test_a_tag_that_is_refused_keeps_no_other_from_its_targets(jobs: Jobs, ready: Job, handed: tuple[str, ...]) -> None:
    named = json.dumps({"alpha-0.1.2.tar.gz": "a" * 64})
    ended = ready.call("publish", "alpha/v0.1.2", TAG, *handed, "--digests", named, *AWAY, "--json").expect(2)
    assert {each["tag"]: each["ending"] for each in ended.document["outcomes"]} == {
        "alpha/v0.1.2": "failed",
        TAG: "released",
    }
    assert json.loads(ready.outputs["failed"]) == ["alpha/v0.1.2"]
    assert json.loads(ready.outputs["released"]) == [TAG]
    assert jobs.brought["s3"]


def test_other_bytes_at_a_target_are_a_conflict(jobs: Jobs, ready: Job) -> None:
    jobs.world.s3.do("PUT", f"stable/alpha/0.1.0/{SDIST}", b"other")
    ended = ready.call("publish", TAG, *AWAY).expect(14)
    assert SDIST in ended.err
    assert jobs.brought["codeartifact"] == {}
    assert jobs.brought["s3"] == [f"stable/alpha/0.1.0/{SDIST}"]
