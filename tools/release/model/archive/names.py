"""Names of members: what every system takes for the same path below a folder, and no system for another."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.model.archive.reason import MOST_MEMBERS, Reason

if TYPE_CHECKING:
    from release.model.archive.reason import Opened

_LONGEST_PART = 255  # bytes of a file name on every common file system
_LONGEST = 1024
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})  # not Cn: what is assigned differs between Pythons


def decode_name(opened: Opened, raw: bytes, *, utf8: bool = True) -> str:
    """Give a name's text, or refuse what is not UTF-8, or not ASCII where nothing says that it is UTF-8."""
    try:
        return raw.decode("utf-8" if utf8 else "ascii")
    except UnicodeDecodeError:
        wanted = "UTF-8" if utf8 else "ASCII, and its UTF-8 flag is not set"
        raise opened.refused(Reason.BAD_NAME, f"the name {raw!r} is not {wanted}") from None


def check_name(opened: Opened, name: str) -> PurePosixPath:
    """Give the path, or refuse a name that is not plainly one below a folder; a folder's may end in one slash."""
    flaw = _flaw_of(name.removesuffix("/"))
    if flaw:
        raise opened.refused(Reason.BAD_NAME, f"the name {name!a} {flaw}")
    return PurePosixPath(name)


def _flaw_of(name: str) -> str:
    parts = name.split("/")
    if name.isascii() and name.isprintable():
        invisible = False
    else:
        invisible = any(unicodedata.category(each) in _INVISIBLE for each in name)
    flaws = {
        "is empty": not name,
        "is absolute": name.startswith("/"),
        "holds a control or an invisible character": invisible,
        "holds a backslash": "\\" in name,
        "holds a colon, which on Windows names a drive or a stream": ":" in name,
        "leads out of its folder": ".." in parts,
        "has an empty part or a dot for one": "" in parts or "." in parts,
        "has a part that ends in a dot or a space, which Windows drops": any(each[-1:] in {".", " "} for each in parts),
        "is longer than file systems take": len(name.encode(errors="replace")) > _LONGEST
        or any(len(each.encode(errors="replace")) > _LONGEST_PART for each in parts),
        "is not in normal form C": not unicodedata.is_normalized("NFC", name),
    }
    return next((said for said, is_so in flaws.items() if is_so), "")


class Members:
    """Files and folders of an archive as they come in; two that any file system takes for one are refused."""

    def __init__(self, opened: Opened) -> None:
        self.files: dict[PurePosixPath, bytes] = {}
        self._opened = opened
        self._known: dict[str, PurePosixPath] = {}
        self.folders: set[PurePosixPath] = set()
        self._implied: set[str] = set()

    def add_folder(self, path: PurePosixPath) -> None:
        """Take note of a folder."""
        if path in self.folders:
            raise self._opened.refused(Reason.DUPLICATE_NAME, f"holds {_shown(path)}/ twice")
        self.folders.add(path)
        self._count()
        self._imply(path)

    def add_file(self, path: PurePosixPath, content: bytes) -> None:
        """Take a file in."""
        if path in self.files:
            raise self._opened.refused(Reason.DUPLICATE_NAME, f"holds {_shown(path)} twice")
        key = fold(path)
        other = self._known.setdefault(key, path)
        if other != path:
            raise self._collision(other, path)
        if key in self._implied:
            raise self._opened.refused(Reason.COLLIDING_NAMES, f"{_shown(path)} is a file and a folder")
        self.files[path] = content
        self._count()
        self._imply(path.parent)

    def _imply(self, folder: PurePosixPath) -> None:
        for each in (folder, *folder.parents):
            key = fold(each)
            if key in self._implied:
                return
            if key in self._known:
                raise self._opened.refused(Reason.COLLIDING_NAMES, f"{_shown(each)} is a file and a folder")
            self._implied.add(key)

    def _collision(self, one: PurePosixPath, other: PurePosixPath) -> Exception:
        said = f"holds {str(one)!a} and {str(other)!a}, which some file systems take for one"
        return self._opened.refused(Reason.COLLIDING_NAMES, said)

    def _count(self) -> None:
        if len(self.files) + len(self.folders) > MOST_MEMBERS:
            raise self._opened.refused(Reason.TOO_LARGE, f"holds more than {MOST_MEMBERS:,} members")


def fold(path: PurePosixPath) -> str:
    """Give the form in which file systems that ignore case and composition compare names."""
    text = str(path)
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _shown(path: PurePosixPath) -> str:
    text = str(path)
    return text if text.isascii() else ascii(text)
