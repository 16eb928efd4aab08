"""Who is trusted: a job that may write, is somebody elsewhere or knows a secret calls what is listed, and no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.workflows.job import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.workflows.workflow import Job, Step, Workflow

CALLS: Final = frozenset({"audit", "jobs", "publish", "reconcile", "sign", "tell"})
"""Commands of `release` that run nothing of a package, of what it needs or of what builds it."""
ACTIONS: Final = frozenset(
    {"actions/checkout", "actions/download-artifact", "actions/upload-artifact", f"{OURS}.github/actions/hatch"}
    | {"github/codeql-action/analyze", "github/codeql-action/init", "github/codeql-action/upload-sarif"}
    | {"ossf/scorecard-action"}
)
_CALL: Final = re.compile(r"hatch run release (?P<name>[a-z]+)(?P<words>(?: [\w@./*-]+)*)(?: > \w+\.json)?")
"""One call on one line, with nothing in it that a shell makes a second of, and with no option before the command."""
_SECRET: Final = re.compile(r"secrets|AWS_", re.IGNORECASE)
_TOKEN: Final = re.compile(r"github\s*(?:\.\s*(?:token|\*)|\[)|\(\s*github\s*[,)]|github_token", re.IGNORECASE)
"""How a job names its own token, or all that `github` holds."""


def reasons(workflow: Workflow, job: Job) -> list[str]:
    """Give why a job must be trusted; nothing, where it can do no harm."""
    may = (workflow.permissions if job.permissions is None else job.permissions) or {}
    writes = [f"{name}: write" for name, level in may.items() if level == "write"]
    environment = ["environment"] if job.environment else []
    return [*writes, *environment, *(["secrets"] if _SECRET.search(repr(job)) else [])]


def is_given_its_token(job: Job) -> bool:
    """Say whether a job hands the token that GitHub makes for it to what it calls."""
    return bool(_TOKEN.search(repr(job)))


def find_breaches(workflow: Workflow) -> Iterator[str]:
    """Give what jobs do that are trusted and may not, and what all jobs are given at once."""
    if _SECRET.search(repr(workflow.env)):
        yield f"{workflow.file}: env: every job is given a secret, or a way to AWS"
    for job in workflow.jobs.values():
        why = reasons(workflow, job)
        if {"id-token: write", "secrets"} & {*why} and not job.environment:
            yield f"{workflow.file}: {job.id} ({', '.join(why)}): is in no environment"
        for step in job.steps if why else ():
            if not _is_listed(step):
                yield f"{step.place} ({', '.join(why)}): {step.run or step.uses}"


def _is_listed(step: Step) -> bool:
    if step.uses:
        return step.uses.partition("@")[0] in ACTIONS
    call = _CALL.fullmatch(step.run.strip())
    return call is not None and call["name"] in CALLS and "--rebuild" not in call["words"].split() and not step.folder
