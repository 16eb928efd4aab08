"""A job on its machine, while it runs: what steps share."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.workflows.artifacts import Artifacts
    from tests.workflows.event import Event
    from tests.workflows.machine import Machine
    from tests.workflows.origin import Origin

FILES: Final = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


class StepFailedError(Exception):
    """An action that could not do what it is for."""


@dataclass
class Stage:
    """What steps of one job find, and what they leave to the steps after them."""

    machine: Machine
    origin: Origin
    event: Event
    artifacts: Artifacts
    variables: Mapping[str, str]
    """What the machine, GitHub and the job set for every step."""
    exported: dict[str, str] = field(default_factory=dict)
    """What steps have written for those after them."""
    paths: list[str] = field(default_factory=list)
    summary: str = ""
    log: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    """Actions and scripts that a stand-in answered for."""

    def say(self, *lines: str) -> None:
        """Write lines to the job's log."""
        self.log.extend(lines)

    def environment(self, *more: Mapping[str, str]) -> dict[str, str]:
        """Give the variables of a step, those of the step itself last."""
        found = {**self.variables, **self.exported}
        for each in more:
            found |= each
        found["PATH"] = os.pathsep.join([*reversed(self.paths), self.machine.path])
        return found

    def begin_files(self, number: str) -> dict[str, str]:
        """Make the files that a step may write to, and the event's document beside them."""
        folder = self.machine.temporary / "_runner_file_commands"
        folder.mkdir(exist_ok=True)
        found = {name: str(folder / f"{name.lower()}_{number}") for name in FILES}
        for path in found.values():
            (folder / path).touch()
        event = self.machine.temporary / "event.json"
        event.write_text(json.dumps(self.event.payload))
        return {**found, "GITHUB_EVENT_PATH": str(event)}

    def read_files(self, files: Mapping[str, str]) -> dict[str, str]:
        """Take over what a step has written, and give its outputs."""
        contents = {name: _read(files[name]) for name in FILES}
        self.exported |= parse_pairs(contents["GITHUB_ENV"], "GITHUB_ENV")
        self.paths += contents["GITHUB_PATH"].split("\n")[:-1]
        self.summary += contents["GITHUB_STEP_SUMMARY"]
        return parse_pairs(contents["GITHUB_OUTPUT"], "GITHUB_OUTPUT")


def parse_pairs(text: str, place: str) -> dict[str, str]:
    """Read `name=value` and `name<<END … END`, or say which line is neither."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        if mark and "=" not in name:
            value = []
            for each in lines:
                if each == end:
                    break
                value.append(each)
            else:
                raise StepFailedError(f"{place}: {name} has no end {end!r}")
            found[name] = "\n".join(value)
        elif "=" in line:
            name, _, value_of = line.partition("=")
            found[name] = value_of
        elif line:
            raise StepFailedError(f"{place}: the line {line!r} has no form")
    return found


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as stream:  # noqa: PTH123  # newlines stay as they are
        return stream.read()
