"""One job: its steps, one after the other, each as the runner does it."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.workflows.actions import ACTIONS
from tests.workflows.evaluation import Scope
from tests.workflows.machine import INSTALL
from tests.workflows.stage import StepFailedError, require_short
from tests.workflows.workflow import read_composite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.workflows.stage import Stage
    from tests.workflows.values import Value
    from tests.workflows.workflow import Step

OURS: Final = "$/"
"""How `uses` begins that names an action of the very commit that runs.

https://github.blog/changelog/2026-07-30-reference-same-repository-actions-with-self-repository-syntax/
"""
_SHELLS: Final = {"": ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
_LONGEST: Final = 300
"""Seconds after which a step has hung; the minutes that jobs are given are for slower machines."""


@dataclass
class StepEnded:
    """How a step ended: the outcome is before `continue-on-error`, the conclusion after."""

    place: str
    said: str
    """The script, or the action."""
    outcome: str
    conclusion: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    code: int | None = None
    """What the script ended with."""


@dataclass
class Steps:
    """Steps of a job or of an action, which see the contexts that they are given and those before them."""

    stage: Stage
    contexts: Mapping[str, Value]
    env: Mapping[str, str]
    """What the workflow and the job set."""
    stand_ins: Mapping[str, int]
    """Scripts that are not run, and what they would have ended with."""
    watch: Callable[[subprocess.Popen[bytes]], None]
    """Is told of every script that starts."""
    ended: list[StepEnded] = field(default_factory=list)
    number: str = ""

    @property
    def failed(self) -> bool:
        """Whether a step has failed that nothing excuses."""
        return any(each.conclusion == "failure" for each in self.ended)

    def run(self, steps: Sequence[Step]) -> None:
        """Run all steps whose conditions hold."""
        named: dict[str, Value] = {}
        for number, step in enumerate(steps, 1):
            self.number = f"{self.number.rpartition('-')[0]}-{number}".strip("-")
            ended = self._step(step, {**self.contexts, "steps": named})
            self.ended.append(ended)
            if step.id:
                said = {"outputs": ended.outputs, "outcome": ended.outcome, "conclusion": ended.conclusion}
                named[step.id] = said
        self.named = named

    def _step(self, step: Step, contexts: Mapping[str, Value]) -> StepEnded:
        status = {"success": not self.failed, "failure": self.failed, "always": True, "cancelled": False}
        scope = Scope({**contexts, "env": self._env({})}, status, self.stage.machine.workspace)
        if not scope.holds(step.condition):
            return StepEnded(step.place, step.run or step.uses, "skipped", "skipped")
        own = {name: scope.text(value) for name, value in step.env.items()}
        scope = Scope({**contexts, "env": self._env(own)}, status, self.stage.machine.workspace)
        self.stage.say(f"##[group]{step.place} {step.name or step.run or step.uses}")
        outputs: Mapping[str, str] = {}
        code: int | None = None
        try:
            require_short(self._env(own))
            if step.run:
                code, outputs = self._script(step, scope, own)
            else:
                outputs = self._action(step, scope, own)
            outcome = "failure" if code else "success"
        except StepFailedError as error:
            self.stage.say(f"##[error]{error}")
            outcome = "failure"
        excused = outcome == "failure" and step.continues
        return StepEnded(step.place, step.run or step.uses, outcome, "success" if excused else outcome, outputs, code)

    def _env(self, own: Mapping[str, str]) -> dict[str, str]:
        return {**self.env, **self.stage.exported, **own}

    def _script(self, step: Step, scope: Scope, own: Mapping[str, str]) -> tuple[int, Mapping[str, str]]:
        text = scope.text(step.run)
        folder = self.stage.machine.workspace / scope.text(step.folder)
        files = self.stage.begin_files(self.number)
        if self._is_stood_in(text):
            return self.stand_ins.get(text.strip(), 0), {}
        script = self.stage.machine.temporary / f"{self.number}.sh"
        script.write_text(f"{text}\n")
        environment = {**self.stage.environment(self._env(own)), **files}
        words = [*_SHELLS[step.shell], str(script)]
        with subprocess.Popen(
            words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        ) as process:  # fmt: skip
            self.watch(process)
            said, _ = process.communicate(timeout=_LONGEST)
        self.stage.say(said.decode(errors="replace"), f"##[end] {process.returncode}")
        return process.returncode, self.stage.read_files(files)

    def _is_stood_in(self, text: str) -> bool:
        """Say whether a script is answered for; Hatch is installed on the machine already, out of the same lock."""
        if text.strip() == INSTALL and (self.stage.machine.workspace / INSTALL.split()[-1]).is_file():
            return True
        if text.strip() in self.stand_ins:
            self.stage.not_run.append(" ".join(shlex.split(text)))
            return True
        return False

    def _action(self, step: Step, scope: Scope, own: Mapping[str, str]) -> Mapping[str, str]:
        given = {name: scope.text(value) for name, value in step.given.items()}
        if step.uses.startswith(OURS):
            self._composite(step, scope, given, own)
            return {}
        action = ACTIONS[step.uses.partition("@")[0]]
        if action.behave is None:
            self.stage.not_run.append(step.uses)
            return {}
        if missing := [name for name in action.required if not given.get(name)]:
            raise StepFailedError(f"{step.uses}: {missing[0]} is required and not supplied")
        return action.behave(self.stage, given)

    def _composite(self, step: Step, scope: Scope, given: Mapping[str, str], own: Mapping[str, str]) -> None:
        place = f"{step.uses.removeprefix(OURS)}/action.yml"
        action = read_composite(place, self.stage.origin.read(self.stage.event.sha, place))
        if unknown := given.keys() - action.inputs.keys():
            raise StepFailedError(f"{place} has no input {', '.join(sorted(unknown))}")
        seen = {name: each for name, each in scope.contexts.items() if name in {"github", "job", "matrix", "runner"}}
        inputs = {**action.inputs, **given}
        inner = Steps(
            self.stage, {**seen, "inputs": inputs}, {**self.env, **own}, self.stand_ins, self.watch,
            number=f"{self.number}-0",
        )  # fmt: skip
        inner.run(action.steps)
        if inner.failed:
            raise StepFailedError(f"{place} failed")
