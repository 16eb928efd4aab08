"""`jobs`: how the jobs of a workflow ended, and the one notice of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from release.model.artifact import digest_of
from release.model.dist import Dist
from release.model.ledger import State
from release.model.receipt import PublicationRecord
from release.model.tag import parse_tag
from tests.planted import plant
from tests.release.adapters.test_shelf import receipt_of
from tests.release.command import ReleaseCommand
from tests.release.doors import make_artifacts
from tests.servers.stand_in import Answer
from tests.servers.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release.model.receipt import Receipt
    from tests.release.repository import Repository

TAG = "alpha/v0.1.0"
RUN = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "ada/packages",
    "GITHUB_RUN_ID": "7",
    "GITHUB_ACTOR": "ada",
}
ADDRESS = "https://github.com/ada/packages/actions/runs/7/attempts/1"


def needs(**results: str) -> str:
    """Write what `toJSON(needs)` gives."""
    return json.dumps({name: {"result": result, "outputs": {}} for name, result in results.items()})


GOOD, BAD = needs(gate="success", publish="success"), needs(gate="success", publish="failure", release="skipped")


@pytest.fixture
def webhooks() -> Iterator[Webhooks]:
    with Webhooks() as server:
        yield server


@pytest.fixture
def job(tmp_path: Path, webhooks: Webhooks) -> ReleaseCommand:
    """Give the last job of a workflow, in a folder without git."""
    folder = tmp_path / "job"
    folder.mkdir()
    home = {"HOME": str(tmp_path), "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    home |= {name: os.environ[name] for name in ("PATH", "no_proxy")}  # urllib asks a proxy that an earlier test had
    return ReleaseCommand(folder, {**home, **RUN, **webhooks.environment})


def put_receipt(folder: Path, made: Path, **changed: Any) -> Receipt:  # noqa: ANN401  # of a receipt
    """Leave a receipt in dist/, as a download of it does."""
    artifacts = make_artifacts(made)
    wheel = artifacts.wheel
    held = {"target": "s3", "name": wheel.name, "state": State.IDENTICAL, "sha256": digest_of(wheel.path)}
    receipt = receipt_of(artifacts, "tool").model_copy(
        update={"publications": (PublicationRecord(location=f"s3://wheels/{wheel.name}", **held),), **changed}
    )
    path = Dist(folder / "dist").receipt(parse_tag(TAG))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(receipt.as_json())
    return receipt


@pytest.mark.parametrize(
    ("results", "may_skip", "end"),
    [
        ({"gate": "success", "build": "success"}, (), (0, "2 jobs succeeded")),
        ({"gate": "success", "matrix": "skipped"}, ("matrix",), (0, "1 job succeeded, 1 had nothing to do")),
        ({"gate": "success", "matrix": "skipped"}, (), (15, "jobs did not come to an end: matrix was skipped")),
        ({"gate": "cancelled"}, ("gate",), (15, "jobs did not come to an end: gate was cancelled")),
        ({"gate": "failure", "build": "skipped"}, (), (12, "jobs failed: gate")),
    ],
)
def test_the_end_of_every_job_is_shown_and_summed_up(
    job: ReleaseCommand, results: dict[str, str], may_skip: tuple[str, ...], end: tuple[int, str], tmp_path: Path
) -> None:
    code, says = end
    words = ("--needs", needs(**results), *(word for name in may_skip for word in ("--may-skip", name)))
    summary = tmp_path / "summary"
    ended = job("jobs", *words, GITHUB_STEP_SUMMARY=str(summary)).expect(code)
    assert says in ended.err
    rows = [line.split()[:2] for line in ended.out.splitlines()[1:]]
    assert rows == [[result, name] for name, result in results.items()]
    assert summary.read_text().startswith(f"{says}\n\n|  | job |  |\n")
    if code:
        assert f"hint: read their logs: {ADDRESS}" in ended.err
    document = job("jobs", TAG, *words, "--json").expect(code).document
    assert document["jobs"] == [{"job": name, "result": result} for name, result in results.items()]
    assert (document["tag"], document["exit_code"]) == (TAG, code)


def test_words_that_are_wrong_are_refused(job: ReleaseCommand, webhooks: Webhooks) -> None:
    assert "no TAG is named" in job("jobs", "--needs", GOOD, "--notify").expect(2).err
    assert "nothing ran is not success" in job("jobs", TAG, "--needs", "{}", "--notify").expect(2).err
    assert "Missing option '--needs'" in job("jobs").expect(2).err
    assert webhooks.requests == ()


def test_a_job_that_failed_is_told_once_with_the_run(job: ReleaseCommand, webhooks: Webhooks) -> None:
    for _ in range(2):
        job("jobs", TAG, "--needs", BAD, "--notify").expect(12)
    for service in ("slack", "teams"):
        (told,) = webhooks.told(service)
        for each in (f"{TAG} incomplete", "jobs failed: publish", "these succeeded: gate", ADDRESS, "by ada"):
            assert each in told
        assert "gh run rerun 7 --failed" in told


def test_a_release_is_told_with_where_it_is_and_how_it_is_installed(
    job: ReleaseCommand, webhooks: Webhooks, tmp_path: Path
) -> None:
    receipt = put_receipt(job.folder, tmp_path / "made")
    job("jobs", TAG, "--needs", GOOD, "--notify", GITHUB_SHA=receipt.commit).expect(0)
    (told,) = webhooks.told("slack")
    for each in (f"{TAG} released", "s3: s3://wheels", "pip install alpha==0.1.0", "to s3, by ada"):
        assert each in told
    job("jobs", TAG, "--needs", GOOD, "--notify", GITHUB_SHA=receipt.commit).expect(0)
    assert len(webhooks.told("slack")) == 1


@pytest.mark.parametrize("wrong", ["of another commit", "of another tag", "broken", "none"])
def test_a_receipt_that_is_not_of_this_release_says_nothing(
    job: ReleaseCommand, webhooks: Webhooks, tmp_path: Path, wrong: str
) -> None:
    changed = {"commit": "ab" * 20} if wrong == "of another commit" else {}
    changed |= {"tag": "alpha/v0.2.0"} if wrong == "of another tag" else {}
    put_receipt(job.folder, tmp_path / "made", **changed)
    path = Dist(job.folder / "dist").receipt(parse_tag(TAG))
    if wrong == "broken":
        path.write_text("{}")
    if wrong == "none":
        path.unlink()
    ended = job("jobs", TAG, "--needs", GOOD, "--notify", GITHUB_SHA="cd" * 20).expect(0)
    assert ("is not a receipt" in ended.err) is (wrong == "broken")
    (told,) = webhooks.told("slack")
    assert f"{TAG} released" in told
    assert "s3://" not in told


def test_a_hostile_tag_is_told_as_the_words_that_it_is(job: ReleaseCommand, webhooks: Webhooks) -> None:
    hostile = 'alpha/v1"$(id)<!channel>'
    job("jobs", hostile, "--needs", BAD, "--notify").expect(12)
    (told,) = webhooks.told("teams")
    assert json.dumps(hostile)[1:-1] in told or hostile in told
    assert not list(job.folder.rglob("*id*")), "no page of the book has its name"


def test_services_that_fail_are_a_warning_and_no_more(job: ReleaseCommand, webhooks: Webhooks) -> None:
    webhooks.reply("slack", Answer(b"", 404))
    ended = job("jobs", TAG, "--needs", GOOD, "--notify").expect(0)
    assert "slack was not told: it answers 404" in ended.err
    nobody = job("jobs", TAG, "--needs", GOOD, "--notify", SLACK_WEBHOOK_URL="", TEAMS_WEBHOOK_URL="", GITHUB_RUN_ID="")
    assert nobody.expect(0).err.count("warning") == 0


@pytest.mark.parametrize(("results", "code"), [(GOOD, 0), (BAD, 12)])
def test_an_address_that_is_none_is_named_and_the_other_service_is_told(
    job: ReleaseCommand, webhooks: Webhooks, results: str, code: int
) -> None:
    address = f"hooks.example.com/{plant('slack')}"
    ended = job("jobs", TAG, "--needs", results, "--notify", SLACK_WEBHOOK_URL=address).expect(code)
    assert "warning: SLACK_WEBHOOK_URL is not the address of a webhook: " in ended.err
    assert "unset SLACK_WEBHOOK_URL" in ended.err
    assert (len(webhooks.told("slack")), len(webhooks.told("teams"))) == (0, 1)


def test_the_end_of_a_line_is_no_part_of_an_address(job: ReleaseCommand, webhooks: Webhooks) -> None:
    address = f"{webhooks.environment['SLACK_WEBHOOK_URL']}\n"
    ended = job("jobs", TAG, "--needs", GOOD, "--notify", SLACK_WEBHOOK_URL=address).expect(0)
    assert "warning" not in ended.err
    assert len(webhooks.told("slack")) == 1


def test_a_receipt_that_the_disk_does_not_give_is_a_warning_and_no_more(
    job: ReleaseCommand, webhooks: Webhooks
) -> None:
    path = Dist(job.folder / "dist").receipt(parse_tag(TAG))
    path.parent.mkdir(parents=True)
    path.symlink_to("/proc/self/mem")
    ended = job("jobs", TAG, "--needs", BAD, "--notify").expect(12)
    assert f"warning: the receipt of {TAG} can't be read: " in ended.err
    assert len(webhooks.told("slack")) == 1


@pytest.mark.parametrize(
    ("program", "told"),
    [("\0", 1), ("#!/bin/sh\n/bin/rmdir ../job\nexit 1\n", 0)],
    ids=["a git that does not run", "a folder that is gone"],
)
def test_whatever_happens_around_it_the_code_is_that_of_the_jobs(
    job: ReleaseCommand, webhooks: Webhooks, tmp_path: Path, program: str, told: int
) -> None:
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(program)
    git.chmod(0o755)
    ended = job("jobs", TAG, "--needs", BAD, "--notify", PATH=str(git.parent)).expect(12)
    assert len(webhooks.told("teams")) == told
    assert ("warning: notices: " in ended.err) is not bool(told)


def test_only_a_job_that_was_skipped_is_said_to_be_one_that_may_be(job: ReleaseCommand) -> None:
    results = {"gate": "failure", "build": "cancelled", "publish": "success", "matrix": "skipped", "notes": "skipped"}
    may_skip = (word for name in results if name != "notes" for word in ("--may-skip", name))
    ended = job("jobs", "--needs", needs(**results), *may_skip).expect(12)
    said = [line.split(maxsplit=2) for line in ended.out.splitlines()[1:]]
    assert [each[1:] for each in said] == [["gate"], ["build"], ["publish"], ["matrix", "it may be skipped"], ["notes"]]


def test_it_remembers_in_the_repository_that_it_is_called_in(
    release: ReleaseCommand,
    repository: Repository,
    webhooks: Webhooks,
) -> None:
    repository.add("alpha").commit()
    release("jobs", TAG, "--needs", BAD, "--notify", folder=repository.root / "packages", **webhooks.environment)
    assert (repository.dist("alpha") / "alpha-0.1.0.notices.json").is_file()
