"""What holds of every workflow: who is trusted with what, and that nothing runs which nobody has read."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import pytest
import tomli
import yaml

from tests.aws.template import Stack
from tests.repository.tree import ROOT
from tests.workflows.trust import find_breaches, is_given_its_token, reasons
from tests.workflows.workflow import read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTIONS: Final = sorted((ROOT / ".github" / "actions").glob("*/action.yml"))
PIN: Final = re.compile(r"uses: (?P<action>[\w.-]+/[\w./-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)")
OURS: Final = "$/.github/actions/hatch"
ACROSS: Final = {"pull_request_target", "workflow_run", "issue_comment", "repository_dispatch"}
"""What starts a job with this repository's powers for somebody else's words."""


@dataclass(frozen=True)
class Job:
    """A job of a workflow."""

    workflow: Path
    id: str
    said: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow.stem}-{self.id}"

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.said["steps"])

    @property
    def commands(self) -> list[list[str]]:
        """Give the words of every line that it runs."""
        return [step["run"].split() for step in self.steps if "run" in step]

    def using(self, action: str) -> list[dict[str, Any]]:
        """Give what it says to an action, each time that it uses it."""
        return [step.get("with", {}) for step in self.steps if step.get("uses", "").startswith(action)]


def read(workflow: Path) -> dict[Any, Any]:
    """Read a workflow; YAML takes the key `on` for a truth."""
    document: dict[Any, Any] = yaml.safe_load(workflow.read_text())
    return document


JOBS: Final = [Job(path, name, said) for path in WORKFLOWS for name, said in read(path)["jobs"].items()]
RELEASE: Final = {job.id: job for job in JOBS if job.workflow.name == "release.yml"}

of_workflows = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
of_jobs = pytest.mark.parametrize("job", JOBS, ids=str)


def test_there_are_the_workflows_that_the_documents_tell_of() -> None:
    names = {path.stem for path in WORKFLOWS}
    assert names == {"ci", "release", "snapshot", "reconcile", "codeql", "scorecard"}


@of_workflows
def test_a_workflow_gives_nothing_by_itself_and_each_job_says_what_it_needs(workflow: Path) -> None:
    assert read(workflow)["permissions"] == {}
    assert all("permissions" in said and "timeout-minutes" in said for said in read(workflow)["jobs"].values())


@of_workflows
def test_runs_of_one_thing_wait_for_each_other_and_no_release_is_cancelled(workflow: Path) -> None:
    concurrency = read(workflow)["concurrency"]
    assert concurrency["group"]
    if workflow.name == "release.yml":
        assert concurrency == {"group": "release-${{ github.ref }}", "cancel-in-progress": False}


@of_workflows
def test_nothing_that_strangers_say_starts_a_job_with_our_powers(workflow: Path) -> None:
    assert not ACROSS & set(read(workflow)[True])


def test_every_action_is_pinned_to_one_commit_with_its_version_behind() -> None:
    pins: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path in (*WORKFLOWS, *ACTIONS):
        lines = [line for line in path.read_text().splitlines() if "uses:" in line]
        assert lines
        for line in lines:
            match = PIN.search(line)
            assert match or line.endswith(f"uses: {OURS}"), f"{path.name}: {line}"
            if match:
                pins["/".join(match["action"].split("/")[:2])].add((match["commit"], match["version"]))
    assert len(pins) > 5
    assert {action: found for action, found in pins.items() if len(found) != 1} == {}


@of_jobs
def test_a_step_is_one_line_that_calls_hatch_and_holds_no_expression(job: Job) -> None:
    for step in job.steps:
        if "run" in step:
            assert step["run"].count("\n") == 0
            assert step["run"].startswith("hatch run ")
            assert "${{" not in step["run"]


def test_hatch_is_installed_by_its_digests() -> None:
    (action,) = ACTIONS
    (install,) = [step["run"] for step in yaml.safe_load(action.read_text())["runs"]["steps"] if "run" in step]
    assert "--require-hashes --requirement tools/locks/hatch.txt" in install
    default = tomli.loads((ROOT / "hatch.toml").read_text())["envs"]["default"]["dependencies"]
    assert [f"{line} \\" for line in default if line.startswith("hatch==")] == [
        line for line in (ROOT / "tools" / "locks" / "hatch.txt").read_text().splitlines() if line.startswith("hatch==")
    ]


@of_jobs
def test_a_checkout_leaves_no_credentials_behind(job: Job) -> None:
    assert all(said.get("persist-credentials") is False for said in job.using("actions/checkout"))


@of_jobs
def test_what_another_job_has_left_is_unpacked_where_no_code_stands(job: Job) -> None:
    for said in job.using("actions/download-artifact"):
        assert said["path"] in {"dist", "rebuilt", "rehearsal", "found"}
        assert not (ROOT / said["path"]).is_dir() or said["path"] == "dist"


@of_workflows
def test_who_runs_the_code_of_packages_is_trusted_with_nothing(workflow: Path) -> None:
    assert list(find_breaches(read_workflow(workflow.name, workflow.read_text()))) == []


def test_a_job_that_nobody_trusts_reads_contents_alone_and_three_of_them_hand_their_token_on() -> None:
    workflows = [read_workflow(path.name, path.read_text()) for path in WORKFLOWS]
    free = {(each.file, job.id): job for each in workflows for job in each.jobs.values() if not reasons(each, job)}
    assert all(job.permissions == {"contents": "read"} for job in free.values())
    assert {place for place, job in free.items() if is_given_its_token(job)} == {
        ("release.yml", "gate"),
        ("release.yml", "build"),  # which runs the code of what builds a package: it reads the siblings' releases
        ("release.yml", "rebuild"),
    }
    assert {id_ for _, id_ in free} >= {"build", "rebuild", "verify", "rehearse", "snapshot", "test", "matrix", "types"}


def test_there_are_three_jobs_that_may_be_somebody_elsewhere() -> None:
    assert {str(job) for job in JOBS if job.said["permissions"].get("id-token") == "write"} == {
        "release-sign",
        "release-publish",
        "reconcile-look",
    }


def test_who_uploads_findings_may_read_its_own_run_in_a_private_repository_too() -> None:
    uploading = [job for job in JOBS if job.said["permissions"].get("security-events") == "write"]
    assert {str(job) for job in uploading} == {"codeql-analyze", "scorecard-analyze"}
    assert {job.said["permissions"]["actions"] for job in uploading} == {"read"}


def test_a_release_takes_nothing_from_a_cache() -> None:
    for job in RELEASE.values():
        assert not job.using("actions/cache")
        assert not [step for step in job.steps if "cache" in step.get("with", {})]


def test_a_release_goes_through_its_jobs_in_order() -> None:
    needs = {name: set(_listed(job.said.get("needs", []))) for name, job in RELEASE.items()}
    assert needs == {
        "gate": set(),
        "build": {"gate"},
        "rebuild": {"gate"},
        "verify": {"build", "rebuild"},
        "sign": {"build", "verify"},
        "publish": {"build", "sign"},
        "release": {"publish"},
        "notify": needs.keys() - {"notify"},
    }
    assert RELEASE["build"].said["runs-on"] != RELEASE["rebuild"].said["runs-on"]


def test_the_signer_is_given_the_statement_alone() -> None:
    assert [said["artifact-ids"] for said in RELEASE["sign"].using("actions/download-artifact")] == [
        "${{ needs.verify.outputs.artifact }}"
    ]
    assert [said["path"] for said in RELEASE["verify"].using("actions/upload-artifact")] == ["dist/**/*.intoto.jsonl"]


def test_what_goes_from_job_to_job_is_named_by_its_id_and_held_against_its_digests() -> None:
    for job in RELEASE.values():
        for said in job.using("actions/download-artifact"):
            assert re.fullmatch(r"\$\{\{ needs\.\w+\.outputs\.artifact \}\}", said["artifact-ids"])
        if job.id in {"verify", "sign", "publish", "release"}:
            assert "--digests" in {word for words in job.commands for word in words}


def test_a_snapshot_is_kept_for_ten_days() -> None:
    (job,) = [job for job in JOBS if job.workflow.name == "snapshot.yml"]
    assert [said["retention-days"] for said in job.using("actions/upload-artifact")] == [10]


@pytest.mark.parametrize("what", ["Sign", "Release", "Audit"])
def test_the_account_trusts_the_jobs_that_there_are(what: str) -> None:
    said = Stack().parameters
    workflow, environment = said[f"{what}Workflow"], said[f"{what}Environment"]
    trusted = [job for job in JOBS if (job.workflow.name, job.said.get("environment")) == (workflow, environment)]
    assert [job.said["permissions"]["id-token"] for job in trusted] == ["write"]


def test_jobs_read_the_variables_that_the_account_gives_and_no_others() -> None:
    given = {line.partition("=")[0] for line in Stack().outputs["Variables"].splitlines()}
    assert given == {name for job in JOBS for name in re.findall(r"vars\.(\w+)", str(job.said))}


def test_one_job_is_the_check_that_waits_for_all_others() -> None:
    jobs = {job.id: job for job in JOBS if job.workflow.name == "ci.yml"}
    assert set(jobs["ci"].said["needs"]) == jobs.keys() - {"ci"}
    assert jobs["ci"].said["if"] == "always()"
    may_skip = set(_after("--may-skip", jobs["ci"].commands[0]))
    assert may_skip == {name for name, job in jobs.items() if "if" in job.said} - {"ci"}


def _listed(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


def _after(option: str, words: list[str]) -> Iterator[str]:
    return (word for before, word in pairwise(words) if before == option)
