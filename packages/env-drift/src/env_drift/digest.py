"""Files beside the digests that RECORD gives them, on several threads."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING

from env_drift.difference import Difference, Kind
from env_drift.errors import LookError
from env_drift.regular_file import NotRegularError, open_regular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from env_drift.record import Row

BLOCK = 1024 * 1024
"""Bytes read at a time."""
TOGETHER = 128
"""Files that a thread takes at a time."""
NOT_THERE = {
    errno.ENOENT: "gone",
    errno.ENOTDIR: "gone",
    errno.ENAMETOOLONG: "not a possible name",
    errno.ELOOP: "a link to itself",
    errno.ENXIO: "not a regular file",
}


def find_modified(rows: Sequence[Row]) -> tuple[Difference, ...]:
    """Read every file and name those that are not as listed; one that may not be read is a LookError."""
    parts = [rows[start : start + TOGETHER] for start in range(0, len(rows), TOGETHER)]
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as threads:
        return tuple(chain.from_iterable(threads.map(_verify_all, parts)))


def _verify_all(rows: Sequence[Row]) -> list[Difference]:
    return [made for row in rows if (made := _verify(row))]


def _verify(row: Row) -> Difference | None:
    try:
        descriptor, size = open_regular(row.file)
    except NotRegularError as error:
        return _differ(row, "a regular file", f"{error.strerror}")
    except OSError as error:
        if error.errno not in NOT_THERE:
            raise LookError(f"{row.file}: cannot be read: {error.strerror}") from error
        return _differ(row, f"{row.algorithm}={row.digest}", NOT_THERE[error.errno])
    try:
        if row.size not in (None, size):
            return _differ(row, f"{row.size} bytes long", f"{size}")
        digest = _digest(descriptor, row.algorithm, size)
    except OSError as error:
        raise LookError(f"{row.file}: cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    return None if digest == row.digest else _differ(row, f"{row.algorithm}={row.digest}", f"{row.algorithm}={digest}")


def _digest(descriptor: int, algorithm: str, size: int) -> str:
    made = hashlib.new(algorithm)
    while block := os.read(descriptor, min(size + 1, BLOCK)):
        made.update(block)
    return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


def _differ(row: Row, expected: str, found: str) -> Difference:
    return Difference(Kind.MODIFIED, row.name, expected, found, row.file)
