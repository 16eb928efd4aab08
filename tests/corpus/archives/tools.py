"""What pip, uv and twine do with an archive: installed, unpacked and checked for real, where nothing can get out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from uv import find_uv_bin

from tests.corpus.archives.case import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.corpus.archives.case import Case

_DEEP = "a/b/c/d/e/f"  # deeper than any name of the corpus leads upwards
_INSTALL = ("pip", "install", "--quiet", "--no-deps", "--no-index", "--offline", "--no-config")


def ask_tools(cases: Sequence[Case], folder: Path) -> list[dict[str, bool | None]]:
    """Say of each case whether pip, uv and twine take it; uv is not asked about sdists, which it would build."""
    shutil.rmtree(OUTSIDE, ignore_errors=True)
    archives = [case.write(folder / "archives") for case in cases]
    with ThreadPoolExecutor() as pool:
        pip = pool.submit(_ask_worker, "pip", archives, folder / "pip")
        twine = pool.submit(_ask_worker, "twine", archives, folder / "twine")
        uv = _ask_uv(archives, folder / "uv")
    if OUTSIDE.exists():
        raise AssertionError(f"a tool wrote into {OUTSIDE}")
    said = zip(pip.result(), uv, twine.result(), strict=True)
    return [{"pip": one, "uv": two, "twine": three} for one, two, three in said]


def _targets(archives: Iterable[Path], folder: Path) -> list[Path]:
    """Give each archive a folder of its own; its parents hold nothing else."""
    return [folder / archive.parent.name / _DEEP for archive in archives]


def _ask_worker(tool: str, archives: Sequence[Path], folder: Path) -> list[bool]:
    targets = _targets(archives, folder)
    for target in targets:
        target.mkdir(parents=True)
    asked = json.dumps([[str(archive), str(target)] for archive, target in zip(archives, targets, strict=True)])
    words = [sys.executable, "-m", "tests.corpus.archives.worker", tool]
    said = subprocess.run(words, input=asked, text=True, capture_output=True, check=True)
    answers: list[bool] = json.loads(said.stdout)
    return answers


def _ask_uv(archives: Sequence[Path], folder: Path) -> list[bool | None]:
    uv = find_uv_bin()
    once = [
        "--cache-dir",
        str(folder / "cache"),
        "--python",
        sys.executable,
    ]  # or it asks Python about itself each time

    def ask(archive: Path, target: Path) -> bool | None:
        if archive.suffix != ".whl":
            return None
        words = [uv, *_INSTALL, *once, "--target", str(target), str(archive)]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ask, archives, _targets(archives, folder)))
