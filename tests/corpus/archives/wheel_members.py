"""Wheels with members that are no plain files, of wrong sizes, or far larger than they look."""

from __future__ import annotations

import stat
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import OUTSIDE, Case
from tests.corpus.archives.wheel_parts import INFO, SOURCE, parts_of, wheel_and, wheel_changed, wheel_with
from tests.corpus.archives.zip_parts import MOMENT, STORED, Part, deflate, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.corpus.archives.zip_parts import Headers

_PACKED = deflate(SOURCE)
_MEBIBYTE = 1024**2
_SIZE = len(SOURCE)


def _both(**said: int) -> Headers:
    return {"local": said, "central": said}


def _odd(kind: int, target: bytes = b"", name: str = "alpha/odd") -> Callable[[], bytes]:
    """Add a member of a kind of its own, which RECORD lists."""
    return lambda: zip_of(
        replace(part, mode=kind | 0o644) if part.name == name else part for part in parts_of({name: target})
    )


def _lying(size: int) -> bytes:
    zeros = bytes(4 * _MEBIBYTE)
    return wheel_changed(content=zeros, **_both(size=size))


_KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "link": (_odd(stat.S_IFLNK, b"__init__.py"), "a link to its neighbour"),
    "link-absolute": (_odd(stat.S_IFLNK, f"{OUTSIDE}/secret".encode()), "a link to an absolute path"),
    "link-parent": (_odd(stat.S_IFLNK, b"../../../secret"), "a link that leads out"),
    "link-in-scripts": (_odd(stat.S_IFLNK, b"/bin/sh", "alpha-1.0.data/scripts/run"), "a link for a command"),
    "link-metadata": (partial(wheel_changed, f"{INFO}/METADATA", mode=stat.S_IFLNK | 0o644), "METADATA is a link"),
    "link-on-fat": (
        partial(wheel_changed, central={"made": 20, "attributes": (stat.S_IFLNK | 0o644) << 16}),
        "a link from a system that has none",
    ),
    "link-with-archive-bit": (
        partial(wheel_changed, central={"attributes": (stat.S_IFLNK | 0o777) << 16 | 0x20}),
        "a link with the attributes of a file",
    ),
    "fifo": (_odd(stat.S_IFIFO), "a named pipe"),
    "character-device": (_odd(stat.S_IFCHR), "a character device"),
    "block-device": (_odd(stat.S_IFBLK), "a block device"),
    "socket": (_odd(stat.S_IFSOCK), "a socket"),
    "unknown": (_odd(0o170000), "a kind that no system has"),
    "label": (partial(wheel_changed, central={"attributes": 0x08}), "the label of a volume"),
    "folder-by-mode": (_odd(stat.S_IFDIR, SOURCE), "a folder by its mode, a file by its name"),
    "folder-by-attribute": (partial(wheel_changed, central={"attributes": 0x10}), "a folder by its attributes"),
    "file-by-mode": (partial(wheel_and, Part("alpha/sub/", mode=0o100644)), "a file by its mode, a folder by its name"),
}
_MODES = {"setuid": 0o4755, "setgid": 0o2755, "sticky": 0o1644}
_SIZES: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "more-declared": (
        partial(wheel_changed, **_both(size=_SIZE + 1)),
        Reason.WRONG_SIZE,
        "unpacks to less than declared",
    ),
    "less-declared": (
        partial(wheel_changed, **_both(size=_SIZE - 1)),
        Reason.WRONG_SIZE,
        "unpacks to more than declared",
    ),
    "none-declared": (partial(wheel_changed, **_both(size=0, crc=0)), Reason.WRONG_SIZE, "is empty by its headers"),
    "stored-more": (
        partial(wheel_changed, method=STORED, **_both(size=_SIZE + 1)),
        Reason.WRONG_SIZE,
        "is stored, with two sizes",
    ),
    "stored-less": (
        partial(wheel_changed, method=STORED, **_both(size=1)),
        Reason.WRONG_SIZE,
        "is stored, and cut by its size",
    ),
    "packed-more": (
        partial(wheel_changed, **_both(compressed=len(_PACKED) + 9)),
        Reason.WRONG_SIZE,
        "reaches into the next member",
    ),
    "packed-far": (partial(wheel_changed, **_both(compressed=10**9)), Reason.WRONG_SIZE, "reaches beyond the file"),
    "packed-less": (
        partial(wheel_changed, **_both(compressed=len(_PACKED) - 1)),
        Reason.HIDDEN_DATA,
        "ends before its stream does",
    ),
    "stream-and-more": (
        partial(wheel_changed, packed=_PACKED + b"payload"),
        Reason.WRONG_SIZE,
        "holds bytes behind its stream",
    ),
    "stream-twice": (partial(wheel_changed, packed=_PACKED * 2), Reason.WRONG_SIZE, "holds a second stream"),
    "stream-cut": (partial(wheel_changed, packed=_PACKED[:-2]), Reason.WRONG_SIZE, "breaks off"),
    "stream-broken": (partial(wheel_changed, packed=b"\xff" * 9), Reason.BAD_STREAM, "is no deflate stream"),
    "stream-none": (partial(wheel_changed, packed=b""), Reason.WRONG_SIZE, "has no stream"),
    "checksum": (
        partial(wheel_changed, **_both(crc=1)),
        Reason.WRONG_CHECKSUM,
        "has another checksum, in both headers",
    ),
    "checksum-stored": (
        partial(wheel_changed, method=STORED, packed=SOURCE.upper()),
        Reason.WRONG_CHECKSUM,
        "was changed after it was packed",
    ),
    "bomb": (partial(wheel_with, {"alpha/zeros": bytes(4 * _MEBIBYTE)}), Reason.ABSURD_COMPRESSION, "4 MiB in 4 KB"),
    "bomb-unrecorded": (
        partial(wheel_and, Part("alpha/zeros", bytes(4 * _MEBIBYTE))),
        Reason.ABSURD_COMPRESSION,
        "the same, unrecorded",
    ),
    "bomb-of-many": (
        partial(wheel_with, {f"alpha/zeros{number}": bytes(_MEBIBYTE) for number in range(5)}),
        Reason.ABSURD_COMPRESSION,
        "five members of 1 MiB in 1 KB each",
    ),
    "bomb-undeclared": (partial(_lying, 1024), Reason.WRONG_SIZE, "4 MiB that are declared as 1 KiB"),
    "bomb-in-metadata": (
        partial(
            wheel_with,
            {f"{INFO}/METADATA": b"Metadata-Version: 2.4\nName: alpha\nVersion: 1.0\n\n" + b" " * 2 * _MEBIBYTE},
        ),
        Reason.ABSURD_COMPRESSION,
        "METADATA of 2 MiB of spaces",
    ),
    "declared-huge": (partial(wheel_changed, **_both(size=2**31)), Reason.TOO_LARGE, "2 GiB by its headers"),
    "time-of-no-day": (
        partial(wheel_changed, local={"date": 0}, central={"date": MOMENT[1]}),
        Reason.HEADER_MISMATCH,
        "a day that is none in one header",
    ),
}
CASES = (
    *(Case(f"member-{key}", what, make, Reason.NOT_A_FILE) for key, (make, what) in _KINDS.items()),
    *(
        Case(
            f"member-{key}",
            f"a file of mode {mode:04o}",
            partial(wheel_changed, mode=0o100000 | mode),
            Reason.SPECIAL_MODE,
        )
        for key, mode in _MODES.items()
    ),
    *(Case(f"size-{key}", what, make, reason) for key, (make, reason, what) in _SIZES.items()),
)
