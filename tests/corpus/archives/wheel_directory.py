"""Wheels whose directory or end record leads elsewhere, or which are not whole."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import SOURCE, ended, parts_of, wheel_and, wheel_changed, wheel_with
from tests.corpus.archives.zip_parts import EMPTY, Part, end_record, local_header, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

_EVIL = Part("alpha/evil.py", b"evil = True\n")
_FULL = 0xFFFF


def _cut(count: int) -> bytes:
    return wheel_with()[:-count]


def _half() -> bytes:
    return wheel_with()[: len(wheel_with()) // 2]


def _counted(change: int) -> bytes:
    count = len(parts_of()) + change
    return ended(here=count, count=count)


def _moved(change: int) -> bytes:
    size = int.from_bytes(wheel_with()[-6:-2], "little")
    return ended(offset=size + change)


def _sized(change: int) -> bytes:
    size = int.from_bytes(wheel_with()[-10:-6], "little")
    return ended(size=size + change)


def _shared() -> bytes:
    """Let two names of the directory lead to one member."""
    parts = parts_of()
    ghost = replace(_EVIL, content=SOURCE, central={"offset": 0})
    made = zip_of([*parts, ghost])
    begin, end = made.index(local_header(ghost)), made.index(b"PK\x01\x02")
    directory = len(made[begin:end])
    return (
        made[:begin]
        + made[end:-22]
        + end_record({"here": 5, "count": 5, "size": len(made) - 22 - end, "offset": end - directory})
    )


def _quoted() -> bytes:
    """Let a stored member hold the header of the next, which begins inside it."""
    inner = Part("alpha/b.py", SOURCE)
    outer = Part("alpha/a.py", local_header(inner) + inner.body, method=0)
    listed = replace(inner, central={"offset": len(local_header(outer))})
    return zip_of([outer, *parts_of(), listed])


_CASES: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "order": (partial(wheel_with, reverse=True), Reason.LAYOUT, "members in another order than the directory has"),
    "shared": (_shared, Reason.LAYOUT, "two names for one member"),
    "quoted": (_quoted, Reason.LAYOUT, "a member that holds another's header"),
    "listed-nowhere": (
        partial(wheel_changed, central={"offset": 10**6}),
        Reason.LAYOUT,
        "a member that is listed beyond the end",
    ),
    "listed-elsewhere": (
        partial(wheel_changed, "alpha-1.0.dist-info/METADATA", central={"offset": 9}),
        Reason.LAYOUT,
        "a member that is listed where none begins",
    ),
    "counted-more": (partial(_counted, 1), Reason.LAYOUT, "a count of one member too many"),
    "counted-less": (partial(_counted, -1), Reason.HIDDEN_DATA, "a count of one member too few"),
    "counted-none": (partial(ended, here=0, count=0), Reason.NOT_AN_ARCHIVE, "a count of none"),
    "counted-twice": (partial(ended, here=1), Reason.BAD_HEADER, "two counts that differ"),
    "longer": (partial(_sized, 9), Reason.LAYOUT, "a directory longer than it is"),
    "shorter": (partial(_sized, -9), Reason.HIDDEN_DATA, "a directory shorter than it is"),
    "earlier": (partial(_moved, -9), Reason.LEADING_DATA, "a directory that begins earlier"),
    "later": (partial(_moved, 9), Reason.LAYOUT, "a directory that begins later"),
    "disk": (partial(ended, disk=1, start=1), Reason.BAD_HEADER, "the last of several disks"),
    "zip64-missing": (partial(ended, offset=0xFFFFFFFF), Reason.BAD_HEADER, "a ZIP64 end record that is not there"),
    "zip64-count-missing": (partial(ended, here=_FULL, count=_FULL), Reason.BAD_HEADER, "the same, for the count"),
    "zip64-count": (
        partial(wheel_with, end64={"here": 5, "count": 5}),
        Reason.HEADER_MISMATCH,
        "a ZIP64 end record with another count",
    ),
    "zip64-offset": (
        partial(wheel_with, end64={"offset": 0}),
        Reason.HEADER_MISMATCH,
        "a ZIP64 end record with another place",
    ),
    "zip64-more": (
        partial(wheel_with, end64={"more": b"payload"}),
        Reason.BAD_HEADER,
        "a ZIP64 end record with a payload",
    ),
    "zip64-disks": (partial(wheel_with, end64={"disks": 2}), Reason.BAD_HEADER, "a ZIP64 locator of two disks"),
    "zip64-disk": (partial(wheel_with, end64={"disk": 1}), Reason.BAD_HEADER, "a ZIP64 end record of the second disk"),
    "zip64-elsewhere": (
        partial(wheel_with, end64={"place": 0}),
        Reason.BAD_HEADER,
        "a ZIP64 locator that leads elsewhere",
    ),
    "zip64-many": (
        partial(wheel_with, end={"here": _FULL, "count": _FULL}, end64={"here": 2**32, "count": 2**32}),
        Reason.TOO_LARGE,
        "a count of four thousand million",
    ),
    "cut-byte": (partial(_cut, 1), Reason.NOT_AN_ARCHIVE, "lacks its last byte"),
    "cut-end": (partial(_cut, 22), Reason.NOT_AN_ARCHIVE, "lacks its end record"),
    "cut-half": (_half, Reason.NOT_AN_ARCHIVE, "lacks its second half"),
    "empty-zip": (partial(bytes, EMPTY), Reason.NOT_AN_ARCHIVE, "holds nothing"),
    "empty-file": (bytes, Reason.NOT_AN_ARCHIVE, "is an empty file"),
    "text": (partial(bytes, b"<html>404 Not Found</html>\n"), Reason.NOT_AN_ARCHIVE, "is a page"),
    "gzipped": (lambda: gzip.compress(wheel_with(), mtime=0), Reason.NOT_AN_ARCHIVE, "is gzipped"),
    "listed-folder": (
        partial(wheel_and, Part("alpha/sub/", SOURCE, mode=0o40755)),
        Reason.NOT_A_FILE,
        "a folder with content",
    ),
}
CASES = tuple(Case(f"directory-{key}", what, make, reason) for key, (make, reason, what) in _CASES.items())
