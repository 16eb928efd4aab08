"""A process of its own that does what it is asked, a JSON document a line, and answers in the same way."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.talking import start_talking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

_ROOT = Path(__file__).parents[2]


class Dialogue:
    """One that talks to a module of ours, which is run in a folder; what it says besides goes to a log."""

    def __init__(self, module: str, *words: str, folder: Path, environment: Mapping[str, str], log: Path) -> None:
        self._words = [sys.executable, "-m", module, *words]
        self._folder = folder
        self._environment = {**environment, "PYTHONPATH": str(_ROOT)}
        self._log = log

    def __enter__(self) -> Self:
        self._process = start_talking(self._words, folder=self._folder, environment=self._environment, log=self._log)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def ask(self, doing: str, **words: object) -> Any:  # noqa: ANN401  # whatever it answers
        """Have something done, and give the answer; RuntimeError where it ended instead."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps({'do': doing, **words})}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self._words)} ended:\n{self._log.read_text()[-4000:]}")
        return json.loads(line)


def answer(doings: Mapping[str, Callable[..., object]]) -> None:
    """Do what is asked on standard input until it ends, and answer on standard output."""
    while line := sys.stdin.readline():
        asked = json.loads(line)
        print(json.dumps(doings[asked.pop("do")](**asked)), flush=True)  # noqa: T201  # whoever started this reads it
