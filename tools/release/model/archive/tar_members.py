"""The members of a tar file: plain headers of files and folders, each byte in its place."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.model.archive.names import Members, check_name, decode_name
from release.model.archive.reason import Reason
from release.model.archive.tar_header import BLOCK, read_header
from release.model.archive.tar_more import NOTHING, More, read_more

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from release.model.archive.reason import Opened
    from release.model.archive.tar_header import Header

_LONGEST_MORE = 64 * 1024  # bytes of a pax header or a long name
_MORE = (b"x", b"g", b"L")


@dataclass(frozen=True)
class Found:
    """A header that stands for a file or a folder, with what stood before it, and its content."""

    header: Header
    more: More
    content: bytes


def read_tar(opened: Opened, tar: bytes, top: str) -> dict[PurePosixPath, bytes]:
    """Give the files below the one folder `top`, without it."""
    members = Members(opened)
    for found in _walk(opened, tar):
        header = found.header
        shadow = decode_name(opened, header.name)
        name = found.more.path or shadow
        for each in {name, shadow}:  # the second is what a reader sees who knows nothing of long names
            path = check_name(opened, each)
            if path.parts[0] != top or (path.parts == (top,) and not header.is_folder):
                raise opened.refused(Reason.OUTSIDE_FOLDER, f"{each!a} is not below {top}/")
        if found.more.size not in {None, header.size}:
            raise opened.refused(Reason.HEADER_MISMATCH, f"{name!a} has two sizes")
        _check_kind(opened, header, name)
        path = check_name(opened, name).relative_to(top)
        if header.is_folder:
            members.add_folder(path)
        else:
            members.add_file(path, found.content)
    return members.files


def _check_kind(opened: Opened, header: Header, name: str) -> None:
    if header.kind not in {b"0", b"\0", b"5"} or header.link:
        raise opened.refused(Reason.NOT_A_FILE, f"{name!a} is a link or a device")
    if header.is_folder and header.size:
        raise opened.refused(Reason.NOT_A_FILE, f"{name!a} is a folder with content")
    if not header.is_folder and name.endswith("/"):
        raise opened.refused(Reason.NOT_A_FILE, f"{name!a} is a file by its kind, and a folder by its name")
    if header.mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):
        raise opened.refused(Reason.SPECIAL_MODE, f"{name!a} has mode {header.mode:04o}")


def _walk(opened: Opened, tar: bytes) -> Iterator[Found]:
    at, more = 0, NOTHING
    while (header := read_header(opened, tar, at)) is not None:
        begin = at + BLOCK
        end = begin + header.size
        at = end + -end % BLOCK
        if at > len(tar):
            raise opened.refused(Reason.WRONG_SIZE, f"{header.name!r} is longer than the archive")
        if tar[end:at].strip(b"\0"):
            raise opened.refused(Reason.HIDDEN_DATA, f"bytes behind {header.name!r} belong to nothing")
        if header.kind not in _MORE:
            yield Found(header, more, tar[begin:end])
            more = NOTHING
        elif header.size > _LONGEST_MORE or more != NOTHING or header.link:
            raise opened.refused(Reason.BAD_HEADER, "a header says too much of the one that follows")
        else:
            more = read_more(opened, header.kind, tar[begin:end])
    if more != NOTHING:
        raise opened.refused(Reason.BAD_HEADER, "its last header speaks of one that does not follow")
    if len(tar) < at + 2 * BLOCK or len(tar) % BLOCK:
        raise opened.refused(Reason.NOT_AN_ARCHIVE, "can't be read: it lacks the two empty blocks at its end")
    if tar[at:].strip(b"\0"):
        raise opened.refused(Reason.TRAILING_DATA, "has data after its end")
