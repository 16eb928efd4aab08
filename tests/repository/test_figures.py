"""Figures in documents that stand in a file too are those of the file."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import yaml

from release.model.policy import RootPolicy
from tests.repository.page import PAGES
from tests.repository.tree import ROOT

RUNBOOK = " ".join(next(page for page in PAGES if str(page) == "OPERATOR_RUNBOOK.md").text.split())
GITHUB = ROOT / ".github"


def jobs_of(workflow: str) -> dict[str, Any]:
    """Give the jobs of a workflow, as they are written."""
    jobs: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / workflow).read_text())["jobs"]
    return jobs


def longest(jobs: dict[str, Any], name: str) -> timedelta:
    """Give the time until a job has to have ended, with those that it waits for."""
    needs = jobs[name].get("needs", [])
    before = [longest(jobs, each) for each in ([needs] if isinstance(needs, str) else needs)]
    return max(before, default=timedelta()) + timedelta(minutes=jobs[name]["timeout-minutes"])


def test_a_release_ends_within_the_time_that_the_runbook_says() -> None:
    minutes = longest(jobs_of("release.yml"), "notify") // timedelta(minutes=1)
    assert f"limit: {minutes} min a release" in RUNBOOK
    assert f"(limit: {minutes} minutes for a release)" in RUNBOOK
    assert f"longer than {minutes} minutes without waiting for approval" in RUNBOOK
    assert f"one after the other, are {minutes} minutes" in RUNBOOK


def test_the_daily_look_ends_within_the_time_that_the_runbook_says() -> None:
    minutes = longest(jobs_of("reconcile.yml"), "tell") // timedelta(minutes=1)
    assert f"it runs daily, and may take {minutes} minutes" in RUNBOOK


def test_artifacts_and_snapshots_are_kept_as_long_as_the_runbook_says() -> None:
    logs = json.loads((GITHUB / "rulesets" / "actions.json").read_text())["artifact_and_log_retention"]["days"]
    (upload,) = (step for step in jobs_of("snapshot.yml")["snapshot"]["steps"] if "upload" in step.get("uses", ""))
    assert f"| {logs} days / {upload['with']['retention-days']} days |" in RUNBOOK
    assert upload["with"]["retention-days"] == RootPolicy().snapshot_days


def test_a_role_s_session_ends_when_the_runbook_says() -> None:
    source = (ROOT / "tools" / "release" / "adapters" / "aws.py").read_text()
    (seconds,) = re.findall(r"^_ROLE_SECONDS: Final = (\d+)$", source, re.MULTILINE)
    minutes = int(seconds) // 60
    assert f"| a role's session | after {minutes} minutes |" in RUNBOOK
    assert f"| a role's session | {minutes} minutes |" in RUNBOOK


def test_the_bucket_keeps_what_the_runbook_says() -> None:
    template = (ROOT / "tools" / "aws" / "stack.yaml").read_text()
    cheaper, gone = re.findall(r"TransitionInDays: (\d+)|NoncurrentDays: (\d+)", template)
    said = f"`dev/` gets cheaper after {cheaper[0]} days, pages that were replaced go after {gone[1]}"
    assert said in RUNBOOK


def test_placeholders_stand_among_the_contacts_alone() -> None:
    for page in PAGES:
        before, _, contacts = page.text.partition("\n## Contacts\n")
        assert "PLACEHOLDER" not in before
        assert ("PLACEHOLDER" in contacts) == (str(page) == "OPERATOR_RUNBOOK.md")
