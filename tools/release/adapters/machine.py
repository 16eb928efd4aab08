"""This machine, for whoever asks how it is: its programs, its disks, and its ways out."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import uv

from release.adapters.process import Ran, run
from release.errors import Incomplete

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_FOUND = 127
_SECONDS = 10.0
_NETWORK_SECONDS = 8.0
_REF = re.compile(r"^(?P<oid>[0-9a-f]{40,64})\trefs/tags/(?P<name>.+?)(?P<peeled>\^\{\})?$", re.MULTILINE)
_WEB = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?::\d+)?/"
    r"|(?:[^@/:]+@)?(?P<host_of_scp>[\w-]+(?:\.[\w-]+)+):)"
    r"(?P<path>[\w.~-]+?(?:/[\w.~-]+?)*?)(?:\.git)?/?"
)
_DEFAULTS = {"GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oConnectTimeout=5"}
_FIXED = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", "NO_COLOR": "1", "UV_PYTHON_DOWNLOADS": "never"}


class Machine:
    """The door to it; every question has a limit, and none waits for somebody to type."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = {**_DEFAULTS, **environment, **_FIXED}
        self._folder = folder

    @property
    def java(self) -> str:
        """The program that Spark would start: JAVA_HOME's, else the PATH's."""
        home = self._environment.get("JAVA_HOME")
        return str(Path(home, "bin", "java")) if home else "java"

    def ask(self, *words: str) -> Ran:
        """Run a program for what it says; 127 where there is none."""
        return self._run(*words, seconds=_SECONDS)

    def ask_uv(self) -> Ran:
        """Ask uv for its version."""
        return self.ask(uv.find_uv_bin(), "--version")

    def ask_index(self, pin: str) -> Ran:
        """Find one version in the index, as uv is configured, with nothing from any cache."""
        with tempfile.TemporaryDirectory() as scratch:
            asked = Path(scratch, "requirements.in")
            asked.write_text(f"{pin}\n", encoding="utf-8")
            words = ("pip", "compile", "--no-cache", "--no-deps", "--quiet", "--python", sys.executable, str(asked))
            return self._run(uv.find_uv_bin(), *words, seconds=_NETWORK_SECONDS)

    def remotes(self) -> tuple[str, ...]:
        """Give the names of the repository's remotes."""
        ran = self.ask("git", "remote")
        return () if ran.code else tuple(ran.output.split())

    def web_address(self, remote: str) -> str:
        """Give where a browser finds the repository, by its remote's address, without any secret in it."""
        match = _WEB.fullmatch(self.ask("git", "remote", "get-url", remote).output.strip())
        return f"https://{match['host'] or match['host_of_scp']}/{match['path']}" if match else ""

    def remote_tags(self, remote: str) -> Mapping[str, str]:
        """Give the commit of every tag at a remote."""
        ran = self._run("git", "ls-remote", "--tags", remote, seconds=_NETWORK_SECONDS)
        if ran.code:
            raise Incomplete(f"{remote} does not answer: {ran.last_lines}", hint=f"git ls-remote --tags {remote}")
        commits: dict[str, str] = {}
        for match in _REF.finditer(ran.output):  # what is peeled comes after the tag that holds it
            commits[match["name"]] = match["oid"]
        return commits

    def free_bytes(self, folder: Path) -> int:
        """Give the room that is left where a folder is or would be."""
        return shutil.disk_usage(_existing(folder)).free

    def objection_to_writing(self, folder: Path) -> str:
        """Try to write where a folder is or would be; say what speaks against it."""
        try:
            with tempfile.TemporaryFile(dir=_existing(folder)) as trial:
                trial.write(b"\0")
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def _run(self, *words: str, seconds: float) -> Ran:
        try:
            return run(words, cwd=self._folder, environment=self._environment, seconds=seconds)
        except OSError as error:
            return Ran(NOT_FOUND, f"{words[0]}: {error.strerror}")


def _existing(folder: Path) -> Path:
    """Give the folder, or the nearest one above it; what stands in its place otherwise is given as it is."""
    return next(each for each in (folder, *folder.parents) if os.path.lexists(each))
