"""A job on its machine, while it runs: what steps share."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.workflows.artifacts import Artifacts
    from tests.workflows.event import Event
    from tests.workflows.machine import Machine
    from tests.workflows.origin import Origin

LONGEST: Final = 131_072
"""Bytes of the longest variable, `name=value` with the zero behind it: MAX_ARG_STRLEN of execve(2)."""
_PAIR: Final = re.compile(
    r"(?P<key>(?:(?!<<)[^=])+)<<(?P<end>.*[^\r])|(?P<name>(?:(?!<<)[^=])+)=(?P<value>|.*[^\r])", re.DOTALL
)
"""A line that ends with a carriage return is none: runners of Linux and of Windows don't read it alike."""
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
    may: Mapping[str, str]
    """What the job's token may."""
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
    lines = iter(text.split("\n"))  # and nowhere else: a form feed or U+2028 is part of a value
    for line in lines:
        match = _PAIR.fullmatch(line)
        if line and not match:
            raise StepFailedError(f"{place}: the line {line!r} has no form, or a name or an end that is empty")
        if match and match["end"]:
            found[match["key"]] = "\n".join(_until(match["end"], lines, f"{place}: {match['key']}"))
        elif match:
            found[match["name"]] = match["value"]
    return found


def _until(end: str, lines: Iterator[str], place: str) -> Iterator[str]:
    for each in lines:
        if each == end:
            return
        yield each
    raise StepFailedError(f"{place} has no end {end!r}")


def require_short(variables: Mapping[str, str]) -> None:
    """Refuse a variable that Linux starts no program with."""
    for name, value in variables.items():
        if len(f"{name}={value}".encode()) >= LONGEST:
            raise StepFailedError(f"{name} is too long: Linux takes {LONGEST:,} bytes with its name and its end")


def _read(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as stream:  # noqa: PTH123  # newlines stay as they are
        return stream.read()
