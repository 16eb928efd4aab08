"""Pythons of this machine, by their minor version: on the PATH, or among pyenv's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from release.adapters.process import run
from release.errors import GateUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SECONDS = 20.0
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def find_python(minor: str, environment: Mapping[str, str], named: str = "") -> str:
    """Give an interpreter that runs and is of this minor version; GateUnavailable where there is none."""
    tried = [named] if named else list(dict.fromkeys(_candidates(minor, environment)))
    for each in tried:
        if _is_of(each, minor, environment):
            return each
    where = named or "on the PATH, or below ~/.pyenv/versions"
    raise GateUnavailable(
        f"there is no CPython {minor} here ({where}), which the runtime has: nothing was proven, and nothing written",
        hint=f"install it (`uv python install {minor}`, `pyenv install {minor}`), or name one: --python PATH",
    )


def _candidates(minor: str, environment: Mapping[str, str]) -> Iterator[str]:
    if minor == f"{sys.version_info.major}.{sys.version_info.minor}":
        yield sys.executable
    pyenv = Path(environment.get("PYENV_ROOT") or Path(environment.get("HOME", "/"), ".pyenv"))
    managed = Path(environment.get("HOME", "/"), ".local", "share", "uv", "python")
    folders = [Path(each) for each in environment.get("PATH", os.defpath).split(os.pathsep) if each]
    folders += sorted(pyenv.glob(f"versions/{minor}.*/bin"), reverse=True)
    folders += sorted(managed.glob(f"cpython-{minor}.*/bin"), reverse=True)
    yield from (str(folder / f"python{minor}") for folder in folders if (folder / f"python{minor}").is_file())


def _is_of(program: str, minor: str, environment: Mapping[str, str]) -> bool:
    """Whether it runs: pyenv has a program on the PATH for each version that any project of the machine has."""
    try:
        done = run([program, "-I", "-c", _VERSION], cwd=Path("/"), environment=environment, seconds=_SECONDS)
    except OSError:
        return False
    return done.code == 0 and done.output.strip() == minor
