"""uv: exact versions, and throw-away environments made of them."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import uv

from release.adapters.disk import replace_file
from release.adapters.environment import UvEnvironment
from release.adapters.page import render_project
from release.adapters.process import Ran, run
from release.errors import BuildFailed, GateUnavailable, InstallFailed, Unresolvable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from packaging.requirements import Requirement

    from release.model.offer import Offer

MINUTES = 60.0
_REFUSED = 1  # uv's own no: no set of versions fits, a digest is another; whatever keeps it from asking is 2
_REACH = "is the package index reached? hatch run release doctor"
_SPACE = "look at the free space of the temporary folder, and run the same command again"
_NOT_ASKED = "could not be queried"  # what uv says where an index answers 401 or 403, before it goes on without it
_OLDEST_PYTHON = "3.10"
# A resolver that has no way out to fetch an interpreter would wait for it in vain.
_FIXED = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}


class Uv:
    """The door to uv."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._program = uv.find_uv_bin()
        self._environment = {**environment, **_FIXED}
        self.search_path = environment.get("PATH", os.defpath)
        self.java_home = {name: value for name, value in environment.items() if name == "JAVA_HOME" and value}
        self._laying = Lock()

    def ask(self, *words: str, cwd: Path, minutes: float = 10, without: frozenset[str] = frozenset()) -> Ran:
        """Run one uv command, without some of the variables if that is wanted."""
        environment = {name: value for name, value in self._environment.items() if name not in without}
        return run([self._program, *words, "--quiet"], cwd=cwd, environment=environment, seconds=minutes * MINUTES)

    def environment(self, folder: Path, python: str | None = None) -> UvEnvironment:
        """Make an empty environment with this process's Python, or with another: a path, or a version like 3.10."""
        made = self.ask("venv", "--python", python or sys.executable, "--no-project", str(folder), cwd=folder.parent)
        if made.code:
            raise BuildFailed(
                f"no environment could be made at {folder}: {made.last_lines}",
                hint=f"is {python} a Python of this machine? `uv python list` shows them" if python else _SPACE,
            )
        return UvEnvironment(self, folder)

    def resolve(
        self, wanted: Sequence[Requirement], ours: Mapping[str, Sequence[Offer]], as_of: datetime, lock: Path
    ) -> datetime | None:
        """Lock a closure for every Python and platform, from the index as it stood at a time.

        Where the index gives no upload times, or nothing fits that early, the closure of today is taken, and None
        says so. What has no wheel is no version that fits: building it would run its code here, and a cluster does not
        build. Our own names come from our own offers alone, whatever another index has under them.
        """
        shelf = lay_pages(lock.parent / "ours", ours)
        asked = lock.with_name("requirements.in")
        asked.write_text("".join(f"{each}\n" for each in wanted))
        words = ["pip", "compile", str(asked), "--output-file", str(lock), "--format", "pylock.toml", "--universal"]
        words += ["--python", sys.executable, "--python-version", _OLDEST_PYTHON]  # else every Python here is asked
        # Named here, --index takes the place of UV_INDEX: its own follow ours, in their order.
        for index in (shelf.as_uri(), *self._environment.get("UV_INDEX", "").split()):
            words += ["--index", index]
        words += ["--index-strategy", "first-index", "--prerelease", "if-necessary-or-explicit", "--no-build"]
        early = ["--exclude-newer", as_of.isoformat()]
        early += [word for name in ours for word in ("--exclude-newer-package", f"{name}=false")]
        done = self.ask(*words, *early, cwd=lock.parent)
        if done.code == 0:
            return as_of
        if done.code == _REFUSED:
            done = self.ask(*words, cwd=lock.parent)
        require_answer(done)
        return None

    def unpack(self, lock: Path, folder: Path) -> None:
        """Lay what a lock names side by side, to read what it says of itself."""
        words = ("--python", sys.executable, "--target", str(folder), "-r", str(lock))
        self.install_hashed("pip", "install", "--no-deps", "--no-build", *words, cwd=lock.parent)

    def install_hashed(self, *words: str, cwd: Path) -> None:
        """Install what is named by digest: what is at hand is then as good as what the index has."""
        if self.ask(*words, "--offline", cwd=cwd).code == 0:
            return
        done = self.ask(*words, cwd=cwd)
        if done.code == _REFUSED:
            raise InstallFailed(done.last_lines)
        if done.code:
            raise GateUnavailable(done.last_lines, hint=_REACH)

    def beside(self, lock: Path, folder: Path) -> Path:
        """Lay what a lock names into a folder for others to append to their path; once, whoever asks first."""
        with self._laying:
            if not folder.is_dir():
                words = ("--python", sys.executable, "--target", str(folder), "-r", str(lock))
                self.install_hashed("pip", "install", "--require-hashes", *words, cwd=lock.parent)
        return folder

    @cached_property
    def has_java(self) -> bool:
        """Whether a Spark session could start: by the PATH, or by JAVA_HOME."""
        homes = (f"{home}/bin" for home in self.java_home.values())
        return shutil.which("java", path=os.pathsep.join([*homes, self.search_path])) is not None


def lay_pages(folder: Path, ours: Mapping[str, Sequence[Offer]]) -> Path:
    """Lay a page for each of our own names, so that no other index is asked about it: `--index` takes the folder."""
    for name, offers in ours.items():
        replace_file(folder / name / "index.html", render_project(name, offers))
    return folder


def require_answer(done: Ran) -> None:
    """Refuse what has no answer, and what could not be asked."""
    if done.code == _REFUSED and _NOT_ASKED not in done.output:
        raise Unresolvable(done.last_lines, hint="mend project.dependencies, or release what is missing first")
    if done.code:
        raise GateUnavailable(done.last_lines, hint=_REACH)
