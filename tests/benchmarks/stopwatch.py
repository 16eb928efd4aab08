"""Commands and their costs: seconds and peak memory, of the process and of everything it starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


_NOT_OF_A_SHELL = {"PYTHONDONTWRITEBYTECODE", "UV_BUILD_CONSTRAINT", "UV_CONSTRAINT", "VIRTUAL_ENV"}


@dataclass(frozen=True)
class Cost:
    """What one process cost, start included."""

    seconds: float
    megabytes: float
    """The most that it, or any process it waited for, held in memory at once."""


def run(words: Sequence[str | Path], cwd: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a process that must succeed, else RuntimeError says what it said."""
    environment = plain_environment() if environment is None else environment
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(words, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            reason = said.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(map(str, words))} ended with {process.returncode}: {reason}")
    return Cost(seconds, usage.ru_maxrss / 1024)


def plain_environment() -> dict[str, str]:
    """Give a plain shell's environment: outside of Hatch's own, with a Python that may keep its bytecode."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_OF_A_SHELL and not name.startswith("HATCH_ENV_")
    }


def time_in_turn(*subjects: Callable[[], object], rounds: int = 3) -> list[float]:
    """Run everything in turn, several rounds, and give the least seconds of each: the rest is the machine's."""
    seconds = [[time_once(subject) for subject in subjects] for _ in range(rounds)]
    return [min(column) for column in zip(*seconds, strict=True)]


def time_once(subject: Callable[[], object]) -> float:
    """Give the seconds of one run."""
    start = time.perf_counter()
    subject()
    return time.perf_counter() - start
