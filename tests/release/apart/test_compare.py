"""`verify --unsigned` and `sign --digests`: what one job has left is what the next takes."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from release.model.ledger import State
from release.model.receipt import PublicationRecord, Receipt
from tests.release.apart.jobs import (
    AUDIT,
    BUNDLE,
    RECEIPT,
    SDIST,
    TAG,
    WHEEL,
    Job,
    Jobs,
    outputs_of,
)
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.command import Ended


def checks(ended: Ended) -> dict[str, str]:
    """Give the code of each check; empty where it holds."""
    (release,) = ended.document["releases"]
    return {each["name"]: each["code"] for each in release["checks"]}


@pytest.fixture
def job(jobs: Jobs, built: Job, tmp_path: Path) -> Iterator[Job]:
    """Give a job that compares, with what was built, and with the same once more in `rebuilt`."""
    mark = jobs.repository.root.parent / "ran"
    mark.unlink(missing_ok=True)
    made = jobs.open(tmp_path / "clone").take(built)
    shutil.copytree(built.folder / "dist", made.folder / "rebuilt", ignore=shutil.ignore_patterns(".*", "*.json*"))
    yield made
    assert not mark.exists(), "code of the package, or of its build, has run"


def compare(job: Job, built: Job, code: int) -> dict[str, str]:
    """Compare everything, and give what does not hold."""
    words = ("--unsigned", "--digests", built.outputs["digests"], "--rebuilt", "rebuilt", "--json")
    ended = job.call("verify", TAG, *words).expect(code)
    assert "UNSIGNED" in ended.err
    return {name: code for name, code in checks(ended).items() if code}


def test_what_was_built_holds_together_before_anybody_has_signed_it(job: Job, built: Job, jobs: Jobs) -> None:
    asked = len(jobs.world.kms.asked())
    ended = job.call(
        "verify", TAG, "--unsigned", "--digests", built.outputs["digests"], "--rebuilt", "rebuilt", "--json"
    )
    looked = checks(ended.expect(0))
    names = ("provenance", "archives", "sbom", "checksums", "audit", "receipt", "tree", "digests", "rebuilt")
    assert looked == dict.fromkeys(names, "")
    assert len(jobs.world.kms.asked()) == asked
    assert "unsigned" in checks(job.call("verify", TAG, "--json").expect(16)).values(), "a consumer is not content"


def test_a_signed_statement_is_as_good_as_an_unsigned_one(job: Job, signed: Job) -> None:
    job.take(signed).call("verify", TAG, "--unsigned").expect(0)


@pytest.mark.parametrize("name", [WHEEL, SDIST])
def test_a_rebuild_that_differs_or_lacks_a_file_is_named(job: Job, built: Job, name: str) -> None:
    path = job.folder / "rebuilt/alpha/0.1.0" / name
    content = path.read_bytes()
    path.unlink()
    assert compare(job, built, 16) == {"rebuilt": "rebuild-differs"}
    path.write_bytes(content + bytes(1))
    assert set(compare(job, built, 16)) == {"rebuilt"}


def test_the_first_member_that_differs_is_named(job: Job) -> None:
    tag = job.folder / "rebuilt/alpha/0.1.0"
    write_wheel(tag, "alpha", "0.1.0", files={"alpha/__init__.py": "NAME = 'other'\n"})
    ended = job.call("verify", TAG, "--unsigned", "--rebuilt", "rebuilt").expect(16)
    assert WHEEL in ended.err
    assert "which a rebuild does not make" in ended.err
    (tag / "more-1-py3-none-any.whl").write_bytes(b"")
    shutil.copy(job.dist / WHEEL, tag)
    assert "holds more-1-py3-none-any.whl" in job.call("verify", TAG, "--rebuilt", "rebuilt").expect(16).err


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        (RECEIPT, '"name": "smoke"', '"name": "smoked"', {"receipt": "wrong-receipt", "digests": "wrong-digest"}),
        (
            RECEIPT,
            '"name": "smoke",\n      "verdict": "passed"',
            '"name": "smoke",\n      "verdict": "refused"',
            {"receipt": "gate-refused", "digests": "wrong-digest"},
        ),
        (
            RECEIPT,
            '"name": "smoke",\n      "verdict": "passed"',
            '"name": "smoke",\n      "verdict": "skipped"',
            {"receipt": "gate-missing", "digests": "wrong-digest"},
        ),
        (
            AUDIT,
            '"services"',
            '"service"',
            {"audit": "wrong-byproduct", "receipt": "wrong-receipt", "digests": "wrong-digest"},
        ),
    ],
)
def test_evidence_that_was_changed_is_found(  # noqa: PLR0913, PLR0917  # a case has parts
    job: Job, built: Job, name: str, old: str, new: str, found: dict[str, str]
) -> None:
    job.change(name, old, new)
    assert compare(job, built, 16) == found


@pytest.mark.parametrize("folder", ["a/{env:HOME}", "alpha/9.9.9", "index/simple"])
def test_a_statement_of_no_release_that_was_named_is_handed_to_no_signer(job: Job, built: Job, folder: str) -> None:
    path = job.folder / "dist" / folder / "x.intoto.jsonl"
    path.parent.mkdir(parents=True)
    shutil.copy(job.dist / BUNDLE, path)
    words = ("verify", TAG, "--unsigned", "--digests", built.outputs["digests"])
    assert f"{folder}/x.intoto.jsonl is in" in job.call(*words).expect(16).err
    shutil.move(path, job.folder / "dist" / ".notes.intoto.jsonl")
    job.call(*words).expect(0)


@pytest.mark.parametrize("ending", ["notices.json", "failed.receipt.json"])
def test_notes_of_another_machine_are_not_taken_for_ours(job: Job, built: Job, ending: str) -> None:
    (job.dist / f"alpha-0.1.0.{ending}").write_text("{}")
    assert compare(job, built, 16) == {"digests": "extra-file"}


def test_where_neither_wheel_nor_sdist_is_given_nothing_is_the_same(job: Job, signed: Job) -> None:
    sbom = job.take(signed).dist / "alpha-0.1.0.cdx.json"
    for words in (("--rebuilt", "rebuilt"), ("--rebuild",)):
        looked = checks(job.call("verify", str(sbom), *words, "--json").expect(16))
        assert looked[words[0].removeprefix("--")] == "missing"


def test_a_build_that_says_it_is_published_is_not_believed(job: Job) -> None:
    receipt = Receipt.model_validate_json((job.dist / RECEIPT).read_text())
    told = (
        PublicationRecord(
            target="volume", location="/Volumes/x", name=each.name, state=State.IDENTICAL, sha256=each.sha256
        )
        for each in receipt.artifacts
    )
    (job.dist / RECEIPT).write_text(receipt.model_copy(update={"publications": tuple(told)}).as_json())
    ended = job.call("verify", TAG, "--unsigned").expect(16)
    assert "the receipt says that it is in volume" in ended.err


def test_a_wheel_of_another_tree_is_found_though_everything_else_says_the_same(job: Job) -> None:
    path = job.folder / "packages/alpha/src/alpha/__init__.py"
    path.write_text(path.read_text() + "# more\n")
    for words in (["commit", "-qam", "More"], ["tag", "-f", TAG]):
        subprocess.run(["git", *words], cwd=job.folder, check=True, capture_output=True)
    ended = job.call("verify", TAG, "--unsigned", "--json").expect(16)
    assert {name: code for name, code in checks(ended).items() if code in {"wrong-tree", "wrong-commit"}} == {
        "provenance": "wrong-commit",
        "sbom": "wrong-commit",
        "audit": "wrong-commit",
        "receipt": "wrong-commit",
        "tree": "wrong-tree",
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--unsigned", "--key", "x"), "--key does"),
        (("--unsigned", "--rebuild"), "--rebuild does"),
        (("--unsigned", "--to", "s3"), "--to does"),
        (("--digests", "{}"), "no JSON object"),
    ],
)
def test_words_that_make_no_sense_together_are_refused(job: Job, words: tuple[str, ...], says: str) -> None:
    ended = job.call("verify", TAG, *words).expect(2)
    assert says in ended.err
    wheel = str(job.dist / WHEEL)
    digests = json.dumps({WHEEL: "a" * 64})
    assert "whole releases" in job.call("verify", wheel, "--digests", digests).expect(2).err


def test_a_signer_signs_nothing_but_what_was_named(jobs: Jobs, built: Job, tmp_path: Path) -> None:
    job = jobs.open(tmp_path / "signer").take(built)
    before, asked = job.files, len(jobs.world.kms.asked())
    for digests, says in (
        ({BUNDLE: "a" * 64}, f"{BUNDLE} holds other bytes"),
        ({WHEEL: "a" * 64}, f"{BUNDLE} is given, and --digests does not name it"),
        ({**outputs_of(built), "beta-0.1.0.intoto.jsonl": "a" * 64}, "named by --digests, and not given"),
    ):
        assert says in jobs.sign(job, "--digests", json.dumps(digests)).expect(16).err
    assert jobs.sign(job, "--digests", "nonsense").expect(2).err.startswith("error: --digests is no JSON")
    assert (job.files, len(jobs.world.kms.asked())) == (before, asked)
    assert "digests" not in job.outputs
