"""Sdists whose tar file has headers that say too much, too little or what is not so."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import OUTSIDE, SDIST_NAME, Case
from tests.corpus.archives.tar_parts import (
    BLOCK,
    INFORMATION,
    SOURCE,
    STEM,
    Block,
    blocks_of,
    gzip_of,
    header_of,
    pax,
    sdist_of,
    tar_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ODD = f"{STEM}/odd"
_GNU = b"ustar  \0"
_PLAIN = Block(f"{STEM}/a.py", SOURCE)
_EVIL = Block(f"{STEM}/evil.py", b"evil = True\n")


def _one(name: str | bytes = _ODD, content: bytes = SOURCE, kind: bytes = b"0", **said: bytes) -> Callable[[], bytes]:
    return partial(sdist_of, Block(name, content, kind, said))


def _then(*blocks: Block) -> Callable[[], bytes]:
    return partial(sdist_of, *blocks)


def _cut(count: int) -> bytes:
    return gzip_of(tar_of(blocks_of())[:-count])


_MORE: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "path-parent": (_then(pax({"path": "../escape.py"}), _PLAIN), Reason.BAD_NAME, "a path that leads out"),
    "path-absolute": (_then(pax({"path": f"{OUTSIDE}/escape.py"}), _PLAIN), Reason.BAD_NAME, "an absolute path"),
    "path-beside": (_then(pax({"path": "a.py"}), _PLAIN), Reason.OUTSIDE_FOLDER, "a path beside the folder"),
    "path-empty": (_then(pax({"path": ""}), _PLAIN), Reason.BAD_NAME, "an empty path"),
    "path-control": (
        _then(pax({"path": f"{STEM}/\x1b[2J.py"}), _PLAIN),
        Reason.BAD_NAME,
        "a path with an escape sequence",
    ),
    "path-not-utf-8": (
        _then(pax({"path": f"{STEM}/".encode() + b"\xff"}), _PLAIN),
        Reason.BAD_NAME,
        "a path that is no UTF-8",
    ),
    "path-twin": (_then(pax({"path": f"{STEM}/PKG-INFO"}), _PLAIN), Reason.DUPLICATE_NAME, "the path of another file"),
    "shadow-parent": (
        _then(pax({"path": f"{STEM}/b.py"}), replace(_PLAIN, name="../escape.py")),
        Reason.BAD_NAME,
        "a path that stays, for a name that leads out",
    ),
    "shadow-beside": (
        _then(pax({"path": f"{STEM}/b.py"}), replace(_PLAIN, name="b.py")),
        Reason.OUTSIDE_FOLDER,
        "a path inside, for a name beside",
    ),
    "size": (_then(pax({"size": "3"}), _PLAIN), Reason.HEADER_MISMATCH, "another size"),
    "size-huge": (_then(pax({"size": "9" * 18}), _PLAIN), Reason.HEADER_MISMATCH, "a size beyond all disks"),
    "size-negative": (_then(pax({"size": "-1"}), _PLAIN), Reason.BAD_HEADER, "a size below zero"),
    "link-path": (_then(pax({"linkpath": "../secret"}), _PLAIN), Reason.BAD_HEADER, "the target of a link"),
    "charset": (_then(pax({"hdrcharset": "BINARY"}), _PLAIN), Reason.BAD_HEADER, "another charset"),
    "sparse": (
        _then(pax({"GNU.sparse.major": "1", "GNU.sparse.name": "../x"}), _PLAIN),
        Reason.BAD_HEADER,
        "a sparse file",
    ),
    "attribute": (_then(pax({"SCHILY.xattr.user.a": "b"}), _PLAIN), Reason.BAD_HEADER, "an extended attribute"),
    "torn": (_then(Block("x", b"99 path=a\n", b"x"), _PLAIN), Reason.BAD_HEADER, "a record that breaks off"),
    "short": (_then(Block("x", b"5 path=a\n", b"x"), _PLAIN), Reason.BAD_HEADER, "a record longer than it says"),
    "no-newline": (_then(Block("x", b"9 path=ab", b"x"), _PLAIN), Reason.BAD_HEADER, "a record without its line end"),
    "twice": (
        _then(Block("x", pax({"path": f"{STEM}/b"}).content + pax({"path": f"{STEM}/c"}).content, b"x"), _PLAIN),
        Reason.BAD_HEADER,
        "two paths in one header",
    ),
    "two": (_then(pax({"mtime": "1"}), pax({"mtime": "2"}), _PLAIN), Reason.BAD_HEADER, "two headers for one member"),
    "last": (_then(pax({"path": f"{STEM}/b"})), Reason.BAD_HEADER, "a header for no member"),
    "huge": (_then(pax({"comment": "a" * 70_000}), _PLAIN), Reason.BAD_HEADER, "a header of 70 KB"),
    "global-path": (
        _then(pax({"path": "../escape.py"}, b"g"), _PLAIN),
        Reason.BAD_HEADER,
        "a path for all that follow",
    ),
    "global-size": (_then(pax({"size": "3"}, b"g"), _PLAIN), Reason.BAD_HEADER, "a size for all that follow"),
    "long-name-parent": (
        _then(Block("././@LongLink", b"../escape.py\0", b"L"), _PLAIN),
        Reason.BAD_NAME,
        "a long name that leads out",
    ),
    "long-name-more": (
        _then(Block("././@LongLink", f"{STEM}/b\0more\0".encode(), b"L"), _PLAIN),
        Reason.BAD_HEADER,
        "a long name and more behind it",
    ),
    "long-name-open": (
        _then(Block("././@LongLink", f"{STEM}/b".encode(), b"L"), _PLAIN),
        Reason.BAD_HEADER,
        "a long name without its end",
    ),
}
_HEADERS: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "setuid": (_one(mode=b"0004755\0"), Reason.SPECIAL_MODE, "a file that runs as its owner"),
    "setgid": (_one(mode=b"0002755\0"), Reason.SPECIAL_MODE, "a file that runs as its group"),
    "sticky": (_one(mode=b"0001644\0"), Reason.SPECIAL_MODE, "a sticky file"),
    "checksum": (_one(checksum=b"000001\0 "), Reason.WRONG_CHECKSUM, "another checksum"),
    "checksum-none": (_one(checksum=b"\0" * 8), Reason.WRONG_CHECKSUM, "no checksum"),
    "magic-none": (_one(magic=b"\0" * 8), Reason.BAD_HEADER, "no word of its format, as before POSIX"),
    "magic-other": (_one(magic=b"star\x0000\0"), Reason.BAD_HEADER, "another format"),
    "size-binary": (_one(size=b"\x80" + bytes(10) + b"\x0b"), Reason.BAD_HEADER, "a size in binary"),
    "size-negative": (_one(size=b"-0000000001\0"), Reason.BAD_HEADER, "a size below zero"),
    "size-word": (_one(size=b"many\0"), Reason.BAD_HEADER, "a size that is a word"),
    "size-far": (_one(size=b"77777777777\0"), Reason.WRONG_SIZE, "a size beyond the file"),
    "mode-word": (_one(mode=b"rw-r--r-"), Reason.BAD_HEADER, "a mode in letters"),
    "time-word": (_one(time=b"today"), Reason.BAD_HEADER, "a time that is a word"),
    "name-and-more": (_one(name=_ODD.encode() + b"\0payload"), Reason.HIDDEN_DATA, "bytes behind its name"),
    "prefix-parent": (_one(name="escape.py", prefix=b".."), Reason.BAD_NAME, "a prefix that leads out"),
    "prefix-in-gnu": (_one(magic=_GNU, prefix=b"payload"), Reason.HIDDEN_DATA, "bytes where GNU tar has none"),
    "rest": (_one(rest=b"payload"), Reason.HIDDEN_DATA, "bytes behind its fields"),
    "padding": (
        partial(sdist_of, Block(_ODD, SOURCE, padding=b"payload")),
        Reason.HIDDEN_DATA,
        "bytes behind its content",
    ),
    "end-missing": (partial(sdist_of, end=b""), Reason.NOT_AN_ARCHIVE, "no end"),
    "end-half": (partial(sdist_of, end=bytes(BLOCK)), Reason.NOT_AN_ARCHIVE, "half an end"),
    "end-odd": (partial(sdist_of, end=bytes(3 * BLOCK - 1)), Reason.NOT_AN_ARCHIVE, "an end of no whole blocks"),
    "end-then-member": (
        lambda: sdist_of(end=bytes(2 * BLOCK) + tar_of([_EVIL])),
        Reason.TRAILING_DATA,
        "a member behind its end",
    ),
    "end-then-bytes": (
        partial(sdist_of, end=bytes(2 * BLOCK) + b"payload".ljust(BLOCK, b"\0")),
        Reason.TRAILING_DATA,
        "bytes behind its end",
    ),
    "one-empty-block": (
        lambda: sdist_of(end=bytes(BLOCK) + header_of(_EVIL) + bytes(3 * BLOCK)),
        Reason.TRAILING_DATA,
        "a member behind one empty block",
    ),
    "cut": (partial(_cut, 3 * BLOCK), Reason.WRONG_SIZE, "breaks off in its last member"),
    "no-metadata": (lambda: gzip_of(tar_of(blocks_of()[1:])), Reason.METADATA, "no PKG-INFO"),
    "metadata-below": (
        lambda: gzip_of(tar_of([*blocks_of()[1:], Block(f"{STEM}/src/PKG-INFO", INFORMATION)])),
        Reason.METADATA,
        "its PKG-INFO in a folder",
    ),
    "empty": (lambda: gzip_of(tar_of([])), Reason.METADATA, "no member"),
    "folder-twice": (_then(*[Block(f"{STEM}/src/", b"", b"5")] * 2), Reason.DUPLICATE_NAME, "a folder twice"),
    "sitecustomize": (_one(name=f"{STEM}/sitecustomize.py"), Reason.RUNS_AT_START, "a sitecustomize"),
}
CASES = (
    *(
        Case(f"sdist-more-{key}", f"a header that gives {what}", make, reason, SDIST_NAME)
        for key, (make, reason, what) in _MORE.items()
    ),
    *(Case(f"sdist-header-{key}", what, make, reason, SDIST_NAME) for key, (make, reason, what) in _HEADERS.items()),
    Case(
        "sdist-file-other-version",
        "is called after another version",
        sdist_of,
        Reason.OUTSIDE_FOLDER,
        "alpha-2.0.tar.gz",
    ),
    Case("sdist-file-no-version", "is called without a version", sdist_of, Reason.FILE_NAME, "alpha.tar.gz"),
)
