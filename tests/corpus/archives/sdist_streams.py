"""Sdists whose gzip stream holds more, less or other than one member."""

from __future__ import annotations

import bz2
import gzip
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import SDIST_NAME, Case
from tests.corpus.archives.tar_parts import STEM, Block, blocks_of, gzip_of, sdist_of, tar_of

if TYPE_CHECKING:
    from collections.abc import Callable

_MEBIBYTE = 1024**2
_NAMED, _COMMENTED, _EXTRA, _HEADER_SUM, _TEXT = 8, 16, 4, 2, 1


def _tar() -> bytes:
    return tar_of(blocks_of())


def _around(before: bytes = b"", behind: bytes = b"") -> bytes:
    return before + sdist_of() + behind


def _cut(count: int) -> bytes:
    return sdist_of()[:-count]


def _split() -> bytes:
    tar = _tar()
    return gzip_of(tar[:700]) + gzip_of(tar[700:])


_CASES: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "second-member": (lambda: _around(b"", gzip_of(b"payload")), Reason.SECOND_MEMBER, "a second member"),
    "second-member-empty": (lambda: _around(b"", gzip_of(b"")), Reason.SECOND_MEMBER, "a second member that is empty"),
    "second-sdist": (lambda: _around(b"", sdist_of()), Reason.SECOND_MEMBER, "a second sdist behind the first"),
    "split": (_split, Reason.SECOND_MEMBER, "two members that are one tar file"),
    "trailing-newline": (partial(_around, b"", b"\n"), Reason.TRAILING_DATA, "a newline behind it"),
    "trailing-zeros": (partial(_around, b"", bytes(512)), Reason.TRAILING_DATA, "zeros behind it"),
    "trailing-payload": (partial(_around, b"", b"payload" * 99), Reason.TRAILING_DATA, "a payload behind it"),
    "leading-newline": (partial(_around, b"\n"), Reason.LEADING_DATA, "a newline before it"),
    "leading-script": (partial(_around, b"#!/bin/sh\n"), Reason.LEADING_DATA, "a script before it"),
    "checksum": (partial(sdist_of, crc=1), Reason.WRONG_CHECKSUM, "another checksum"),
    "size": (partial(sdist_of, size=1), Reason.WRONG_SIZE, "another size"),
    "extra-field": (partial(sdist_of, flags=_EXTRA, behind=b"\x07\x00payload"), Reason.BAD_HEADER, "an extra field"),
    "comment": (partial(sdist_of, flags=_COMMENTED, behind=b"payload\0"), Reason.BAD_HEADER, "a comment"),
    "header-checksum": (
        partial(sdist_of, flags=_HEADER_SUM, behind=b"\0\0"),
        Reason.BAD_HEADER,
        "a checksum of the header",
    ),
    "text-flag": (partial(sdist_of, flags=_TEXT), Reason.BAD_HEADER, "says that it is text"),
    "reserved-flag": (partial(sdist_of, flags=0x80), Reason.BAD_HEADER, "a flag that is not in use"),
    "method": (partial(sdist_of, method=7), Reason.UNKNOWN_METHOD, "another method"),
    "name-path": (
        partial(sdist_of, flags=_NAMED, behind=b"../escape.tar\0"),
        Reason.BAD_NAME,
        "a name that leads elsewhere",
    ),
    "name-control": (
        partial(sdist_of, flags=_NAMED, behind=b"\x1b[2J\0"),
        Reason.BAD_NAME,
        "a name with an escape sequence",
    ),
    "name-empty": (partial(sdist_of, flags=_NAMED, behind=b"\0"), Reason.BAD_NAME, "an empty name"),
    "name-endless": (
        partial(sdist_of, flags=_NAMED, behind=b"a" * 400 + b"\0"),
        Reason.BAD_NAME,
        "a name of 400 bytes",
    ),
    "stream-broken": (partial(sdist_of, packed=b"\xff" * 40), Reason.BAD_STREAM, "no deflate stream"),
    "stream-cut": (partial(_cut, 40), Reason.NOT_AN_ARCHIVE, "breaks off in its stream"),
    "trailer-cut": (partial(_cut, 3), Reason.NOT_AN_ARCHIVE, "breaks off in its checksum"),
    "header-alone": (lambda: sdist_of()[:10], Reason.NOT_AN_ARCHIVE, "breaks off behind its header"),
    "empty-file": (bytes, Reason.NOT_AN_ARCHIVE, "is an empty file"),
    "empty-content": (partial(gzip_of, b""), Reason.NOT_AN_ARCHIVE, "is packed out of nothing"),
    "text": (partial(gzip_of, b"<html>404 Not Found</html>\n" * 40), Reason.BAD_HEADER, "is a page, packed"),
    "page": (partial(bytes, b"<html>404 Not Found</html>\n"), Reason.NOT_AN_ARCHIVE, "is a page"),
    "unpacked": (_tar, Reason.NOT_AN_ARCHIVE, "is a tar file that is not packed"),
    "bzip2": (lambda: bz2.compress(_tar()), Reason.NOT_AN_ARCHIVE, "is packed by bzip2"),
    "packed-twice": (lambda: gzip.compress(sdist_of(), mtime=0), Reason.NOT_AN_ARCHIVE, "is packed twice"),
    "bomb": (
        lambda: sdist_of(Block(f"{STEM}/zeros", bytes(4 * _MEBIBYTE))),
        Reason.ABSURD_COMPRESSION,
        "4 MiB in 4 KB",
    ),
    "bomb-of-padding": (
        lambda: sdist_of(end=bytes(4 * _MEBIBYTE)),
        Reason.ABSURD_COMPRESSION,
        "4 MiB of zeros behind its end",
    ),
    "bomb-undeclared": (
        lambda: sdist_of(Block(f"{STEM}/zeros", bytes(4 * _MEBIBYTE)), size=1024),
        Reason.ABSURD_COMPRESSION,
        "4 MiB that are declared as 1 KiB",
    ),
}
CASES = tuple(
    Case(f"sdist-stream-{key}", what, make, reason, SDIST_NAME) for key, (make, reason, what) in _CASES.items()
)
