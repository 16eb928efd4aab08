"""Zip files written part by part, so that each field can be another than it should be."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STORED, DEFLATED = 0, 8
WIDE = 0xFFFFFFFF
MOMENT = (0, 0x5042)
"""Midnight of 2 February 2020, as a zip file writes it."""


@dataclass(frozen=True)
class Part:
    """A member: what it holds, and what its headers say in place of what is so."""

    name: str | bytes
    content: bytes = b""
    method: int = DEFLATED
    level: int = 6
    flags: int = 0
    mode: int = 0o100644
    packed: bytes | None = None
    """Bytes in place of what packing makes of the content."""
    local: Mapping[str, Any] = field(default_factory=dict)
    central: Mapping[str, Any] = field(default_factory=dict)
    before: bytes = b""
    behind: bytes = b""
    """Bytes that stand before the local header, and behind the content: a descriptor, for one."""
    is_listed: bool = True

    @property
    def raw(self) -> bytes:
        """The name's bytes."""
        return self.name.encode() if isinstance(self.name, str) else self.name

    @property
    def body(self) -> bytes:
        """The content as it stands in the file."""
        if self.packed is not None:
            return self.packed
        return deflate(self.content, self.level) if self.method == DEFLATED else self.content

    @property
    def said(self) -> dict[str, Any]:
        """What both headers say if nothing else is asked for."""
        utf8 = 0 if self.raw.isascii() or isinstance(self.name, bytes) else 1 << 11
        return {
            "needed": 20,
            "flags": self.flags | utf8,
            "method": self.method,
            "time": MOMENT[0],
            "date": MOMENT[1],
            "crc": zlib.crc32(self.content),
            "compressed": len(self.body),
            "size": len(self.content),
            "name": self.raw,
            "extra": b"",
        }

    @property
    def descriptor(self) -> bytes:
        """The record that stands behind a member whose header came too early to know its sizes."""
        return b"PK\x07\x08" + struct.pack("<LLL", zlib.crc32(self.content), len(self.body), len(self.content))


class Headers(TypedDict, total=False):
    """What the headers of a member say in place of what is so."""

    local: Mapping[str, Any]
    central: Mapping[str, Any]


class Change(Headers, total=False):
    """What a member may be written with in place of what is so."""

    content: bytes
    method: int
    level: int
    flags: int
    mode: int
    packed: bytes | None
    before: bytes
    behind: bytes


class Around(TypedDict, total=False):
    """What may stand around the members of a file."""

    leading: bytes
    gap: bytes
    tail: bytes
    trailing: bytes
    reverse: bool
    end: Mapping[str, Any]
    end64: Mapping[str, Any]


def deflate(content: bytes, level: int = 6) -> bytes:
    """Pack without a header, as zip files do."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def local_header(part: Part) -> bytes:
    """Write what stands before a member."""
    said = {**part.said, **part.local}
    fields = [said[name] for name in ("needed", "flags", "method", "time", "date", "crc", "compressed", "size")]
    lengths = (len(said["name"]), len(said["extra"]))
    header = struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields, *lengths)
    return b"".join([header, said["name"], said["extra"]])


def central_header(part: Part, offset: int) -> bytes:
    """Write what the directory says of a member."""
    more = {"made": 0x0314, "comment": b"", "disk": 0, "internal": 0, "attributes": part.mode << 16, "offset": offset}
    said = {**part.said, **more, **part.central}
    fields = [said[name] for name in ("made", "needed", "flags", "method", "time", "date", "crc", "compressed", "size")]
    lengths = (len(said["name"]), len(said["extra"]), len(said["comment"]))
    rest = [said[name] for name in ("disk", "internal", "attributes", "offset")]
    header = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *fields, *lengths, *rest)
    return b"".join([header, said["name"], said["extra"], said["comment"]])


def zip_of(  # noqa: PLR0913  # each is a place in the file where something can stand
    parts: Iterable[Part],
    *,
    leading: bytes = b"",
    gap: bytes = b"",
    tail: bytes = b"",
    trailing: bytes = b"",
    reverse: bool = False,
    end: Mapping[str, Any] | None = None,
    end64: Mapping[str, Any] | None = None,
) -> bytes:
    """Write the file: members, `gap`, directory, `tail`, end records (the ZIP64 ones if `end64` is given)."""
    made, headers = bytearray(leading), []
    for part in parts:
        made += part.before
        if part.is_listed:
            headers.append(central_header(part, len(made)))
        made += local_header(part) + part.body + part.behind
    made += gap
    directory = b"".join(reversed(headers) if reverse else headers)
    said = {"here": len(headers), "count": len(headers), "size": len(directory), "offset": len(made)}
    made += directory + tail
    if end64 is not None:
        made += _wide_end({**said, **end64}, len(made))
    return bytes(made + end_record({**said, **(end or {})}) + trailing)


def end_record(said: Mapping[str, Any]) -> bytes:
    """Write the last record of the file."""
    said = {"disk": 0, "start": 0, "comment": b"", **said}
    fields = [said[name] for name in ("disk", "start", "here", "count", "size", "offset")]
    record = struct.pack("<4s4H2LH", b"PK\x05\x06", *fields, said.get("length", len(said["comment"])))
    return b"".join([record, said["comment"]])


def _wide_end(said: Mapping[str, Any], at: int) -> bytes:
    said = {"more": b"", "place": at, "disks": 1, "disk": 0, **said}
    fields = [said[name] for name in ("here", "count", "size", "offset")]
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44 + len(said["more"]), 45, 45, said["disk"], 0, *fields)
    return b"".join([record, said["more"], struct.pack("<4sLQL", b"PK\x06\x07", 0, said["place"], said["disks"])])


def extra(number: int, content: bytes) -> bytes:
    """Write an extra field."""
    return struct.pack("<HH", number, len(content)) + content


EMPTY = end_record({"here": 0, "count": 0, "size": 0, "offset": 0})
"""A zip file without members."""
