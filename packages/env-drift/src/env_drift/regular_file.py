"""Reading what should be a plain file and may be a pipe, a device or a folder."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A pipe opened without O_NONBLOCK waits for a writer for ever; Windows reads text unless told O_BINARY.
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotRegularError(OSError):
    """What has the name is not a file."""


@contextmanager
def open_regular(path: str) -> Iterator[tuple[int, int]]:
    """Open a file and give its descriptor and its size in bytes; OSError where it is not a plain file."""
    descriptor = os.open(path, FLAGS)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotRegularError(None, "not a regular file", path)
        yield descriptor, found.st_size
    finally:
        os.close(descriptor)


def read_regular(path: str, most: int) -> bytes:
    """Read a whole file of at most so many bytes; OSError where it is longer or not a plain file."""
    with open_regular(path) as (descriptor, size):
        if size > most:
            raise NotRegularError(None, f"longer than {most} bytes", path)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return stream.read(most)
