"""What can be said of a workflow before it runs: everything that an expression, a step or a script names is there.

https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.workflows.actions import ACTIONS
from tests.workflows.checkout import READING
from tests.workflows.commands import find_unknown_variables, find_wrong_words
from tests.workflows.evaluation import FUNCTIONS
from tests.workflows.expression import (
    STATUS,
    Call,
    Context,
    Index,
    Literal,
    WrongExpressionError,
    parse_condition,
    parse_template,
    walk,
)
from tests.workflows.job import OURS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tests.workflows.expression import Node
    from tests.workflows.workflow import Composite, Job, Step, Workflow

_RUN: Final = {"github", "vars", "inputs"}
_OF_JOB: Final = _RUN | {"needs", "strategy", "matrix"}
_OF_STEP: Final = _OF_JOB | {"job", "runner", "env", "secrets", "steps"}
AVAILABLE: Final[Mapping[str, Collection[str]]] = {
    "concurrency": _RUN,
    "workflow env": _RUN | {"secrets"},
    "job": _OF_JOB,
    "job env": _OF_JOB | {"secrets"},
    "job if": _RUN | {"needs"},
    "matrix": _RUN | {"needs"},
    "outputs": _OF_STEP,
    "step": _OF_STEP,
    "step if": _OF_STEP - {"secrets"},
    "step of an action": {"github", "inputs", "job", "matrix", "runner", "steps", "strategy", "env"},
}
"""Which contexts can be named where."""
_GITHUB: Final = frozenset(
    {"actor", "actor_id", "api_url", "base_ref", "event", "event_name", "event_path", "graphql_url", "head_ref", "job"}
    | {"ref", "ref_name", "ref_protected", "ref_type", "repository", "repository_id", "repository_owner", "run_attempt"}
    | {"repository_owner_id", "run_id", "run_number", "server_url", "sha", "token", "triggering_actor", "workflow"}
    | {"workflow_ref", "workflow_sha", "workspace"}
)
_PARTS: Final[Mapping[str, frozenset[str]]] = {
    "github": _GITHUB,
    "job": frozenset({"status"}),
    "runner": frozenset({"arch", "debug", "environment", "name", "os", "temp", "tool_cache"}),
    "strategy": frozenset({"fail-fast", "job-index", "job-total", "max-parallel"}),
}


@dataclass(frozen=True)
class Known:
    """What a workflow can count on: the repository's variables, secrets and actions."""

    variables: Collection[str]
    secrets: Collection[str]
    composite: Callable[[str], Composite]
    """Give an action of this repository, or raise FileNotFoundError."""
    scripts: Collection[str]
    """What `hatch run` knows."""


def find_faults(workflow: Workflow, known: Known) -> list[str]:
    """Give what would keep a workflow from running, or would make it do another thing than it says."""
    return list(_faults(workflow, known))


def _faults(workflow: Workflow, known: Known) -> Iterator[str]:
    place = workflow.file
    yield from _texts(f"{place}: concurrency", [workflow.concurrency, workflow.cancels], "concurrency", {})
    yield from _texts(f"{place}: env", workflow.env.values(), "workflow env", {"secrets": known.secrets})
    yield from _order(workflow)
    for job in workflow.jobs.values():
        if workflow.permissions is None and job.permissions is None:
            yield f"{place}: {job.id}: nobody says what it may: permissions"
        may = (workflow.permissions if job.permissions is None else job.permissions) or {}
        if may.get("contents") not in READING:
            checkouts = (each for each in job.steps if each.uses.startswith("actions/checkout@"))
            yield from (f"{each.place}: checks out, and its job may not read contents" for each in checkouts)
        yield from _job(workflow, job, known)


def _order(workflow: Workflow) -> Iterator[str]:
    done: set[str] = set()
    for job in workflow.jobs.values():
        for each in job.needs:
            if each not in workflow.jobs:
                yield f"{workflow.file}: {job.id}: needs {each}, which is no job"
    while ready := [each.id for each in workflow.jobs.values() if each.id not in done and done.issuperset(each.needs)]:
        done |= {*ready}
    if left := [name for name in workflow.jobs if name not in done]:
        yield f"{workflow.file}: jobs that wait for each other, or for one that is not there: {', '.join(left)}"


