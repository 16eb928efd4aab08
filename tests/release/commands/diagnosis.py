"""The doctor as tests ask it, and programs that stand in the place of this machine's."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import Ended, ReleaseCommand

Check = dict[str, Any]


class Doctor:
    """The command, and what it says of one check."""

    def __init__(self, release: ReleaseCommand) -> None:
        self._release = release

    def says(self, check: str, *words: str, code: int = 0, **variables: str) -> list[Check]:
        """Give every line about one check, after requiring the exit code."""
        document = self._release("doctor", "--json", *words, **variables).expect(code).document
        assert document["exit_code"] == code
        return [each for each in document["checks"] if each["check"] == check]

    def finds(self, check: str, state: str, *words: str, code: int = 0, **variables: str) -> Check:
        """Require that one check has one line, which is in a state and has a cure."""
        (found,) = self.says(check, *words, code=code, **variables)
        assert (found["state"], found["exit_code"]) == (state, code if state == "failed" else 0), found
        assert bool(found["cure"]) == (state != "ok"), found
        return found

    def refuses(self, *words: str) -> Ended:
        """Require that the words themselves are wrong."""
        return self._release("doctor", *words).expect(2)


class Programs:
    """A folder to find programs in, before or in place of all others."""

    def __init__(self, folder: Path, path: str) -> None:
        folder.mkdir()
        self._folder = folder
        self._path = path

    def fake(self, name: str, script: str) -> None:
        """Put a script in the place of a program."""
        (self._folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (self._folder / name).chmod(0o755)

    @property
    def first(self) -> str:
        """A PATH on which these programs come first."""
        return f"{self._folder}:{self._path}"

    def alone(self, *others: str) -> str:
        """Give a PATH on which there are these programs and the others named, and nothing else."""
        for name in others:
            (self._folder / name).symlink_to(str(shutil.which(name)))
        return str(self._folder)
