"""The members of a zip file: each local header against the directory, and each byte in its place."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from release.model.archive.names import Members, check_name
from release.model.archive.reason import Reason
from release.model.archive.zip_directory import DESCRIBED, STORED, VERSIONS, read_entries
from release.model.archive.zip_end import find_directory
from release.model.archive.zip_extra import ZIP64, read_extra, widen_local

if TYPE_CHECKING:
    from release.model.archive.reason import Opened
    from release.model.archive.zip_directory import Entry

_LOCAL = struct.Struct("<4s5H3L2H")
_SIGNATURE = b"PK\x07\x08"


def read_zip(opened: Opened) -> Members:
    """Give what is in a zip file in which every byte belongs to one header, member or record, and all agree."""
    directory = find_directory(opened)
    entries = read_entries(opened, directory)
    if entries[0].offset:
        raise opened.refused(Reason.LEADING_DATA, f"has {entries[0].offset} bytes before its first member")
    members = Members(opened)
    for entry, end in zip(entries, [*(each.offset for each in entries[1:]), directory.offset], strict=True):
        path = check_name(opened, entry.name)
        content = _read_member(opened, entry, end)
        if not entry.name.endswith("/"):
            members.add_file(path, content)
        elif content:
            raise opened.refused(Reason.NOT_A_FILE, f"{entry.name!a} is a folder with content")
        else:
            members.add_folder(path)
    return members


def _read_member(opened: Opened, entry: Entry, end: int) -> bytes:
    begin, wide = _check_header(opened, entry, end)
    behind = begin + entry.compressed
    if behind > end:
        raise opened.refused(Reason.WRONG_SIZE, f"{entry.name!a} reaches into what follows it")
    rest = opened.data[behind:end]
    if entry.flags & DESCRIBED:
        sizes = struct.pack("<LQQ" if wide else "<LLL", entry.crc, entry.compressed, entry.size)
        if rest not in {sizes, _SIGNATURE + sizes}:
            raise opened.refused(Reason.HEADER_MISMATCH, f"{entry.name!a} has another size or checksum behind it")
        if entry.method == STORED and entry.size:
            said = f"{entry.name!a} is stored and its size stands behind it, so that its content can hold another end"
            raise opened.refused(Reason.AMBIGUOUS_SIZE, said)
    elif rest:
        raise opened.refused(Reason.HIDDEN_DATA, f"{len(rest)} bytes behind {entry.name!a} belong to nothing")
    content = _unpack(opened, entry, opened.data[begin:behind])
    if zlib.crc32(content) != entry.crc:
        raise opened.refused(Reason.WRONG_CHECKSUM, f"{entry.name!a} has another checksum than its headers say")
    return content


def _check_header(opened: Opened, entry: Entry, end: int) -> tuple[int, bool]:
    """Give where the content begins, and whether its sizes are written in eight bytes."""
    at = entry.offset
    if at + _LOCAL.size > end or not opened.data.startswith(b"PK\x03\x04", at):
        raise opened.refused(Reason.LAYOUT, f"no header stands where the directory says that {entry.name!a} begins")
    _, version, flags, method, time, date, *said, name_size, extra_size = _LOCAL.unpack_from(opened.data, at)
    if version not in VERSIONS:
        raise opened.refused(Reason.BAD_HEADER, f"{entry.name!a} needs version {version} of the format")
    behind_name = at + _LOCAL.size + name_size
    begin = behind_name + extra_size
    if begin > end:
        raise opened.refused(Reason.LAYOUT, f"the header of {entry.name!a} reaches into what follows it")
    wide = read_extra(opened, opened.data[behind_name:begin], entry.name).get(ZIP64)
    crc, compressed, size = said
    size, compressed = widen_local(opened, entry.name, (size, compressed), wide)
    if entry.flags & DESCRIBED and not (crc or compressed or size):
        crc, compressed, size = entry.crc, entry.compressed, entry.size
    differing = {
        "name": opened.data[at + _LOCAL.size : behind_name] != entry.raw,
        "flags": flags != entry.flags,
        "method": method != entry.method,
        "time": (time, date) != entry.moment,
        "checksum": crc != entry.crc,
        "size": (compressed, size) != (entry.compressed, entry.size),
    }
    if wrong := [what for what, differs in differing.items() if differs]:
        raise opened.refused(Reason.HEADER_MISMATCH, f"the two headers of {entry.name!a} differ: {', '.join(wrong)}")
    return begin, wide is not None


def _unpack(opened: Opened, entry: Entry, packed: bytes) -> bytes:
    """Unpack no more than was declared, and nothing that follows the end of the stream."""
    if entry.method == STORED:
        content, ends_well = packed, True
    else:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = stream.decompress(packed, entry.size + 1)
        except zlib.error as error:
            raise opened.refused(Reason.BAD_STREAM, f"can't be read: {entry.name!a}: {error}") from None
        ends_well = stream.eof and not stream.unused_data and not stream.unconsumed_tail
    if len(content) != entry.size or not ends_well:
        raise opened.refused(Reason.WRONG_SIZE, f"{entry.name!a} has another size than its headers say")
    return content
