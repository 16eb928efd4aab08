"""Files that are there whole or not at all, whatever ends the process that writes them."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from release.adapters.process import go_on_or_stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PART = ".part"
_PATIENCE = 0.5
"""Seconds until whoever waits for the lock says so, and looks whether to go on."""
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS})
_log = logging.getLogger(__name__)
_ours: dict[Path, Lock] = {}
"""Which thread writes below a folder: whoever waits for the kernel's word looks only now and then."""


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
        _put_in_place(part, path)
        _settle_folder(path.parent)


def sweep(folder: Path) -> None:
    """Take away what a process that was killed left half-written; nobody else may be writing here."""
    for part in folder.glob(f".*{_PART}"):
        part.unlink(missing_ok=True)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Be the only process that writes below a folder; the kernel gives way when the holder ends, however it ends.

    Whoever waits says so, and stops waiting when this run is stopped.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  # 0.03 s that only whoever writes pays

    folder.mkdir(parents=True, exist_ok=True)
    ours, lock = _ours.setdefault(folder, Lock()), FileLock(folder / ".lock")

    def take() -> bool:
        try:
            lock.acquire(timeout=_PATIENCE)
        except Timeout:
            return False
        return True

    _insist(partial(ours.acquire, timeout=_PATIENCE))
    try:
        _insist(take, f"waiting: another release is writing below {folder}")
        try:
            yield
        finally:
            lock.release()
    finally:
        ours.release()


def _insist(take: Callable[[], bool], said: str = "") -> None:
    for tries in count():
        go_on_or_stop()
        if take():
            return
        if said and not tries:
            _log.warning(said)


def _put_in_place(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A FAT disk or some network's folder: a rename is as whole, but it would replace what stands there. Whoever
        # adds a file holds the lock, so that nothing comes between the question and the rename.
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        part.rename(path)


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
