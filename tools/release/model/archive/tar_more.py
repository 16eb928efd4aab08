"""What stands before a header of a tar file and says more of it: pax records and GNU's long names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.model.archive.names import decode_name
from release.model.archive.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.model.archive.reason import Opened

_RECORD = re.compile(rb"([1-9][0-9]{0,5}) ([^=\n\0]+)=")
_DECIMAL = re.compile(r"[0-9]{1,18}")
_OF_ALL = frozenset({"comment"})  # `git archive` writes the commit there
_OF_ONE = frozenset(
    {"path", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname", "comment", "LIBARCHIVE.creationtime"}
)


@dataclass(frozen=True)
class More:
    """What a member is called and how long it is, where its own header has no room for it."""

    path: str = ""
    size: int | None = None
    is_there: bool = False


NOTHING = More()


def read_more(opened: Opened, kind: bytes, content: bytes) -> More:
    """Read pax records of one member (`x`) or of all that follow (`g`), or a long name (`L`)."""
    if kind == b"L":
        name, end, rest = content.partition(b"\0")
        if not name or not end or rest:
            raise opened.refused(Reason.BAD_HEADER, "a long name is empty, or does not end in one zero byte")
        return More(decode_name(opened, name), is_there=True)
    records = dict(_records(opened, content, _OF_ALL if kind == b"g" else _OF_ONE))
    if kind == b"g":
        return NOTHING
    if "path" in records and not records["path"]:
        raise opened.refused(Reason.BAD_NAME, "a pax header gives an empty name")
    size = records.get("size")
    if size is not None and not _DECIMAL.fullmatch(size):
        raise opened.refused(Reason.BAD_HEADER, f"a pax header has a size that is no number: {size!a}")
    return More(records.get("path", ""), None if size is None else int(size), is_there=True)


def _records(opened: Opened, content: bytes, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    at = 0
    while at < len(content):
        found = _RECORD.match(content, at)
        end = at + int(found[1]) if found else 0
        if found is None or not found.end() < end <= len(content) or content[end - 1 : end] != b"\n":
            raise opened.refused(Reason.BAD_HEADER, "a pax header holds a torn record")
        key = decode_name(opened, found[2])
        if key in seen or key not in known:
            raise opened.refused(Reason.BAD_HEADER, f"a pax header has {key!a} twice, or where it does not belong")
        seen.add(key)
        yield key, decode_name(opened, content[found.end() : end - 1])
        at = end
