"""The machine that releases, as whoever starts it has it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.talking import start_talking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

ROOT = Path(__file__).parents[3]
KILLED = -9


class Machine:
    """A process that has built and judged releases of a repository, and runs the rest of a release in a fork."""

    def __init__(self, repository: Path, tags: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> None:
        self._words = [sys.executable, "-m", "tests.release.crash.forked", *tags]
        self._folder = repository
        self._environment = {
            **{name: value for name, value in environment.items() if not name.startswith("COVERAGE_")},
            "PYTHONPATH": str(ROOT),
        }
        folder.mkdir(parents=True, exist_ok=True)
        self.dist = folder / "dist"
        self._said = folder / "said"
        self._log = folder / "machine.log"

    def __enter__(self) -> Self:
        self._process = start_talking(self._words, folder=self._folder, environment=self._environment, log=self._log)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def await_ready(self) -> None:
        """Wait until everything is built and judged."""
        self._read("ready")

    def begin(self) -> int:
        """Make ready a run, which does nothing yet; give the number of its process."""
        self._write(f"{self.dist} {self._said}")
        return int(self._read())

    def go(self) -> None:
        """Let it run."""
        self._write("go")

    def end(self) -> int:
        """Wait until it ends, and give its exit code; `KILLED` where it was."""
        return int(self._read())

    def run(self) -> int:
        """Do all three."""
        self.begin()
        self.go()
        return self.end()

    @property
    def endings(self) -> dict[str, str]:
        """How the last run says that each release ended; nothing, where it came to no end."""
        said = self._said.with_suffix(".json").read_text()
        document: dict[str, Any] = json.loads(said) if said else {"outcomes": []}
        return {each["tag"]: each["ending"] for each in document["outcomes"]}

    @property
    def log(self) -> str:
        """What the last run said on its way."""
        return self._said.with_suffix(".log").read_text()

    def _write(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read(self, expected: str = "") -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        assert line, f"the machine ended:\n{self._log.read_text()}"
        assert expected in {"", line}, line
        return line
