"""Files that are there whole or not at all, whatever ends the process that writes them."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = ".part"


def replace_file(path: Path, content: bytes) -> None:
    """Put bytes in place of whatever stood there; a file that holds them already is left alone."""
    if path.is_file() and path.read_bytes() == content:
        return
    with _part(path.parent) as part:
        part.write_bytes(content)
        _settle_file(part)
        part.replace(path)
        _settle_folder(path.parent)


def add_file(source: Path, path: Path) -> None:
    """Put a copy of a file where none stands; FileExistsError where one does."""
    with _part(path.parent) as part:
        shutil.copyfile(source, part)
        _settle_file(part)
        path.hardlink_to(part)
        _settle_folder(path.parent)


def sweep(folder: Path) -> None:
    """Take away what a process that was killed left half-written; nobody else may be writing here."""
    for part in folder.glob(f".*{_PART}"):
        part.unlink(missing_ok=True)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Be the only process that writes below a folder; the kernel gives way when the holder ends, however it ends."""
    from filelock import FileLock  # noqa: PLC0415  # 0.03 s that only whoever writes pays

    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        yield


@contextmanager
def _part(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=_PART)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _settle_file(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fchmod(stream.fileno(), 0o644)
        os.fsync(stream.fileno())


def _settle_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
