"""`build`: everything but signatures and publications."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from release.model.receipt import Receipt
from release.model.trust import Builder
from tests.release.apart.jobs import (
    BUNDLE,
    FILES,
    NOTHING,
    RECEIPT,
    SDIST,
    SUMS,
    TAG,
    WHEEL,
    Job,
    Jobs,
    outputs_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_a_build_leaves_everything_unsigned_and_names_every_file(jobs: Jobs, built: Job) -> None:
    assert {path.name for path in built.dist.iterdir()} == {*FILES, SUMS}
    assert not (built.folder / "dist" / "index").exists()
    assert outputs_of(built) == {name: built.files[f"alpha/0.1.0/{name}"] for name in FILES}
    assert json.loads(built.outputs["built"]) == [TAG]
    assert jobs.world.kms.asked() == [] or "Sign" not in jobs.world.kms.asked()[:1]
    envelope = json.loads((built.dist / BUNDLE).read_text())
    assert envelope["signatures"] == []
    receipt = Receipt.model_validate_json((built.dist / RECEIPT).read_text())
    assert (receipt.publications, receipt.signature) == ((), None)
    assert receipt.provenance is not None
    assert (receipt.provenance.keys, receipt.provenance.builder) == ((), Builder.WORKSTATION)
    assert {gate.name: gate.verdict.value for gate in receipt.gates} == {
        "check": "passed",
        "smoke": "passed",
        "audit": "passed",
        "runtimes": "skipped",
    }
    summary = (built.folder.parent / "summary").read_text()
    assert f"| built | `{TAG}` |" in summary
    assert f"| `{WHEEL}` | `{outputs_of(built)[WHEEL]}` |" in summary


def test_a_second_build_keeps_the_statement_of_the_first(jobs: Jobs, built: Job, tmp_path: Path) -> None:
    again = jobs.open(tmp_path / "clone").take(built)
    again.call("build", TAG).expect(0)
    same = {name for name, digest in again.files.items() if built.files[name] != digest}
    assert same == {f"alpha/0.1.0/{RECEIPT}"}, "times live in the receipt, and the statement is the one that was there"


def test_bytes_alone_are_the_same_and_nothing_is_said_of_them(jobs: Jobs, built: Job, tmp_path: Path) -> None:
    jobs.world.empty()
    job = jobs.open(tmp_path / "clone")
    job.call("build", TAG, "--bytes-only", "--to", "github", "--json").expect(0)
    assert {path.name for path in job.dist.iterdir()} == {WHEEL, SDIST, SUMS}
    assert outputs_of(job) == {name: outputs_of(built)[name] for name in (WHEEL, SDIST)}
    lines = (built.dist / SUMS).read_text().splitlines()
    assert set((job.dist / SUMS).read_text().splitlines()) < set(lines)
    assert jobs.brought == NOTHING
    job.take(built).call("build", TAG, "--bytes-only").expect(0)
    assert (job.dist / SUMS).read_text().splitlines() == lines, "those of a whole build stay"


def test_a_build_stops_at_what_a_run_would_stop_at(jobs: Jobs, tmp_path: Path) -> None:
    jobs.world.empty()
    jobs.world.s3.do("PUT", f"stable/alpha/0.1.0/{SDIST}", b"other")
    job = jobs.open(tmp_path / "clone")
    assert SDIST in job.call("build", TAG, "--to", "s3").expect(14).err
    assert job.files == {}
    jobs.world.empty()
    job.environment = {
        **job.environment,
        "RELEASE_OSV_URL": "http://127.0.0.1:9/",
        "RELEASE_PYPI_JSON_URL": "http://127.0.0.1:9",
    }
    assert "audit could not be asked" in job.call("build", TAG, "--to", "s3").expect(13).err
    assert job.outputs["failed"] == json.dumps([TAG])
    assert "digests" not in job.outputs
    assert jobs.brought == NOTHING
    assert not (job.dist / WHEEL).exists()


def test_what_stands_in_dist_with_other_bytes_is_no_place_for_a_build(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.open(tmp_path / "clone")
    job.dist.mkdir(parents=True)
    (job.dist / WHEEL).write_bytes(b"other")
    ended = job.call("build", TAG, SETUPTOOLS_SCM_PRETEND_VERSION="9").expect(14)
    assert f"{WHEEL} holds other bytes than the tag gives" in ended.err
    assert "SETUPTOOLS_SCM_PRETEND_VERSION is set and ignored" in ended.err
    assert (job.dist / WHEEL).read_bytes() == b"other"
    assert not (job.dist / RECEIPT).exists()


def test_what_was_published_from_here_is_left_alone_by_a_build(
    jobs: Jobs, built: Job, signed: Job, tmp_path: Path
) -> None:
    jobs.world.empty()
    job = jobs.open(tmp_path / "clone").take(built).take(signed)
    job.call("publish", TAG, "--to", "s3").expect(0)
    files = job.files
    ended = job.call("build", TAG, "--to", "github", "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["identical"]
    assert job.files == files
    assert ended.document["digests"] == outputs_of(job)


def test_what_a_receipt_calls_published_is_held_against_what_was_built(
    jobs: Jobs, built: Job, signed: Job, tmp_path: Path
) -> None:
    jobs.world.empty()
    job = jobs.open(tmp_path / "clone").take(built).take(signed)
    job.call("publish", TAG, "--to", "s3").expect(0)
    sums = (job.dist / SUMS).read_bytes()
    (job.dist / SUMS).write_bytes(b"")
    ended = job.call("build", TAG, "--to", "github").expect(14)
    assert "holds other than its receipt, which says that it is published" in ended.err
    assert f"move {job.dist} away" in ended.err
    (job.dist / SUMS).write_bytes(sums)
    digest = outputs_of(built)[WHEEL]
    job.change(RECEIPT, digest, hashlib.sha256(b"other").hexdigest())
    (job.dist / WHEEL).write_bytes(b"other")
    assert f"{WHEEL} holds other bytes than the tag gives" in job.call("build", TAG, "--to", "github").expect(14).err
