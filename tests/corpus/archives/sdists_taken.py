"""Sdists that are well-formed, however unusual: each is taken."""

from __future__ import annotations

import io
import tarfile
from functools import partial
from typing import TYPE_CHECKING

from tests.corpus.archives.case import SDIST_NAME, Case
from tests.corpus.archives.tar_parts import (
    BLOCK,
    INFORMATION,
    SOURCE,
    STEM,
    Block,
    blocks_of,
    gzip_of,
    pax,
    sdist_of,
    tar_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_GNU = {"magic": b"ustar  \0"}
_PLAIN = Block(f"{STEM}/a.py", SOURCE)
_LONG = f"{STEM}/{'long/' * 30}a.py"
_NAMED = 8


def _tarred(layout: int, name: str = f"{STEM}/a.py") -> bytes:
    """Write what Python's tarfile writes."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=layout) as archive:
        for path, content in {f"{STEM}/PKG-INFO": INFORMATION, name: SOURCE}.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mtime = len(content), 1_580_601_600
            archive.addfile(entry, io.BytesIO(content))
    return gzip_of(made.getvalue())


def _then(*blocks: Block) -> Callable[[], bytes]:
    return partial(sdist_of, *blocks)


_TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "plain": (sdist_of, "nothing unusual"),
    "ustar": (partial(_tarred, tarfile.USTAR_FORMAT), "as Python's tarfile writes POSIX"),
    "gnu": (partial(_tarred, tarfile.GNU_FORMAT), "as Python's tarfile writes GNU"),
    "pax": (partial(_tarred, tarfile.PAX_FORMAT), "as Python's tarfile writes pax"),
    "ustar-long": (partial(_tarred, tarfile.USTAR_FORMAT, _LONG), "a long name in two fields"),
    "gnu-long": (partial(_tarred, tarfile.GNU_FORMAT, _LONG), "a long name of GNU"),
    "pax-long": (partial(_tarred, tarfile.PAX_FORMAT, _LONG), "a long name of pax"),
    "gnu-utf-8": (partial(_tarred, tarfile.GNU_FORMAT, f"{STEM}/größe.py"), "a name beyond ASCII"),
    "pax-utf-8": (partial(_tarred, tarfile.PAX_FORMAT, f"{STEM}/größe.py"), "the same by pax"),
    "pax-times": (_then(pax({"mtime": "1580601600.5", "atime": "1.5", "ctime": "2.5"}), _PLAIN), "times by pax"),
    "pax-owner": (
        _then(pax({"uid": "3000000", "gid": "3000000", "uname": "ada", "gname": "ada"}), _PLAIN),
        "owners by pax",
    ),
    "pax-size": (_then(pax({"size": str(len(SOURCE))}), _PLAIN), "the size by pax too"),
    "pax-comment": (_then(pax({"comment": "made by hand"}), _PLAIN), "a comment by pax"),
    "pax-global": (
        lambda: gzip_of(tar_of([pax({"comment": "0" * 40}, b"g"), *blocks_of()])),
        "a commit for all, as git writes it",
    ),
    "folders": (
        lambda: gzip_of(tar_of([Block(f"{STEM}/", b"", b"5"), Block(f"{STEM}/src", b"", b"5"), *blocks_of()])),
        "entries for folders",
    ),
    "folder-last": (_then(Block(f"{STEM}/empty/", b"", b"5")), "an empty folder, last"),
    "old-kind": (_then(Block(f"{STEM}/a.py", SOURCE, b"\0")), "a file of the kind that old tar wrote"),
    "gnu-magic": (_then(Block(f"{STEM}/a.py", SOURCE, b"0", _GNU)), "a header of GNU among others"),
    "executable": (_then(Block(f"{STEM}/run", SOURCE, b"0", {"mode": b"0000755\0"})), "a file that can be executed"),
    "spaces-in-numbers": (
        _then(Block(f"{STEM}/a.py", SOURCE, b"0", {"mode": b"000644 \0"})),
        "numbers that a space ends",
    ),
    "empty-file": (_then(Block(f"{STEM}/py.typed")), "an empty file"),
    "block-file": (_then(Block(f"{STEM}/a.txt", b"a" * BLOCK)), "a file of one whole block"),
    "record-padding": (partial(sdist_of, end=bytes(10240)), "filled up as GNU tar does"),
    "compiled": (_then(Block(f"{STEM}/a.so", b"\x7fELF")), "compiled code, which an sdist may hold"),
    "level-1": (partial(sdist_of, level=1), "compressed fast"),
    "level-0": (partial(sdist_of, level=0), "not compressed"),
    "gzip-name": (partial(sdist_of, flags=_NAMED, behind=b"alpha-1.0.tar\0"), "a name in the gzip header"),
    "gzip-time": (partial(sdist_of, time=1_580_601_600, system=3, hint=2), "a time in the gzip header"),
}
CASES = tuple(Case(f"taken-sdist-{key}", what, make, None, SDIST_NAME) for key, (make, what) in _TAKEN.items())
