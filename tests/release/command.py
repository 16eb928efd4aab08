"""The command line as its users have it: words in; exit code, standard output and standard error out."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from release.cli import main
from tests.planted import AUDITED, SEARCH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """How a call of the command line ended."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        for name in ("out", "err"):
            text = getattr(self, name)
            assert not SEARCH.look(f"std{name} of a release", text), f"a secret stands in std{name}:\n{text}"

    @property
    def document(self) -> Any:  # noqa: ANN401  # whatever the command promises
        """The one document that `--json` promises on standard output."""
        return json.loads(self.out)

    def expect(self, code: int) -> Ended:
        """Require an exit code, and show both streams where it is another."""
        assert self.code == code, f"exit code {self.code}, not {code}\n{self.err}\n{self.out}"
        return self


@dataclass(frozen=True)
class ReleaseCommand:
    """`release`, called in a repository with an environment of its own."""

    folder: Path
    environment: Mapping[str, str]
    more: dict[str, str] = field(default_factory=dict)
    """Variables that a test sets for every call."""

    def __call__(self, *words: str, folder: Path | str | None = None, **variables: str) -> Ended:
        """Call it in this process, which is quick and measured."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(folder or self.folder)
            for name in os.environ.keys() - self._variables(variables).keys():
                patch.delenv(name)
            for name, value in self._variables(variables).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(list(words))
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())

    def apart(self, *words: str, folder: Path | str | None = None, **variables: str) -> Ended:
        """Call it as a process of its own, as a user does."""
        with self.start(*words, folder=folder, **variables) as process:
            out, err = process.communicate()
        return Ended(process.returncode, out, err)

    def start(self, *words: str, folder: Path | str | None = None, **variables: str) -> subprocess.Popen[str]:
        """Start it and give the process, for tests that interrupt it; what it starts is written down."""
        audited = {"PYTHONPATH": str(AUDITED), "TESTS_ARGUMENTS": str(self.folder.parent / "arguments.txt")}
        return subprocess.Popen(
            [sys.executable, "-m", "release", *words],
            cwd=folder or self.folder,
            env=audited | self._variables(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def _variables(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {**self.environment, **self.more, **variables}