def _job(workflow: Workflow, job: Job, known: Known) -> Iterator[str]:
    place = f"{workflow.file}: {job.id}"
    needed = {f"{each}.outputs": workflow.jobs[each].outputs for each in job.needs if each in workflow.jobs}
    names: dict[str, Collection[str]] = {
        "needs": job.needs,
        "vars": known.variables,
        "secrets": {*known.secrets, "GITHUB_TOKEN"},
        "env": {*workflow.env, *job.env},
        "inputs": (),
        **{f"needs.{each}": values for each, values in needed.items()},
    }
    if isinstance(job.matrix, Mapping):
        axes = {name for name in job.matrix if name not in {"include", "exclude"}}
        names["matrix"] = axes.union(*job.matrix.get("include", []))
    elif not job.matrix:
        names["matrix"] = ()
    yield from _texts(place, [job.name, job.runs_on, job.environment, job.concurrency], "job", names)
    yield from _texts(f"{place}: env", job.env.values(), "job env", names)
    yield from _condition(f"{place}: if", job.condition, "job if", names)
    if isinstance(job.matrix, str):
        yield from _texts(f"{place}: matrix", [job.matrix], "matrix", names)
    yield from _steps(job.steps, "step", names, known)
    yield from _texts(f"{place}: outputs", job.outputs.values(), "outputs", {**names, **_outputs(job.steps)})


def _steps(steps: Collection[Step], kind: str, names: Mapping[str, Collection[str]], known: Known) -> Iterator[str]:
    before: list[Step] = []
    for step in steps:
        seen = {**names, **_outputs(before)}
        own = {**seen, "env": {*names.get("env", ()), *step.env}}
        yield from _condition(f"{step.place}: if", step.condition, "step if" if kind == "step" else kind, own)
        yield from _texts(f"{step.place}: env", step.env.values(), kind, seen)
        yield from _texts(step.place, [step.name, step.run, step.folder, *step.given.values()], kind, own)
        yield from _action(step, known) if step.uses else _script(step, own["env"], known)
        before.append(step)


def _script(step: Step, variables: Collection[str], known: Known) -> Iterator[str]:
    for each in find_unknown_variables(step.run, variables):
        yield f"{step.place}: nothing sets ${each}"
    for each in find_wrong_words(step.run, known.scripts):
        yield f"{step.place}: {each}"


def _action(step: Step, known: Known) -> Iterator[str]:
    name, _, pin = step.uses.partition("@")
    required: Collection[str] = ()
    if name.startswith(OURS):
        try:
            composite = known.composite(f"{name.removeprefix(OURS)}/action.yml")
        except FileNotFoundError as error:
            yield f"{step.place}: there is no {error}"
            return
        inputs: Collection[str] = composite.inputs
        yield from _steps(composite.steps, "step of an action", {"inputs": inputs, "env": ()}, known)
    elif name in ACTIONS and pin:
        inputs, required = ACTIONS[name].inputs, ACTIONS[name].required
    else:
        yield f"{step.place}: the action {step.uses} is not known here"
        return
    for each in step.given.keys() - {*inputs}:
        yield f"{step.place}: {name} has no input {each}"
    for each in {*required} - step.given.keys():
        yield f"{step.place}: {name} is given no {each}"


def _outputs(steps: Collection[Step]) -> dict[str, Collection[str]]:
    """Give the steps that can be named, and of those that are actions what each gives; scripts may give anything."""
    found: dict[str, Collection[str]] = {"steps": [each.id for each in steps if each.id]}
    for step in steps:
        if step.id and step.uses.partition("@")[0] in ACTIONS:
            found[f"steps.{step.id}.outputs"] = ACTIONS[step.uses.partition("@")[0]].outputs
    return found


def _texts(place: str, texts: Collection[str], kind: str, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    for text in texts:
        try:
            nodes = [each for each in parse_template(text) if not isinstance(each, str)]
        except WrongExpressionError as error:
            yield f"{place}: {error}"
            continue
        for node in nodes:
            yield from _expression(place, node, kind, names)


def _condition(place: str, text: str, kind: str, names: Mapping[str, Collection[str]]) -> Iterator[str]:
    try:
        node = parse_condition(text or "success()")
    except WrongExpressionError as error:
        yield f"{place}: {error}"
        return
    yield from _expression(place, node, kind, names, status=STATUS)


def _expression(
    place: str, node: Node, kind: str, names: Mapping[str, Collection[str]], status: Collection[str] = ()
) -> Iterator[str]:
    for each in walk(node):
        if isinstance(each, Context) and each.name not in AVAILABLE[kind]:
            yield f"{place}: there is no {each.name} in a {kind}"
        if isinstance(each, Call) and each.name not in {*FUNCTIONS, *status, "hashFiles"}:
            yield f"{place}: there is no {each.name}() in a {kind}"
        path = _path(each)
        if len(path) > 1:
            where, part = ".".join(path[:-1]), path[-1]
            parts = names.get(where, _PARTS.get(where))
            if parts is not None and part not in parts:
                yield f"{place}: there is no {part} in {where}"


def _path(node: Node) -> list[str]:
    """Give the names that lead to a part: `needs`, `build`, `outputs`, `digests`; nothing where one is computed."""
    if isinstance(node, Context):
        return [node.name]
    if isinstance(node, Index) and isinstance(node.key, Literal) and isinstance(node.key.value, str):
        before = _path(node.of)
        return [*before, node.key.value] if before else []
    return []
