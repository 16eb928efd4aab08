"""Reading a lock, whatever its form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from env_drift.errors import LockError
from env_drift.pylock_file import read_pylock
from env_drift.requirements_file import read_requirements, read_text

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from env_drift.lock import Lock

FOREIGN = {
    "uv.lock": "uv export --format pylock.toml",
    "poetry.lock": "poetry export",
    "pdm.lock": "pdm export",
    "Pipfile.lock": "pipenv requirements --hash",
}


def read_lock(path: str | os.PathLike[str], *, extras: Iterable[str] = (), groups: Iterable[str] | None = None) -> Lock:
    """
    Read a `pylock.toml` (any name that ends in `.toml`) or a requirements file (any other name).

    `extras` and `groups` say which of a pylock's extras and dependency groups are installed; without `groups`, its
    default groups are. Raises LockError where the file is unreadable, empty or not a lock from end to end.
    """
    file = Path(path)
    if file.name in FOREIGN:
        raise LockError(f"{file}: only its own tool reads this form\nhint: `{FOREIGN[file.name]}` makes a lock of it")
    text = read_text(file)
    if file.suffix == ".toml":
        return read_pylock(file, text, extras, groups)
    if tuple(extras) or groups:
        raise LockError(f"{file}: a requirements file has no extras or groups to choose from")
    lock = read_requirements(file, text)
    if not lock.entries:
        raise LockError(f"{file}: pins nothing")
    return lock
