"""A workflow as its file says it; whatever is not known here is an error, as a workflow that cannot run would be.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tests.workflows.document import WrongWorkflowError, read_yaml, section, texts, truth, words
from tests.workflows.expression import WrongExpressionError, parse_template
from tests.workflows.values import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PERMISSIONS: Final = frozenset(
    {"actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token", "issues", "models"}
    | {"packages", "pages", "pull-requests", "security-events", "statuses"}
)
EVENTS: Final = frozenset(
    {"branch_protection_rule", "merge_group", "pull_request", "push", "schedule", "workflow_dispatch"}
)
_BASH: Final = {"", "bash"}


@dataclass(frozen=True)
class Step:
    """One step: a script, or an action with its inputs."""

    place: str
    """Where it stands: `release.yml: sign: 4`."""
    id: str
    name: str
    condition: str
    run: str
    uses: str
    given: Mapping[str, str]
    env: Mapping[str, str]
    shell: str
    folder: str
    continues: bool
    """Whether the job goes on when it fails."""


@dataclass(frozen=True)
class Job:
    """One job."""

    id: str
    name: str
    needs: tuple[str, ...]
    condition: str
    runs_on: str
    permissions: Mapping[str, str] | None
    environment: str
    concurrency: str
    env: Mapping[str, str]
    outputs: Mapping[str, str]
    matrix: str | Mapping[str, Any]
    """An expression, or the axes with `include` and `exclude`; empty where there is one job."""
    fails_fast: bool
    timeout: int
    """Minutes; 360 where none are said."""
    continues: bool
    """Whether the workflow is well when it fails."""
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Workflow:
    """One file of `.github/workflows`."""

    file: str
    name: str
    on: Mapping[str, Mapping[str, Any]]
    """What each event is narrowed to."""
    permissions: Mapping[str, str] | None
    concurrency: str
    cancels: str
    """Whether a run ends the one before it: `true`, `false` or an expression."""
    env: Mapping[str, str]
    jobs: Mapping[str, Job]


@dataclass(frozen=True)
class Composite:
    """An action of this repository that is made of steps."""

    place: str
    inputs: Mapping[str, str]
    """The default of each; empty where there is none."""
    steps: tuple[Step, ...]


def read_workflow(file: str, text: str) -> Workflow:
    """Read a workflow by its file's name and content."""
    known = section(read_yaml(file, text), file, "name", "run-name", "on", "permissions", "env", "concurrency", "jobs")
    group = _concurrency(known.get("concurrency"), f"{file}: concurrency")
    jobs = section(known.get("jobs"), f"{file}: jobs")
    return Workflow(
        file=file,
        name=str(known.get("name", f".github/workflows/{file}")),
        on=_events(known.get("on"), f"{file}: on"),
        permissions=_permissions(known.get("permissions"), f"{file}: permissions"),
        concurrency=group[0],
        cancels=group[1],
        env=texts(known.get("env"), f"{file}: env"),
        jobs={name: _job(name, each, f"{file}: {name}") for name, each in jobs.items()},
    )


def read_composite(place: str, text: str) -> Composite:
    """Read an action of this repository."""
    known = section(read_yaml(place, text), place, "name", "description", "inputs", "runs")
    runs = section(known.get("runs"), f"{place}: runs", "using", "steps")
    if runs.get("using") != "composite":
        raise WrongWorkflowError(f"{place}: runs using {runs.get('using')!r}, and only composite is known")
    inputs = {
        name: section(each, f"{place}: {name}", "description", "required", "default")
        for name, each in section(known.get("inputs"), f"{place}: inputs").items()
    }
    steps = tuple(_step(each, f"{place}: {number}") for number, each in enumerate(runs["steps"], 1))
    if shellless := [each.place for each in steps if each.run and not each.shell]:
        raise WrongWorkflowError(f"{shellless[0]}: a composite action names the shell of every script")
    return Composite(place, {name: str(each.get("default", "")) for name, each in inputs.items()}, steps)


