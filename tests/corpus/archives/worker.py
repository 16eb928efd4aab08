"""A process that asks pip or twine about many archives, as it takes longer to start than to answer.

`python -m tests.corpus.archives.worker TOOL` reads a JSON list of [archive, folder] pairs from standard input, and
writes whether the tool takes each; pip installs wheels below the folder, and unpacks sdists there unbuilt.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_INSTALL = ("install", "--isolated", "--no-deps", "--no-index", "--no-compile", "--no-cache-dir", "--no-input")
_QUIET = ("--quiet", "--disable-pip-version-check", "--no-warn-conflicts", "--root-user-action=ignore")


def _pip_takes(archive: str, folder: str) -> bool:
    from pip._internal.cli.main import main  # noqa: PLC0415  # a process asks one tool
    from pip._internal.utils.unpacking import untar_file  # noqa: PLC0415

    if archive.endswith(".whl"):
        return main([*_INSTALL, *_QUIET, "--target", folder, archive]) == 0
    try:
        untar_file(archive, folder)
    except Exception:  # noqa: BLE001  # whatever it is, pip stops
        return False
    return True


def _twine_takes(archive: str, _folder: str) -> bool:
    from twine.cli import dispatch  # noqa: PLC0415

    try:
        return not dispatch(["--no-color", "check", archive])
    except Exception:  # noqa: BLE001  # whatever it is, twine stops
        return False


_TOOLS: dict[str, Callable[[str, str], bool]] = {"pip": _pip_takes, "twine": _twine_takes}


def main() -> None:
    """Answer what is asked on standard input."""
    takes = _TOOLS[sys.argv[1]]
    asked: list[tuple[str, str]] = json.load(sys.stdin)
    said = io.StringIO()
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        answers = [takes(archive, folder) for archive, folder in asked]
    logging.shutdown()
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
