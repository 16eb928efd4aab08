"""Who a job is: what GitHub says of it to the workflow, to its steps, and to others in its token.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.workflows.lending import OWNER_ID, REPOSITORY_ID
from tests.workflows.machine import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.workflows.machine import Machine
    from tests.workflows.run import Run
    from tests.workflows.values import Value

OWNER, NAME = REPOSITORY.split("/")
FIRST_RUN: Final = 7000
_OF_TOKENS: Final = (
    "actor", "actor_id", "event_name", "ref", "ref_type", "repository", "repository_id", "repository_owner",
    "run_attempt", "run_id", "sha", "workflow",
)  # fmt: skip
"""The claims that are what the context says."""


def context_of(run: Run, job: str, machine: Machine, api: str) -> dict[str, Value]:
    """Give the context `github`, without the token."""
    event = run.event
    return {
        "actor": "ada",
        "actor_id": OWNER_ID,
        "api_url": api,
        "base_ref": event.base_ref,
        "event": event.payload,
        "event_name": event.name,
        "event_path": str(machine.temporary / "event.json"),
        "graphql_url": f"{api}/graphql",
        "head_ref": event.head_ref,
        "job": job,
        "ref": event.ref,
        "ref_name": event.ref_name,
        "ref_protected": "true",
        "ref_type": event.ref_type,
        "repository": REPOSITORY,
        "repository_id": REPOSITORY_ID,
        "repository_owner": OWNER,
        "repository_owner_id": OWNER_ID,
        "run_attempt": str(run.attempt),
        "run_id": str(run.id),
        "run_number": str(run.id - FIRST_RUN),
        "server_url": "https://github.com",
        "sha": event.sha,
        "triggering_actor": "ada",
        "workflow": run.workflow.name,
        "workflow_ref": run.workflow_ref,
        "workflow_sha": event.sha,
        "workspace": str(machine.workspace),
    }


def variables_of(github: Mapping[str, Value], machine: Machine) -> dict[str, str]:
    """Give what GitHub and the machine set for every step; `GITHUB_TOKEN` is not among it."""
    said = {f"GITHUB_{name.upper()}": str(each) for name, each in github.items() if name not in {"event", "token"}}
    return {
        **said,
        "CI": "true",
        "GITHUB_ACTION": "__run",
        "GITHUB_ACTIONS": "true",
        "GITHUB_RETENTION_DAYS": "90",
        "HOME": str(machine.home),
        "LANG": "C.UTF-8",
        "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_NAME": "GitHub Actions 1",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": str(machine.temporary),
        "RUNNER_TOOL_CACHE": str(machine.root / "pythons"),
    }


def claims_of(run: Run, github: Mapping[str, Value], environment: str) -> dict[str, str]:
    """Give the claims of a job's token: with an environment, the subject says nothing of the ref."""
    event = run.event
    subject = f"environment:{environment}" if environment else f"ref:{event.ref}"
    if event.name == "pull_request" and not environment:
        subject = "pull_request"
    return {
        **{name: str(github[name]) for name in _OF_TOKENS},
        "environment": environment,
        "job_workflow_ref": run.workflow_ref,
        "repository_visibility": "private",
        "runner_environment": "github-hosted",
        "sub": f"repo:{OWNER}@{OWNER_ID}/{NAME}@{REPOSITORY_ID}:{subject}",
    }
