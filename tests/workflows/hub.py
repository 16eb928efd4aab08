"""GitHub's part: which workflows an event starts, in which order their jobs go, and what each is allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tests.planted import MARKS, Search, plant
from tests.servers.github.conversations import Writer
from tests.workflows.check import find_faults
from tests.workflows.document import WrongWorkflowError
from tests.workflows.evaluation import Scope
from tests.workflows.event import fits
from tests.workflows.identity import FIRST_RUN, claims_of, context_of, variables_of
from tests.workflows.job import Steps
from tests.workflows.lending import VARIABLES
from tests.workflows.matrix import combine
from tests.workflows.run import Ended, Run
from tests.workflows.stage import Stage
from tests.workflows.workflow import read_workflow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.workflows.event import Event
    from tests.workflows.machine import Machine
    from tests.workflows.origin import Origin
    from tests.workflows.outside import Outside
    from tests.workflows.values import Value
    from tests.workflows.workflow import Job

_MOST_OUTPUTS: Final = 1_048_576
"""Bytes of all outputs of a job, in UTF-16, as GitHub counts them."""


class Hub:
    """GitHub, as far as it runs workflows of one repository."""

    def __init__(self, origin: Origin, machine: Machine, outside: Outside, stand_ins: Mapping[str, int]) -> None:
        self.origin, self.machine, self.outside = origin, machine, outside
        self.stand_ins = dict(stand_ins)
        self._runs = 0

    def begin(self, file: str, event: Event) -> Run:
        """Start a workflow as the event's commit has it; WrongWorkflowError where it could not run."""
        place = f".github/workflows/{file}"
        workflow = read_workflow(file, self.origin.read(event.sha, place))
        if faults := find_faults(workflow, self.outside.known(self.origin, event.sha)):
            raise WrongWorkflowError("\n".join(faults))
        assert event.starts(workflow), f"{event.name} of {event.ref} does not start {file}"
        self._runs += 1
        return Run(workflow, event, FIRST_RUN + self._runs)

    def started_by(self, event: Event) -> list[str]:
        """Give the files of the workflows that an event starts."""
        files = [each.rpartition("/")[2] for each in self.origin.list(event.sha, ".github/workflows")]
        read = (read_workflow(each, self.origin.read(event.sha, f".github/workflows/{each}")) for each in files)
        return [each.file for each in read if event.starts(each)]

    def go(self, run: Run, *, before: Iterable[str] = ()) -> Run:
        """Run all jobs that have not ended, in an order that their needs allow; stop before some."""
        waiting = [each for each in run.workflow.jobs.values() if each.id not in run.jobs and each.id not in {*before}]
        while ready := next((each for each in waiting if run.jobs.keys() >= {*each.needs}), None):
            waiting.remove(ready)
            run.jobs[ready.id] = self._job(run, ready)
        self._search(run)
        return run

    def again(self, run: Run, *, failed: bool) -> Run:
        """Re-run all jobs, or those that failed and those that need one that is run again."""
        gone = {name for name, each in run.jobs.items() if not failed or each.result != "success"}
        for job in run.workflow.jobs.values():  # in the order in which they are written, which their needs follow
            if gone & {*job.needs}:
                gone.add(job.id)
        run.attempt += 1
        run.jobs = {name: each for name, each in run.jobs.items() if name not in gone}
        return self.go(run)

    def _job(self, run: Run, job: Job) -> Ended:
        needs = {each: {"result": run.jobs[each].result, "outputs": run.jobs[each].outputs} for each in job.needs}
        before = [run.jobs[each].result for each in run.ancestors(job)]
        status = {  # of all jobs before it, however far: https://github.com/actions/runner/issues/2205
            "success": all(each == "success" for each in before),
            "failure": any(each == "failure" for each in before),
            "always": True,
            "cancelled": False,
        }
        contexts: dict[str, Value] = {
            "github": self._context(run, job),
            "needs": needs,
            "vars": VARIABLES,
            "inputs": {},
        }
        if not Scope(contexts, status).holds(job.condition):
            return Ended("skipped")
        if not job.matrix:
            return self._one(run, job, {**contexts, "matrix": None})
        said = Scope(contexts).whole(job.matrix) if isinstance(job.matrix, str) else job.matrix
        return self._many(run, job, contexts, combine(said, f"{run.workflow.file}: {job.id}"))

    def _many(self, run: Run, job: Job, contexts: Mapping[str, Value], each_of: list[dict[str, Any]]) -> Ended:
        ended: list[Ended] = []
        for number, combination in enumerate(each_of):
            if job.fails_fast and any(each.result == "failure" for each in ended):
                break
            strategy = {"fail-fast": job.fails_fast, "job-index": number, "job-total": len(each_of)}
            ended.append(self._one(run, job, {**contexts, "matrix": combination, "strategy": strategy}))
        return Ended(
            "failure" if any(each.result == "failure" for each in ended) else "success",
            {name: value for each in ended for name, value in each.outputs.items()},
            "\n".join(each.log for each in ended),
            "".join(each.summary for each in ended),
            tuple(step for each in ended for step in each.steps),
            tuple(line for each in ended for line in each.not_run),
            tuple(each_of),
        )

    def _one(self, run: Run, job: Job, contexts: Mapping[str, Value]) -> Ended:
        """Run a job on a clean machine, with a token that may what the job may."""
        environment = Scope(contexts).text(job.environment)
        if environment and not self._is_deployable(run, environment):
            return Ended("failure", log=f"{run.event.ref} is not allowed to deploy to {environment}")
        may = run.permissions(job)
        token = self._issue_token(run, job, may)
        self.machine.clean()
        github: Mapping[str, Value] = {**self._context(run, job), "token": token}
        variables = {**self.outside.variables, **variables_of(github, self.machine)}
        if may.get("id-token") == "write":
            variables |= self.outside.tokens.admit(claims_of(run, github, environment))
        stage = Stage(self.machine, self.origin, run.event, run.artifacts, variables, may)
        secrets = {} if run.event.is_from_fork else self.outside.secrets.get(environment, {})
        runner = {name.removeprefix("RUNNER_").lower(): value for name, value in variables.items() if "RUNNER_" in name}
        seen = {**contexts, "github": github, "secrets": {**secrets, "GITHUB_TOKEN": token}, "runner": runner}
        env = {name: Scope(seen).text(value) for name, value in {**run.workflow.env, **job.env}.items()}
        steps = Steps(stage, seen, env, self.stand_ins, self.outside.watch)
        steps.run(job.steps)
        del self.outside.world.github.tokens[token]
        ended = {**seen, "steps": steps.named, "env": {}, "job": {"status": "failure" if steps.failed else "success"}}
        return Ended(
            "failure" if steps.failed else "success",
            _outputs(job, Scope(ended), steps),
            "\n".join(stage.log),
            stage.summary,
            tuple(steps.ended),
            tuple(stage.not_run),
        )

    def _is_deployable(self, run: Run, environment: str) -> bool:
        """Say whether an environment takes the ref, as the rules have it; GitHub would make one that is not there."""
        rules = json.loads(self.origin.read(run.event.sha, ".github/rulesets/environments.json"))
        if environment not in rules:
            raise WrongWorkflowError(f"{run.workflow.file}: there is no environment {environment}")
        allowed = rules[environment]["deployment_branch_policies"]
        return fits(run.event.ref_name, [each["name"] for each in allowed if each["type"] == run.event.ref_type])

    def _issue_token(self, run: Run, job: Job, may: Mapping[str, str]) -> str:
        token = f"{plant('token-of-a-job')}-{run.id}-{run.attempt}-{job.id}"
        self.outside.world.github.tokens[token] = token_of(may)
        return token

    def _context(self, run: Run, job: Job) -> dict[str, Value]:
        return context_of(run, job.id, self.machine, self.outside.variables["GITHUB_API_URL"])

    def _search(self, run: Run) -> None:
        """Require that no secret is in anything that a run leaves."""
        search = Search([*MARKS, *self.outside.sts.secrets])
        for name, ended in run.jobs.items():
            for kind, text in {"log": ended.log, "summary": ended.summary, "outputs": str(ended.outputs)}.items():
                assert not search.look(f"the {kind} of {name}", text), f"a secret is in the {kind} of {name}\n{text}"
        for artifact in run.artifacts.kept.values():
            for path, content in artifact.files.items():
                assert not search.look(path, content), f"a secret is in {path} of the artifact {artifact.name}"


def token_of(may: Mapping[str, str]) -> Writer:
    """Give what a token may in the words of the stand-in."""
    return Writer(
        pull=may.get("contents") in {"read", "write"},
        push=may.get("contents") == "write",
        issues=may.get("issues") == "write",
        pull_requests=may.get("pull-requests") == "write",
    )


def _outputs(job: Job, scope: Scope, steps: Steps) -> dict[str, str]:
    """Give a job's outputs; one that is empty though all went well was promised by nobody."""
    found = {name: scope.text(value) for name, value in job.outputs.items()}
    if not steps.failed and (missing := [name for name, value in found.items() if not value]):
        raise WrongWorkflowError(f"{job.id}: the output {missing[0]} is empty: {job.outputs[missing[0]]}")
    if (size := sum(len(f"{name}{value}".encode("utf-16-le")) for name, value in found.items())) > _MOST_OUTPUTS:
        raise WrongWorkflowError(f"{job.id}: {size:,} bytes of outputs, and GitHub takes {_MOST_OUTPUTS:,} of a job")
    return {name: value for name, value in found.items() if value}
