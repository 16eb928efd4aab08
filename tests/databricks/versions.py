"""Environments with each Python and each `cryptography` that a cluster's node may have, kept in pytest's cache."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from tests.matrix import find_interpreter
from tests.outside import run_uv

HERE = Path(__file__).parent
LOCKS = sorted((HERE / "locks").glob("cryptography-*.txt"))
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"


def _find(python: str) -> str | None:
    if python == OWN:
        return sys.executable
    folder = find_interpreter(python)
    return str(folder / f"python{python}") if folder else None


INTERPRETERS = {python: found for python in PYTHONS if (found := _find(python))}
"""Where each Python is that is here; looked for before a test takes away what the machine has set."""


def make_environment(python: str, lock: Path, kept: Path) -> str:
    """Give the interpreter of an environment with what is locked, made by digest when it is not kept yet."""
    interpreter = INTERPRETERS[python]
    state = hashlib.sha256(lock.read_bytes() + interpreter.encode()).hexdigest()
    folder = kept / f"{python}-{lock.stem}"
    program, seal = folder / "bin" / "python", folder / "complete"
    if seal.is_file() and seal.read_text() == state:
        return str(program)
    shutil.rmtree(folder, ignore_errors=True)
    run_uv("venv", "--quiet", "--python", interpreter, str(folder))
    words = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--python", str(program))
    run_uv("pip", "install", *words, "--requirement", str(lock))
    seal.write_text(state)
    return str(program)
