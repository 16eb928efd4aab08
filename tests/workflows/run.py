"""A run of a workflow: how its jobs ended, and what they left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.workflows.artifacts import Artifacts
from tests.workflows.machine import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.workflows.event import Event
    from tests.workflows.job import StepEnded
    from tests.workflows.values import Value
    from tests.workflows.workflow import Job, Workflow


@dataclass(frozen=True)
class Ended:
    """How a job ended."""

    result: str
    """`success`, `failure` or `skipped`."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    steps: tuple[StepEnded, ...] = ()
    not_run: tuple[str, ...] = ()
    combinations: tuple[Mapping[str, Value], ...] = ()
    """Of a matrix: what each of its jobs was for."""

    @property
    def code(self) -> int | None:
        """What the last script ended with that was run."""
        return next((each.code for each in reversed(self.steps) if each.code is not None), None)


@dataclass
class Run:
    """A workflow that an event started, and its jobs as far as they have ended."""

    workflow: Workflow
    event: Event
    id: int
    attempt: int = 1
    jobs: dict[str, Ended] = field(default_factory=dict)
    artifacts: Artifacts = field(default_factory=Artifacts)

    @property
    def results(self) -> dict[str, str]:
        """How each job ended."""
        return {name: each.result for name, each in self.jobs.items()}

    def fork(self) -> Run:
        """Give the same as it is now, to go on in another way."""
        return replace(self, jobs=dict(self.jobs), artifacts=Artifacts(self.artifacts.kept))

    @property
    def workflow_ref(self) -> str:
        """The workflow's file, at the ref that it runs for."""
        return f"{REPOSITORY}/.github/workflows/{self.workflow.file}@{self.event.ref}"

    def permissions(self, job: Job) -> dict[str, str]:
        """Give what a job may; of a change that comes from a fork, nothing but read."""
        may = self.workflow.permissions if job.permissions is None else job.permissions
        assert may is not None, f"{self.workflow.file}: {job.id}: nobody says what it may"
        if not self.event.is_from_fork:
            return dict(may)
        return {name: "read" if level == "write" else level for name, level in may.items() if name != "id-token"}

    def ancestors(self, job: Job) -> set[str]:
        """Give the jobs that a job waits for, and those that they wait for."""
        return {*job.needs}.union(*(self.ancestors(self.workflow.jobs[each]) for each in job.needs))
