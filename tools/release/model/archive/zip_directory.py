"""The central directory of a zip file: what it says of each member, refused where it says too much."""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from release.model.archive.names import decode_name
from release.model.archive.reason import LARGEST_CONTENT, Reason, is_absurd
from release.model.archive.zip_extra import ZIP64, read_extra, widen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.model.archive.reason import Opened
    from release.model.archive.zip_end import Directory

STORED, DEFLATED = 0, 8
DESCRIBED = 1 << 3
"""The flag of a member whose sizes stand behind it."""
_CENTRAL = struct.Struct("<4s2B5H3L5H2L")
_UTF8 = 1 << 11
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_PLAIN = 1 << 1 | 1 << 2 | DESCRIBED | _UTF8  # the first two say how hard the compressor tried
VERSIONS = frozenset({10, 20, 45})
"""Of the format, that a reader needs: plain, folders and deflate, ZIP64."""
_SYSTEMS = frozenset({0, 3, 10, 11, 19})  # FAT, Unix, NTFS by two numbers, Darwin
_FOLDER, _LABEL, _KNOWN_ATTRIBUTES = 0x10, 0x08, 0x3F


@dataclass(frozen=True)
class Entry:
    """What the directory says of a member."""

    raw: bytes
    name: str
    flags: int
    method: int
    moment: tuple[int, int]
    crc: int
    compressed: int
    size: int
    offset: int


def read_entries(opened: Opened, directory: Directory) -> list[Entry]:
    """Give the entries, in the order in which their members have to stand in the file."""
    entries = list(_walk(opened, directory))
    total, places = sum(entry.size for entry in entries), [entry.offset for entry in entries]
    if total > LARGEST_CONTENT:
        raise opened.refused(Reason.TOO_LARGE, f"unpacks to {total:,} bytes; {LARGEST_CONTENT:,} is the limit")
    if any(is_absurd(entry.size, entry.compressed) for entry in entries) or is_absurd(total, len(opened.data)):
        raise opened.refused(Reason.ABSURD_COMPRESSION, f"its {len(opened.data):,} bytes unpack to {total:,}")
    if any(here >= there for here, there in pairwise(places)):
        raise opened.refused(Reason.LAYOUT, "two members share their bytes, or stand in another order than listed")
    return entries


def _walk(opened: Opened, directory: Directory) -> Iterator[Entry]:
    at = directory.offset
    for _ in range(directory.count):
        if at + _CENTRAL.size > directory.end or not opened.data.startswith(b"PK\x01\x02", at):
            raise opened.refused(Reason.LAYOUT, "the directory holds fewer entries than the end record counts")
        entry, at = _read_entry(opened, at, directory.end)
        yield entry
    if at != directory.end:
        raise opened.refused(Reason.HIDDEN_DATA, "the directory holds more than the entries that are counted")


def _read_entry(opened: Opened, at: int, end: int) -> tuple[Entry, int]:
    _, _, system, version, flags, method, time, date, crc, *rest = _CENTRAL.unpack_from(opened.data, at)
    compressed, size, name_size, extra_size, comment_size, disk, internal, attributes, offset = rest
    behind_name = at + _CENTRAL.size + name_size
    behind = behind_name + extra_size + comment_size
    if behind > end:
        raise opened.refused(Reason.LAYOUT, "an entry reaches beyond the directory")
    raw = opened.data[at + _CENTRAL.size : behind_name]
    name = decode_name(opened, raw, utf8=bool(flags & _UTF8))
    _check_way(opened, name, flags, method)
    if comment_size:
        raise opened.refused(Reason.COMMENT, f"{name!a} has a comment, which nothing checks")
    if disk or internal > 1 or version not in VERSIONS or system not in _SYSTEMS:
        raise opened.refused(Reason.BAD_HEADER, f"{name!a} is for another disk, system or version of the format")
    _check_attributes(opened, name, attributes)
    wide = read_extra(opened, opened.data[behind_name:behind], name).get(ZIP64)
    size, compressed, offset = widen(opened, name, (size, compressed, offset), wide)
    return Entry(raw, name, flags, method, (time, date), crc, compressed, size, offset), behind


def _check_way(opened: Opened, name: str, flags: int, method: int) -> None:
    if flags & _ENCRYPTED:
        raise opened.refused(Reason.ENCRYPTED, f"{name!a} is encrypted")
    if flags & ~_PLAIN:
        raise opened.refused(Reason.BAD_HEADER, f"{name!a} has flags that are not in use (0x{flags:04x})")
    if method not in {STORED, DEFLATED}:
        raise opened.refused(Reason.UNKNOWN_METHOD, f"{name!a} is packed by method {method}, not stored or deflated")


def _check_attributes(opened: Opened, name: str, attributes: int) -> None:
    mode, low = attributes >> 16, attributes & 0xFFFF
    kind = stat.S_IFMT(mode)
    is_folder = name.endswith("/")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR} or low & _LABEL:
        raise opened.refused(Reason.NOT_A_FILE, f"{name!a} is a link or a device")
    if kind == (stat.S_IFREG if is_folder else stat.S_IFDIR) or (low & _FOLDER and not is_folder):
        raise opened.refused(
            Reason.NOT_A_FILE, f"{name!a} is a file by its name or its mode, and a folder by the other"
        )
    if mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):
        raise opened.refused(Reason.SPECIAL_MODE, f"{name!a} has mode {stat.S_IMODE(mode):04o}")
    if low & ~_KNOWN_ATTRIBUTES:
        raise opened.refused(Reason.BAD_HEADER, f"{name!a} has attributes that are not in use (0x{low:04x})")
