"""Settings, workflows, jobs, roles and packages: what is there is named in a document, and what is named is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from release.model import policy
from tests.repository.page import PAGES, Page, make_page
from tests.repository.tree import ROOT, tracked_files
from tests.repository.wording import all_texts

if TYPE_CHECKING:
    from pydantic import BaseModel

OURS = re.compile(r"(?:AWS|CODEARTIFACT|DATABRICKS|GITHUB|RELEASE|RUNNER|S3|SLACK|TEAMS|TWINE)_[A-Z0-9_]+")
BY_BOTO3 = {"AWS_ROLE_ARN"}
"""What boto3 reads for us."""
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OF_PAGE = {str(page): page for page in PAGES}
FILES = {path.name for path in tracked_files()}


def read_settings() -> set[str]:
    """Give every variable of ours that the tools read by its name."""
    return {text.words for text in all_texts() if text.place.startswith("tools/") and OURS.fullmatch(text.words)}


def told_settings(page: Page) -> set[str]:
    """Give the variables that the tables of settings of a document begin their rows with."""
    return {
        name for rows in page.tables("settings").values() for row in rows for name in re.findall(r"`(\w+)`", row[0])
    }


def test_every_variable_that_is_read_is_told_and_every_one_that_is_told_is_read() -> None:
    told = {name for page in PAGES for name in told_settings(page)}
    assert len(told) > 25
    assert {name for name in told if OURS.fullmatch(name)} == read_settings() | BY_BOTO3


def test_a_variable_that_nobody_reads_is_found() -> None:
    page = make_page("<!-- settings -->\n| name | for |\n|---|---|\n| `AWS_REGOIN` | a |\n")
    assert told_settings(page) - read_settings() == {"AWS_REGOIN"}


def keys_of(table: type[BaseModel]) -> set[str]:
    """Give every key of a table of settings, and those of the tables in it."""
    keys = set()
    for name, field in table.model_fields.items():
        keys.add(field.alias or name)
        for inner in re.findall(r"(\w+Policy|Ignore)\b", str(field.annotation)):
            keys |= keys_of(getattr(policy, inner))
    return keys


@pytest.mark.parametrize("table", [policy.RootPolicy, policy.PackagePolicy])
def test_every_key_of_tool_release_stands_in_a_block_that_is_read(table: type[BaseModel]) -> None:
    blocks = [
        block.text
        for name in ("RELEASING.md", "SECURITY.md")
        for block in OF_PAGE[name].blocks
        if block.language == "toml"
    ]
    told = {word for block in blocks for word in re.findall(r"^(?:\[+tool\.release\.?)?([\w.-]+)", block, re.MULTILINE)}
    assert {part for word in told for part in word.split(".")} >= keys_of(table)


def jobs_of(workflow: str) -> dict[str, set[str]]:
    """Give what each job of a workflow runs of `release`."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text())["jobs"]
    runs = {
        name: [step.get("run", "").partition(">")[0].strip() for step in job["steps"]] for name, job in jobs.items()
    }
    return {name: {run.removeprefix("hatch run ") for run in each if " release " in run} for name, each in runs.items()}


def told_jobs(page: Page) -> dict[str, set[str]]:
    """Give the jobs that a document's tables of jobs begin their rows with, by workflow."""
    return {
        name: {job for row in rows for job in re.findall(r"`([\w-]+)`", row[0])}
        for name, rows in page.tables("jobs").items()
    }


def test_every_job_of_every_workflow_is_told_and_every_one_that_is_told_is_there() -> None:
    told: dict[str, set[str]] = {}
    for page in PAGES:
        for name, jobs in told_jobs(page).items():
            assert jobs == jobs_of(name).keys(), f"{page}: {name}"
            told[name] = jobs
    assert told.keys() == {path.name for path in WORKFLOWS}


def wrong_runs(page: Page) -> list[str]:
    """Give the jobs of which a document shows commands that are not those they run."""
    wrong = []
    for workflow, rows in page.tables("jobs").items():
        for job, shown, *_ in rows:
            codes = {code for code in re.findall(r"`([^`]+)`", shown) if code.startswith("release ")}
            full = {code for code in codes if " @" in code or " --" in code}
            if full and full != jobs_of(workflow)[job.strip("`")]:
                wrong.append(job)
    return wrong


@pytest.mark.parametrize("page", [page for page in PAGES if page.tables("jobs")], ids=str)
def test_a_command_that_is_shown_of_a_job_is_what_the_job_runs(page: Page) -> None:
    assert not wrong_runs(page)


def test_every_job_of_a_release_is_shown_with_its_command() -> None:
    (rows,) = OF_PAGE["RELEASING.md"].tables("jobs").values()
    assert all("`release " in row[1] for row in rows)


def test_what_a_job_of_a_release_holds_is_said_of_it_and_of_no_other() -> None:
    (rows,) = OF_PAGE["RELEASING.md"].tables("jobs").values()
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())["jobs"]
    for name, _, holds in rows:
        job = jobs[name.strip("`")]
        assert ("role" in holds) == ("id-token" in job["permissions"]), name
        assert ("`contents: write`" in holds) == (job["permissions"].get("contents") == "write"), name
        assert re.findall(r"environment `(\w+)`", holds) == ([job["environment"]] if "environment" in job else []), name


def test_a_job_that_runs_something_else_is_found() -> None:
    text = "<!-- jobs: release.yml -->\n| job | runs |\n|---|---|\n| `gate` | `release plan --to s3` |\n"
    assert wrong_runs(make_page(text)) == ["`gate`"]


def lost_files(page: Page) -> list[str]:
    """Give the workflows, and other files by a whole name, that a document names and that are not there."""
    named = [code for code in page.codes if re.fullmatch(r"[\w./-]+\.(?:ya?ml|toml|json|py)", code)]
    return [name for name in named if name.rpartition("/")[2] not in FILES | RENDERED]


RENDERED = {"audit.json", "cluster.json", "env.yaml", "index.html", "installed.json", "listing.json", "policy.json"} | {
    f"{name}.json" for name in ("receipt", "reconcile", "rehearsal", "trust")
}
"""What commands make, or what others keep."""


@pytest.mark.parametrize("page", [page for page in PAGES if "packages" not in page.path.parts], ids=str)
def test_every_file_that_is_named_is_there(page: Page) -> None:
    assert not lost_files(page)


def test_a_file_that_is_not_there_is_found() -> None:
    assert lost_files(make_page("See `.github/workflows/relaese.yml` and `release.yml`.\n")) == [
        ".github/workflows/relaese.yml"
    ]
    assert told_jobs(make_page("<!-- jobs: release.yml -->\n| job |\n|---|\n| `sing` |\n")) == {"release.yml": {"sing"}}
    assert "sing" not in jobs_of("release.yml")
