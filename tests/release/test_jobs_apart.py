"""A release in jobs: one builds, one compares, one signs by digests alone, and others publish what was built."""

from __future__ import annotations

import json
import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from release.model.receipt import Receipt
from release.model.trust import Builder
from tests.release.jobs import (
    AUDIT,
    BUNDLE,
    FILES,
    NOTHING,
    RECEIPT,
    SBOM,
    SDIST,
    SUMS,
    TAG,
    WHEEL,
    Job,
    Jobs,
    outputs_of,
    policy,
)
from tests.release.repository import Repository
from tests.servers.kms import Kms
from tests.servers.vulnerabilities import Vulnerabilities
from tests.servers.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.command import Ended
    from tests.servers.index import PackageIndex

OTHER = "alpha/v0.1.1"
AWAY = ("--to", "codeartifact", "--to", "s3")
_HOOK = """\
import pathlib

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        pathlib.Path({ran!r}).touch()
"""
_MODULE = '"""It says where it ran."""\n\nimport pathlib\n\nNAME = "alpha"\npathlib.Path({ran!r}).touch()\n'
_USES_HOOK = '[tool.hatch.build.hooks.custom]\npath = "hatch_build.py"\n'


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, _index: PackageIndex, uv_cache: Path) -> Iterator[Jobs]:
    """Give a tagged repository whose build and whose package leave a mark wherever they run."""
    root = tmp_path_factory.mktemp("apart")
    ran = str(root / "ran")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with World() as world, Vulnerabilities() as vulnerabilities:
        environment = {
            **os.environ,
            **vulnerabilities.environment,
            "UV_CACHE_DIR": str(uv_cache),
            "UV_DEFAULT_INDEX": _index.url,
            "TMPDIR": str(root),
        }
        repository = Repository(root / "repository")
        repository.write("pyproject.toml", policy(world))
        repository.add("alpha", versions=("0.1.1", "0.1.0"), files={"src/alpha/__init__.py": _MODULE.format(ran=ran)})
        repository.write("packages/alpha/hatch_build.py", _HOOK.format(ran=ran))
        repository.edit("packages/alpha/pyproject.toml", "[tool.release]", f"{_USES_HOOK}\n[tool.release]")
        repository.commit()
        repository.tag(TAG, OTHER)
        world.github.repository.tag(TAG, repository.git("rev-parse", "HEAD"))
        yield Jobs(repository, environment, world)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def built(jobs: Jobs, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Give a job that has built, with its digests."""
    job = jobs.open(tmp_path_factory.mktemp("built") / "clone")
    job.call("build", TAG, "--to", "github").expect(0)
    assert jobs.brought == NOTHING
    return job


@pytest.fixture(scope="module")
def signed(jobs: Jobs, built: Job, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Give a job that was given the statement alone, and has signed it."""
    job = jobs.open(tmp_path_factory.mktemp("signed") / "clone")
    job.dist.mkdir(parents=True)
    shutil.copy(built.dist / BUNDLE, job.dist)
    jobs.sign(job, "--digests", built.outputs["digests"]).expect(0)
    return job


@pytest.fixture
def ready(jobs: Jobs, built: Job, signed: Job, tmp_path: Path) -> Iterator[Job]:
    """Give a job that has everything to publish; nothing stands anywhere, and nothing of the package may run."""
    jobs.world.empty()
    mark = jobs.repository.root.parent / "ran"
    mark.unlink(missing_ok=True)
    yield jobs.open(tmp_path / "clone").take(built).take(signed)
    assert not mark.exists(), "code of the package, or of its build, has run"


@pytest.fixture
def handed(built: Job, signed: Job) -> tuple[str, ...]:
    """Give the digests that the jobs before have told."""
    return ("--digests", built.outputs["digests"], "--digests", signed.outputs["digests"])


def refuse(jobs: Jobs, job: Job, *words: str, code: int, says: str) -> Ended:
    """Require that publishing is refused, and that nothing was brought anywhere and nothing changed here."""
    before = job.files
    ended = job.call("publish", TAG, *(words or AWAY)).expect(code)
    assert says in ended.err, ended.err
    assert "hint: " in ended.err
    assert jobs.brought == NOTHING
    assert job.files == before
    return ended


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


def test_a_run_again_with_a_new_statement_keeps_what_is_published(
    jobs: Jobs, ready: Job, built: Job, tmp_path: Path
) -> None:
    ready.call("publish", TAG, "--to", "s3").expect(0)
    first, stored = (ready.dist / BUNDLE).read_bytes(), jobs.brought["s3"]
    again = jobs.open(tmp_path / "again").take(built)
    statement = json.loads(signed_again := (jobs.sign(again).expect(0) and (again.dist / BUNDLE).read_text()))
    assert statement["payload"] != json.loads(first)["payload"] or signed_again.encode() != first
    ended = again.call("publish", TAG, *AWAY, "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["released"]
    assert (again.dist / BUNDLE).read_bytes() == first
    assert jobs.brought["s3"] == stored
    assert jobs.brought["codeartifact"]
    third = jobs.open(tmp_path / "third").take(built)
    jobs.sign(third).expect(0)
    ended = third.call("publish", TAG, *AWAY, "--json").expect(0)
    assert [each["ending"] for each in ended.document["outcomes"]] == ["identical"]


def test_other_bytes_at_a_target_are_a_conflict(jobs: Jobs, ready: Job) -> None:
    jobs.world.s3.do("PUT", f"stable/alpha/0.1.0/{SDIST}", b"other")
    ended = ready.call("publish", TAG, *AWAY).expect(14)
    assert SDIST in ended.err
    assert jobs.brought["codeartifact"] == {}
    assert jobs.brought["s3"] == [f"stable/alpha/0.1.0/{SDIST}"]
