"""The end of a zip file: where its directory is, and that nothing stands after it or between them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.model.archive.reason import MOST_MEMBERS, Reason

if TYPE_CHECKING:
    from release.model.archive.reason import Opened

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ4BLL4Q")
_SIZE_OF_END64 = _END64.size - 12  # of what follows the field itself
_WIDEST = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)  # "look into the ZIP64 record", field by field


@dataclass(frozen=True)
class Directory:
    """Where the central directory stands, and how many entries it holds."""

    offset: int
    size: int
    count: int

    @property
    def end(self) -> int:
        """The byte after it."""
        return self.offset + self.size


def find_directory(opened: Opened) -> Directory:
    """Read the end records; the file has to end with them, and the directory with their beginning."""
    at = len(opened.data) - _END.size
    if at < 0 or not opened.data.startswith(b"PK\x05\x06", at):
        raise _without_end(opened)
    _, disk, disk_of_directory, *said, comment = _END.unpack_from(opened.data, at)
    if disk or disk_of_directory or comment:
        raise opened.refused(Reason.BAD_HEADER, "the end record speaks of further disks or of a comment")
    fields, begin = _read_zip64(opened, (said[0], said[1], said[2], said[3]), at)
    here, count, size, offset = fields
    if here != count:
        raise opened.refused(Reason.BAD_HEADER, f"the end record counts {here} and {count} members")
    if count > MOST_MEMBERS:
        raise opened.refused(Reason.TOO_LARGE, f"holds {count:,} members; {MOST_MEMBERS:,} is the limit")
    directory = Directory(offset, size, count)
    if directory.end != begin:
        raise _misplaced(opened, directory, begin)
    if not count:
        raise opened.refused(Reason.NOT_AN_ARCHIVE, "can't be read: it is an empty zip file")
    if not opened.data.startswith(b"PK\x03\x04"):
        raise opened.refused(Reason.LEADING_DATA, "does not begin with a member")
    return directory


def _read_zip64(opened: Opened, said: tuple[int, int, int, int], at: int) -> tuple[tuple[int, int, int, int], int]:
    """Give the four fields and where the first end record begins; a ZIP64 record and the end record have to agree."""
    locator = at - _LOCATOR.size
    if locator < 0 or not opened.data.startswith(b"PK\x06\x07", locator):
        if any(field == widest for field, widest in zip(said, _WIDEST, strict=True)):
            raise opened.refused(Reason.BAD_HEADER, "the end record refers to a ZIP64 record, which is not there")
        return said, at
    begin = locator - _END64.size
    _, disk, place, disks = _LOCATOR.unpack_from(opened.data, locator)
    if disk or disks != 1 or place != begin or begin < 0 or not opened.data.startswith(b"PK\x06\x06", begin):
        raise opened.refused(Reason.BAD_HEADER, "the ZIP64 locator does not point at a record before it")
    _, size, _, _, _, _, disk, disk_of_directory, *wide = _END64.unpack_from(opened.data, begin)
    if size != _SIZE_OF_END64 or disk or disk_of_directory:
        raise opened.refused(Reason.BAD_HEADER, "the ZIP64 end record holds more than it should")
    for field, widest, real in zip(said, _WIDEST, wide, strict=True):
        if field not in {widest, real}:
            raise opened.refused(Reason.HEADER_MISMATCH, f"the end records differ: {field} and {real}")
    return (wide[0], wide[1], wide[2], wide[3]), begin


def _without_end(opened: Opened) -> Exception:
    at = opened.data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(opened.data):
        return opened.refused(Reason.NOT_AN_ARCHIVE, "can't be read: it has no end record of a zip file")
    rest = len(opened.data) - at - _END.size
    if _END.unpack_from(opened.data, at)[-1] == rest:
        return opened.refused(Reason.COMMENT, f"has a comment of {rest} bytes, which nothing checks")
    return opened.refused(Reason.TRAILING_DATA, f"has {rest} bytes after its end record")


def _misplaced(opened: Opened, directory: Directory, begin: int) -> Exception:
    gap = begin - directory.end
    if gap < 0:
        return opened.refused(Reason.LAYOUT, "the directory reaches into the end record, or beyond it")
    if opened.data.startswith(b"PK\x01\x02", directory.offset + gap):
        return opened.refused(Reason.LEADING_DATA, f"every place it names is {gap} bytes too early")
    return opened.refused(Reason.HIDDEN_DATA, f"{gap} bytes stand between the directory and the end record")
