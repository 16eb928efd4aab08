"""A cluster's node: the verifier as a process there, which reads and answers, and may do nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.databricks import cases

if TYPE_CHECKING:
    from databricks import verify as node
else:
    node = cases.load(Path(__file__).parents[2] / "databricks" / "verify.py")

__all__ = ["VERIFY", "node", "run", "run_watched"]

VERIFY = Path(__file__).parents[2] / "databricks" / "verify.py"
_WATCHED = """
import runpy, sys

def refuse(event, arguments):
    writes = event == "open" and set(arguments[1] or "") & set("wax+")
    if writes or event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")):
        raise SystemExit(f"it did something else than reading: {event} {arguments}")

sys.dont_write_bytecode = True
sys.argv = sys.argv[1:]
sys.addaudithook(refuse)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""A program that runs another one, and ends it when it opens a socket, starts a process or writes a file."""


def run(
    *words: str | Path, options: tuple[str, ...] = ("-I",), cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the verifier as a node does."""
    return _run([sys.executable, *options, "-W", "error", str(VERIFY), *map(str, words)], cwd)


def run_watched(program: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program so that it ends with 1 when it does anything but read."""
    return _run([sys.executable, "-I", "-c", _WATCHED, str(program), *map(str, words)], program.parent)


def _run(command: list[str], cwd: Path | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)
