"""Opening what should be a plain file and may be a pipe, a device or a folder."""

from __future__ import annotations

import os
import stat

# A pipe opened without O_NONBLOCK waits for a writer for ever; Windows reads text unless told O_BINARY.
FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotRegularError(OSError):
    """What has the name is not a plain file, or is longer than such a file ever is."""


def open_regular(path: str) -> tuple[int, int]:
    """Open a plain file and give its descriptor, for the caller to close, and its size in bytes; or raise OSError."""
    descriptor = os.open(path, FLAGS)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise NotRegularError(None, "not a regular file", path)
    return descriptor, found.st_size


def read_regular(path: str, most: int) -> bytes:
    """Read a whole plain file of at most so many bytes, or raise OSError."""
    descriptor, size = open_regular(path)
    with os.fdopen(descriptor, "rb") as stream:
        if size > most:
            raise NotRegularError(None, f"longer than {most} bytes", path)
        return stream.read()
