"""Extra fields of a zip file: ZIP64 sizes and times; a second name or anything unknown is refused."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from release.model.archive.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.archive.reason import Opened

ZIP64 = 0x0001
WIDE = 0xFFFFFFFF
"""What a field of four bytes holds when its value stands in the ZIP64 field."""
_LONGEST = {
    ZIP64: 24,
    0x000A: 32,  # NTFS times
    0x5455: 13,  # times
    0x5855: 12,  # times, user and group, as old Info-ZIP wrote them
    0x7855: 4,  # user and group of 16 bits
    0x7875: 16,  # user and group
}
"""Bytes of each field that tells no more than times and owners, which no installer of wheels reads."""
_BOTH = struct.Struct("<QQ")
_SECOND_NAMES = {0x7075: "name", 0x6375: "comment"}


def read_extra(opened: Opened, raw: bytes, name: str) -> dict[int, bytes]:
    """Give each extra field by its number."""
    fields: dict[int, bytes] = {}
    rest = raw
    while rest:
        number, length = struct.unpack_from("<HH", rest) if len(rest) >= 4 else (0, len(rest))  # noqa: PLR2004  # two H
        if 4 + length > len(rest) or number in fields:
            raise opened.refused(Reason.BAD_HEADER, f"{name!a} has torn or repeated extra fields")
        if number in _SECOND_NAMES:
            raise opened.refused(
                Reason.HEADER_MISMATCH, f"{name!a} has a second {_SECOND_NAMES[number]} (0x{number:04x})"
            )
        if length > _LONGEST.get(number, -1):
            said = f"{name!a} has an extra field 0x{number:04x} of {length} bytes, which nothing checks"
            raise opened.refused(Reason.UNKNOWN_EXTRA, said)
        fields[number] = rest[4 : 4 + length]
        rest = rest[4 + length :]
    return fields


def widen(opened: Opened, name: str, fields: Iterable[int], extra: bytes | None) -> tuple[int, ...]:
    """Put the values of the directory's ZIP64 field where they belong; it holds just those that are referred to."""
    given = tuple(fields)
    wanted = given.count(WIDE)
    if extra is None:
        if wanted:
            raise opened.refused(Reason.BAD_HEADER, f"{name!a} refers to a ZIP64 field, which is not there")
        return given
    if len(extra) != 8 * wanted:
        raise opened.refused(Reason.BAD_HEADER, f"{name!a} has a ZIP64 field of {len(extra)} bytes for {wanted} values")
    values = iter(struct.unpack(f"<{wanted}Q", extra))
    return tuple(next(values) if each == WIDE else each for each in given)


def widen_local(opened: Opened, name: str, sizes: tuple[int, int], extra: bytes | None) -> tuple[int, int]:
    """Give both sizes of a local header, whose ZIP64 field holds both (APPNOTE 4.5.3); protobuf states them twice."""
    if extra is None:
        if WIDE in sizes:
            raise opened.refused(Reason.BAD_HEADER, f"{name!a} refers to a ZIP64 field, which is not there")
        return sizes
    if len(extra) != _BOTH.size:
        raise opened.refused(Reason.BAD_HEADER, f"{name!a} has a ZIP64 field of {len(extra)} bytes, not of two values")
    size, compressed = _BOTH.unpack(extra)
    if sizes[0] not in {WIDE, size} or sizes[1] not in {WIDE, compressed}:
        raise opened.refused(Reason.HEADER_MISMATCH, f"{name!a} has other sizes in its ZIP64 field than in its header")
    return size, compressed
