"""Programs of others: run with a time limit, ended with everything they started."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from release.errors import ReleaseError
from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TIMED_OUT = 124
_running: dict[int, subprocess.Popen[str]] = {}
_stopping = Event()


@dataclass(frozen=True)
class Ran:
    """How a program ended, and what it said on both streams."""

    code: int
    output: str

    @property
    def last_lines(self) -> str:
        """The end of what it said, where programs say what went wrong."""
        return "\n".join(self.output.strip().removeprefix("error: ").splitlines()[-12:])


def run(words: Sequence[str], *, cwd: Path, environment: Mapping[str, str], seconds: float) -> Ran:
    """Run a program in a session of its own, so that its children end with it."""
    go_on_or_stop()
    process = subprocess.Popen(
        words,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    _running[process.pid] = process
    if _stopping.is_set():  # it was started while all that ran were ended
        _end(process)
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        output, _ = process.communicate()
        return Ran(TIMED_OUT, redact(f"{output}\nended after {seconds:.0f} s"))
    except BaseException:  # interrupted while it is waited for here: it has a session of its own and hears nothing
        _end(process)
        process.communicate()
        raise
    finally:
        del _running[process.pid]
    go_on_or_stop()
    return Ran(process.returncode, redact(output))


def go_on_or_stop() -> None:
    """Stop where this run is being stopped: a program that was ended says nothing about what it was asked."""
    if _stopping.is_set():
        raise ReleaseError("this run is being stopped")


def stop_all() -> None:
    """End everything that runs, and start nothing more: whoever waits for it gets a failure."""
    _stopping.set()
    for process in list(_running.values()):
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):  # it ended by itself a moment ago
        os.killpg(process.pid, signal.SIGKILL)
