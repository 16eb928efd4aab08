"""What `publish` refuses, and that then nothing is brought anywhere and nothing changes here."""

from __future__ import annotations

import json
import shutil

import pytest

from release.model.receipt import Receipt
from tests.release.apart.jobs import (
    AUDIT,
    AWAY,
    BUNDLE,
    NOTHING,
    OTHER,
    RECEIPT,
    SBOM,
    SDIST,
    SUMS,
    WHEEL,
    Job,
    Jobs,
    outputs_of,
    refuse,
)
from tests.servers.kms import Kms


def test_what_nobody_has_signed_is_not_published(jobs: Jobs, ready: Job, built: Job) -> None:
    ready.take(built)
    refuse(jobs, ready, code=16, says="UNSIGNED")
    (ready.dist / BUNDLE).unlink()
    refuse(jobs, ready, code=16, says="UNSIGNED")


def test_what_a_stranger_has_signed_is_not_published(jobs: Jobs, ready: Job, built: Job) -> None:
    ready.take(built)
    with Kms() as stranger:
        ready.environment = {**ready.environment, **stranger.environment}
        jobs.sign(ready).expect(0)
    refuse(jobs, ready, code=16, says="untrusted")


def test_a_wheel_that_was_changed_is_not_published(jobs: Jobs, ready: Job, handed: tuple[str, ...]) -> None:
    content = (ready.dist / WHEEL).read_bytes()
    (ready.dist / WHEEL).write_bytes(content + b"\0")
    refuse(jobs, ready, *handed, *AWAY, code=16, says=f"{WHEEL} holds other bytes than --digests names")
    refuse(jobs, ready, code=16, says="wrong-subject")


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ('"verdict": "skipped"', '"verdict": "refused"', 12, "runtimes refused"),
        (
            '"name": "check",\n      "verdict": "passed"',
            '"name": "check",\n      "verdict": "unavailable"',
            13,
            "check",
        ),
        ('"name": "smoke",\n      "verdict": "passed"', '"name": "smoke",\n      "verdict": "skipped"', 13, "smoke"),
        ('"name": "smoke"', '"name": "smoked"', 16, "smoked"),
        ('"name": "smoke"', '"name": "check"', 16, "check"),
        ('"schema"', '  "schema"', 16, "not as this tool writes one"),
        ('"package": "alpha"', '"package": "beta"', 16, "wrong-receipt"),
        ('"started"', '"begun"', 2, "is not a receipt"),
    ],
)
def test_a_receipt_that_says_other_than_that_every_gate_passed_stops_it(  # noqa: PLR0913, PLR0917  # a case has parts
    jobs: Jobs, ready: Job, handed: tuple[str, ...], old: str, new: str, code: int, says: str
) -> None:
    ready.change(RECEIPT, old, new)
    refuse(jobs, ready, code=code, says=says)
    refuse(jobs, ready, *handed, *AWAY, code=16, says=f"{RECEIPT} holds other bytes than --digests names")


def test_a_receipt_without_a_gate_or_of_another_commit_stops_it(jobs: Jobs, ready: Job) -> None:
    receipt = Receipt.model_validate_json((ready.dist / RECEIPT).read_text())
    fewer = receipt.model_copy(update={"gates": receipt.gates[:-1]})
    (ready.dist / RECEIPT).write_text(fewer.as_json())
    refuse(jobs, ready, code=13, says="does not say that runtimes judged it")
    (ready.dist / RECEIPT).write_text(receipt.model_copy(update={"commit": "ab" * 20}).as_json())
    refuse(jobs, ready, code=16, says="another commit")
    (ready.dist / RECEIPT).unlink()
    refuse(jobs, ready, code=16, says="there is no receipt")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (AUDIT, b'{"services": []}\n', "wrong-byproduct"),
        (SBOM, b"{}", "wrong-subject"),
        (SUMS, b"", "wrong-checksums"),
        (BUNDLE, b"no envelope\n", "malformed"),
    ],
)
def test_evidence_that_was_swapped_stops_it(jobs: Jobs, ready: Job, name: str, content: bytes, says: str) -> None:
    (ready.dist / name).write_bytes(content)
    refuse(jobs, ready, code=16, says=says)


def test_files_that_are_lacking_or_too_many_are_named(jobs: Jobs, ready: Job, handed: tuple[str, ...]) -> None:
    (ready.dist / "notes.txt").write_text("more")
    refuse(jobs, ready, *handed, *AWAY, code=16, says="notes.txt is in")
    (ready.dist / "notes.txt").unlink()
    (ready.dist / "link").symlink_to(ready.dist / WHEEL)
    refuse(jobs, ready, code=16, says="link in")
    (ready.dist / "link").unlink()
    (ready.dist / SDIST).unlink()
    refuse(jobs, ready, *handed, *AWAY, code=16, says=f"{SDIST} is named by --digests, and not in")
    refuse(jobs, ready, code=16, says=f"{SDIST} is not in")
    shutil.rmtree(ready.dist)
    refuse(jobs, ready, code=16, says="nothing of it is in")


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (json.dumps({"beta-0.1.0.tar.gz": "a" * 64}), 16, "no file of alpha/v0.1.0"),
        (json.dumps({WHEEL: "a" * 64}), 16, WHEEL),
        ("", 2, "no JSON"),
        ("[]", 2, "no JSON object"),
        (json.dumps({"../x": "a" * 64}), 2, "no file's name"),
        (json.dumps({"x": "A" * 64}), 2, "no SHA-256"),
    ],
)
def test_digests_that_are_wrong_stop_it(  # noqa: PLR0913, PLR0917  # a case has parts
    jobs: Jobs, ready: Job, handed: tuple[str, ...], more: str, code: int, says: str
) -> None:
    refuse(jobs, ready, *handed, "--digests", more, *AWAY, code=code, says=says)


def test_a_file_that_digests_do_not_name_stops_it(jobs: Jobs, ready: Job, built: Job) -> None:
    fewer = json.dumps({WHEEL: outputs_of(built)[WHEEL]})
    refuse(jobs, ready, "--digests", fewer, *AWAY, code=16, says="and --digests does not name it")


def test_the_statement_of_another_tag_is_not_this_ones(jobs: Jobs, ready: Job) -> None:
    folder = ready.folder / "dist/alpha/0.1.1"
    folder.mkdir()
    for path in ready.dist.iterdir():
        shutil.copy(path, folder / path.name.replace("0.1.0", "0.1.1"))
    ended = ready.call("publish", OTHER, *AWAY).expect(16)
    assert "wrong-version: " in ended.err
    assert jobs.brought == NOTHING
