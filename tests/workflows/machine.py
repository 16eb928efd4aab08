"""The machine that jobs run on: always at the same paths, with Pythons that Hatch is installed into once.

Hatch keys its environments by the folder of the project, so that the same work folder finds them made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY: Final = "wheelyard/wheelyard"
INSTALL: Final = (
    "python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement tools/locks/hatch.txt"
)
"""What installs Hatch; it is done once for each Python, by uv and out of the same lock, which takes a tenth of pip."""
_OUTSIDE: Final = dict(os.environ)
"""The environment as it was: what a runner has from the start is fetched with it, once for all jobs."""
_OF_THIS_RUN: Final = ("HATCH_", "PYTHON", "UV_BUILD_CONSTRAINT", "UV_CONSTRAINT", "VIRTUAL_ENV")
"""What the environment of the tests themselves sets."""
_PROGRAMS: Final = ("bash", "git", "java", "tar", "sh")


class Machine:
    """A machine of GitHub's own; what a job leaves there is gone before the next.

    Of other Pythons than the running one it has those that are named, if this machine has them.
    """

    def __init__(self, root: Path, *versions: str) -> None:
        self.root = root
        self._versions = versions
        self.workspace = root.joinpath("work", *REPOSITORY.split("/")[-1:] * 2)
        self.home = root / "home"
        self.temporary = root / "work" / "_temp"
        self._pythons = root / "pythons"
        self.missing: set[str] = set()
        """Pythons that jobs asked for, and the running one took the place of."""

    @property
    def path(self) -> str:
        """Where a job finds programs before an action adds any."""
        found = {Path(place).parent for name in _PROGRAMS if (place := shutil.which(name))}
        return os.pathsep.join(dict.fromkeys([*map(str, sorted(found)), "/usr/bin", "/bin"]))

    def clean(self) -> None:
        """Take away what the job before has left."""
        for folder in (self.workspace, self.home, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

    def python(self, version: str) -> str:
        """Give the version that is taken for one that is asked for, and remember what is not here."""
        if version in self._versions and find_interpreter(version):
            return version
        self.missing.add(version)
        return f"{sys.version_info.major}.{sys.version_info.minor}"

    def programs(self, version: str) -> Path:
        """Give the folder with `python` and `hatch` of a version that is here."""
        return self._pythons / version / "bin"

    def data(self, version: str) -> Path:
        """Give the folder in which Hatch of a version keeps its environments."""
        return self._pythons / version / "hatch"

    def prepare(self, version: str, origin: Path) -> None:
        """Make a Python with Hatch, and the environment of this project's commands, as the origin's main has them."""
        if (self._pythons / version / "ready").is_file():
            return
        interpreter = find_interpreter(version) or Path(sys.executable)
        folder, aside = self._pythons / version, self.root / "aside"
        self.workspace.rename(aside)
        _run("git", "clone", "--quiet", str(origin), str(self.workspace))
        lock = self.workspace / "tools" / "locks" / "hatch.txt"
        _run(_uv(), "venv", "--quiet", "--seed", "--python", str(interpreter), str(folder))
        _run(
            _uv(), "pip", "install", "--quiet", "--python", str(folder), "--require-hashes", "--requirement", str(lock)
        )
        hatch = {"HATCH_DATA_DIR": str(self.data(version)), "PATH": f"{folder / 'bin'}{os.pathsep}{self.path}"}
        _run(str(folder / "bin" / "hatch"), "env", "create", "default", folder=self.workspace, **hatch)
        (folder / "ready").touch()
        shutil.rmtree(self.workspace)
        aside.rename(self.workspace)


def find_interpreter(version: str) -> Path | None:
    """Find a Python by its version, on the PATH or beside the one that runs."""
    for folder in _folders(version):
        program = folder / f"python{version}"
        if program.is_file() and subprocess.run([program, "-c", ""], check=False, capture_output=True).returncode == 0:
            return program
    return None


def _folders(version: str) -> Iterator[Path]:
    beside = Path(sys.base_prefix).parent
    yield from sorted(beside.glob(f"{version}.*/bin"), reverse=True)
    yield from map(Path, os.get_exec_path(_OUTSIDE))


def _uv() -> str:
    from uv import find_uv_bin  # noqa: PLC0415  # it looks for the program when it is asked

    return find_uv_bin()


def _run(*words: str, folder: Path | None = None, **more: str) -> None:
    kept: Mapping[str, str] = {name: value for name, value in _OUTSIDE.items() if not name.startswith(_OF_THIS_RUN)}
    done = subprocess.run(words, cwd=folder, env={**kept, **more}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
