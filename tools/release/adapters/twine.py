"""twine's check, which says whether an index would take the metadata and render the description."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stdout
from threading import Lock
from typing import TYPE_CHECKING

from release.adapters.libraries import await_library

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ONE_AT_A_TIME = Lock()  # twine prints its verdicts, and a process has one standard output


class _Heard(logging.Handler):
    """Keeps what twine logs."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


class Twine:
    """The door to twine."""

    def objections(self, paths: Iterable[Path]) -> str:
        """Run `twine check --strict`: give what it objects to, nothing if it objects to nothing."""
        await_library("twine.commands.check")
        from twine.commands.check import check  # noqa: PLC0415  # half a second that only a release pays
        from twine.exceptions import TwineException  # noqa: PLC0415

        logger, heard = logging.getLogger("twine"), _Heard()
        with _ONE_AT_A_TIME, redirect_stdout(io.StringIO()):
            logger.addHandler(heard)
            try:
                failed = check([str(path) for path in paths], strict=True)
            except TwineException as error:
                return str(error)
            finally:
                logger.removeHandler(heard)
        return "; ".join(heard.said) or "twine refused it" if failed else ""
