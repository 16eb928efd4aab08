"""Sdists whose tar file holds other than plain files of plain names below one folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import OUTSIDE, SDIST_NAME, Case
from tests.corpus.archives.tar_parts import (
    SOURCE,
    STEM,
    Block,
    sdist_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ODD = f"{STEM}/odd"
_GNU = b"ustar  \0"


def _one(name: str | bytes = _ODD, content: bytes = SOURCE, kind: bytes = b"0", **said: bytes) -> Callable[[], bytes]:
    return partial(sdist_of, Block(name, content, kind, said))


def _linked(kind: bytes, target: str) -> Callable[[], bytes]:
    return _one(content=b"", kind=kind, link=target.encode())


_KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "link": (_linked(b"2", "PKG-INFO"), "a link to its neighbour"),
    "link-absolute": (_linked(b"2", f"{OUTSIDE}/secret"), "a link to an absolute path"),
    "link-parent": (_linked(b"2", "../../secret"), "a link that leads out"),
    "link-then-through": (
        partial(sdist_of, Block(_ODD, b"", b"2", {"link": str(OUTSIDE).encode()}), Block(f"{_ODD}/escape.py", SOURCE)),
        "a link out, and a file through it",
    ),
    "hard-link": (_linked(b"1", f"{STEM}/PKG-INFO"), "a hard link to its neighbour"),
    "hard-link-outside": (_linked(b"1", f"{OUTSIDE}/secret"), "a hard link to an absolute path"),
    "character-device": (_linked(b"3", ""), "a character device"),
    "block-device": (_linked(b"4", ""), "a block device"),
    "fifo": (_linked(b"6", ""), "a named pipe"),
    "contiguous": (_one(kind=b"7"), "a contiguous file"),
    "sparse": (_one(content=b"", kind=b"S", magic=_GNU), "a sparse file of GNU tar"),
    "volume": (_one(content=b"", kind=b"V"), "the label of a volume"),
    "continued": (_one(content=b"", kind=b"M"), "a file continued from another volume"),
    "dump": (_one(content=b"", kind=b"D"), "the list of a folder"),
    "unknown": (_one(content=b"", kind=b"Z"), "a kind that nobody knows"),
    "long-link": (_one(name=f"{STEM}/@LongLink", content=b"target\0", kind=b"K"), "a long target of a link"),
    "file-with-target": (_one(link=b"PKG-INFO"), "a file with the target of a link"),
    "folder-with-content": (_one(kind=b"5"), "a folder with content"),
    "file-with-slash": (_one(name=f"{_ODD}/"), "a file whose name ends in a slash"),
    "old-folder": (_one(name=f"{_ODD}/", content=b"", kind=b"\0"), "a folder as old tar wrote it"),
}
_NAMES: dict[str, tuple[str | bytes, Reason, str]] = {
    "parent": ("../escape.py", Reason.BAD_NAME, "leads out"),
    "parent-inside": (f"{STEM}/../../escape.py", Reason.BAD_NAME, "leads out by a detour"),
    "parent-stays": (f"{STEM}/src/../a.py", Reason.BAD_NAME, "has `..`, though it stays inside"),
    "absolute": (f"{OUTSIDE}/escape.py", Reason.BAD_NAME, "is absolute"),
    "backslash": (f"{STEM}/a\\evil.py", Reason.BAD_NAME, "holds a backslash"),
    "drive": ("C:/escape.py", Reason.BAD_NAME, "begins with a drive"),
    "newline": (f"{STEM}/a\nb.py", Reason.BAD_NAME, "holds a newline"),
    "escape": (f"{STEM}/\x1b[2J.py", Reason.BAD_NAME, "holds an escape sequence"),
    "right-to-left": (f"{STEM}/\u202eyp.cod", Reason.BAD_NAME, "turns the direction of reading"),
    "not-utf-8": (f"{STEM}/".encode() + b"\xff.py", Reason.BAD_NAME, "is no UTF-8"),
    "decomposed": (f"{STEM}/e\u0301.py", Reason.BAD_NAME, "is in normal form D"),
    "dot-first": (f"./{STEM}/a.py", Reason.BAD_NAME, "begins with a dot"),
    "empty-part": (f"{STEM}//a.py", Reason.BAD_NAME, "has an empty part"),
    "empty": ("", Reason.BAD_NAME, "is empty"),
    "trailing-space": (f"{STEM}/a.py ", Reason.BAD_NAME, "ends in a space"),
    "beside": ("a.py", Reason.OUTSIDE_FOLDER, "is beside the folder"),
    "other-folder": ("alpha-2.0/a.py", Reason.OUTSIDE_FOLDER, "is in another folder"),
    "folder-prefix": (f"{STEM}0/a.py", Reason.OUTSIDE_FOLDER, "is in a folder whose name begins alike"),
    "folder-itself": (STEM, Reason.OUTSIDE_FOLDER, "is the folder's, and is a file"),
    "twice": (f"{STEM}/PKG-INFO", Reason.DUPLICATE_NAME, "is there twice"),
    "case": (f"{STEM}/pkg-info", Reason.COLLIDING_NAMES, "differs from another in case alone"),
    "file-and-folder": (f"{STEM}/PKG-INFO/a.py", Reason.COLLIDING_NAMES, "is below a file"),
    "pth": (f"{STEM}/src/evil.pth", Reason.RUNS_AT_START, "ends in .pth"),
}
CASES = (
    *(Case(f"sdist-kind-{key}", what, make, Reason.NOT_A_FILE, SDIST_NAME) for key, (make, what) in _KINDS.items()),
    *(
        Case(f"sdist-name-{key}", f"a name that {what}", _one(name), reason, SDIST_NAME)
        for key, (name, reason, what) in _NAMES.items()
    ),
)