def _job(name: str, said: object, place: str) -> Job:
    known = section(
        said, place, "name", "needs", "if", "runs-on", "permissions", "environment", "concurrency", "env", "outputs",
        "strategy", "timeout-minutes", "continue-on-error", "steps",
    )  # fmt: skip
    if "runs-on" not in known or "steps" not in known:
        raise WrongWorkflowError(f"{place}: a job has runs-on and steps")
    strategy = section(known.get("strategy"), f"{place}: strategy", "matrix", "fail-fast", "max-parallel")
    steps = tuple(_step(each, f"{place}: {number}") for number, each in enumerate(known["steps"], 1))
    ids = [each.id for each in steps if each.id]
    if len(set(ids)) < len(ids):
        raise WrongWorkflowError(f"{place}: two steps have one id")
    return Job(
        id=name,
        name=str(known.get("name", name)),
        needs=words(known.get("needs"), f"{place}: needs"),
        condition=_condition(known),
        runs_on=str(known["runs-on"]),
        permissions=_permissions(known.get("permissions"), f"{place}: permissions"),
        environment=str(known.get("environment", "")),
        concurrency=_concurrency(known.get("concurrency"), place)[0],
        env=texts(known.get("env"), f"{place}: env"),
        outputs=texts(known.get("outputs"), f"{place}: outputs"),
        matrix=strategy.get("matrix", ""),
        fails_fast=truth(strategy.get("fail-fast", True), f"{place}: fail-fast"),
        timeout=int(known.get("timeout-minutes", 360)),
        continues=truth(known.get("continue-on-error", False), f"{place}: continue-on-error"),
        steps=steps,
    )


def _step(said: object, place: str) -> Step:
    known = section(
        said, place, "id", "name", "if", "run", "uses", "with", "env", "shell", "working-directory",
        "continue-on-error", "timeout-minutes",
    )  # fmt: skip
    if ("run" in known) == ("uses" in known) or ("with" in known and "uses" not in known):
        raise WrongWorkflowError(f"{place}: a step runs a script, or uses an action with its inputs")
    if known.get("shell", "") not in _BASH:
        raise WrongWorkflowError(f"{place}: the shell {known['shell']} is not known here")
    return Step(
        place=place,
        id=str(known.get("id", "")),
        name=str(known.get("name", "")),
        condition=_condition(known),
        run=str(known.get("run", "")),
        uses=str(known.get("uses", "")),
        given=texts(known.get("with"), f"{place}: with"),
        env=texts(known.get("env"), f"{place}: env"),
        shell=str(known.get("shell", "")),
        folder=str(known.get("working-directory", "")),
        continues=truth(known.get("continue-on-error", False), f"{place}: continue-on-error"),
    )


def _condition(known: Mapping[str, Any]) -> str:
    value = known.get("if", "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _events(said: object, place: str) -> dict[str, dict[str, Any]]:
    found = dict.fromkeys(words(said, place)) if isinstance(said, (str, list)) else section(said, place)
    if unknown := found.keys() - EVENTS:
        raise WrongWorkflowError(f"{place}: {', '.join(sorted(unknown))} is not known here")
    crons = found.pop("schedule", None)
    events = {name: section(each, f"{place}: {name}", "branches", "tags", "types") for name, each in found.items()}
    if crons:
        events["schedule"] = {"cron": [section(each, place, "cron")["cron"] for each in crons]}
    return events


def _permissions(said: object, place: str) -> dict[str, str] | None:
    if said is None:
        return None
    if isinstance(said, str):
        raise WrongWorkflowError(f"{place}: {said} gives more than a job needs: name each")
    found = texts(section(said, place, *PERMISSIONS), place)
    if wrong := [name for name, level in found.items() if level not in {"read", "write", "none"}]:
        raise WrongWorkflowError(f"{place}: {wrong[0]} is read, write or none")
    return found


def _concurrency(said: object, place: str) -> tuple[str, str]:
    if isinstance(said, str):
        return said, "false"
    known = section(said, place, "group", "cancel-in-progress")
    try:
        parse_template(str(known.get("group", "")))
    except WrongExpressionError as error:
        raise WrongWorkflowError(f"{place}: {error}") from None
    return str(known.get("group", "")), text_of(known.get("cancel-in-progress", False))
