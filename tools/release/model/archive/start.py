"""Files that Python runs in every process as soon as they lie in its library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.archive.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import PurePosixPath

    from release.model.archive.reason import Opened

_CUSTOMIZERS = frozenset({"sitecustomize", "usercustomize"})


def refuse_code_at_start(opened: Opened, paths: Iterable[PurePosixPath]) -> None:
    """Refuse a `.pth` wherever it is, since a data folder may lead anywhere, and a module that `site` imports."""
    for path in paths:
        if path.suffix.lower() == ".pth" or path.name.lower() == ".pth":
            said = f"holds {str(path)!a}" if not path.as_posix().isascii() else f"holds {path}"
            raise opened.refused(Reason.RUNS_AT_START, f"{said}: a .pth runs code in every Python")
        if path.parts[0].partition(".")[0].lower() in _CUSTOMIZERS:
            raise opened.refused(
                Reason.RUNS_AT_START, f"holds {str(path)!a}, which every Python imports when it starts"
            )
