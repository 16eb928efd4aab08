"""Environments of runtimes, kept in pytest's cache: real where a node uses it, metadata for the rest of a table.

The wheels are locked in `locks/<runtime>.txt`, by digest; a tenth of a runtime's size, and pip lists the same.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from release.adapters.runtimes import lay_metadata
from release.steps.runtime_tables import in_folder, read_runtimes
from tests.databricks.versions import INTERPRETERS
from tests.outside import run_uv

if TYPE_CHECKING:
    from release.model.runtime import Runtime

ROOT: Final = Path(__file__).parents[2]
LOCKS: Final = Path(__file__).parent / "locks"
NAMES: Final = ("14.3", "15.4", "16.4", "17.3")
RUNTIMES: Final = {each.name: each for each in read_runtimes(in_folder(ROOT), NAMES)}
HERE: Final = tuple(name for name, each in RUNTIMES.items() if each.python in INTERPRETERS)
"""The runtimes whose Python is on this machine."""
VOLUME: Final = "/Volumes/main/libraries/wheelyard"


def make_environment(name: str, kept: Path) -> Path:
    """Give a folder whose `databricks/python` is laid over a node's."""
    runtime = RUNTIMES[name]
    needed = f"{name} needs CPython {runtime.python}: install it, with pyenv or on the PATH"
    assert runtime.python in INTERPRETERS, needed
    state = hashlib.sha256(
        b"\0".join([Path(__file__).read_bytes(), (LOCKS / f"{name}.txt").read_bytes(), repr(runtime).encode()])
    )
    state.update(INTERPRETERS[runtime.python].encode())
    root = kept / f"{name}-{state.hexdigest()[:12]}"
    if not (root / "complete").is_file():
        for old in (*kept.glob(f"{name}-*"), root):
            shutil.rmtree(old, ignore_errors=True)
        _make(runtime, root)
        (root / "complete").touch()
    return root


def site_packages(runtime: Runtime) -> str:
    """Give where a node's distributions are, from the machine's root, without a slash at its beginning."""
    return f"databricks/python/lib/python{runtime.python}/site-packages"


def _make(runtime: Runtime, root: Path) -> None:
    home = root / "databricks" / "python"
    run_uv("venv", "--quiet", "--no-project", "--python", INTERPRETERS[runtime.python], str(home))
    words = ("--quiet", "--compile-bytecode", "--no-deps", "--require-hashes", "--only-binary", ":all:")
    lock = str(LOCKS / f"{runtime.name}.txt")
    run_uv("pip", "install", *words, "--python", str(home / "bin" / "python"), "--requirement", lock)
    packages = root / site_packages(runtime)
    real = {path.name for path in packages.glob("*.dist-info")}
    described = lay_metadata(runtime, root / "described")
    for path in described.iterdir():
        if path.name not in real:
            path.rename(packages / path.name)
    shutil.rmtree(described)
