"""Tar and gzip files written block by block, so that each field can be another than it should be."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Unpack

BLOCK = 512
STEM = "alpha-1.0"
SOURCE = b"NUMBER = 1\n"
INFORMATION = b"Metadata-Version: 2.4\nName: alpha\nVersion: 1.0\n"
PROJECT = b'[build-system]\nrequires = []\nbuild-backend = "none"\n'
_FIELDS = (
    ("name", 100),
    ("mode", 8),
    ("user", 8),
    ("group", 8),
    ("size", 12),
    ("time", 12),
    ("checksum", 8),
    ("kind", 1),
    ("link", 100),
    ("magic", 8),
    ("user_name", 32),
    ("group_name", 32),
    ("major", 8),
    ("minor", 8),
    ("prefix", 155),
    ("rest", 12),
)


@dataclass(frozen=True)
class Block:
    """A header and what follows it; `said` are fields of the header in place of what is so."""

    name: str | bytes
    content: bytes = b""
    kind: bytes = b"0"
    said: Mapping[str, bytes] = field(default_factory=dict)
    padding: bytes = b"\0"
    """What content is filled up with, as often as need be."""


class Stream(TypedDict, total=False):
    """What a gzip member may be written with in place of what is so."""

    method: int
    flags: int
    time: int
    hint: int
    system: int
    level: int
    behind: bytes
    packed: bytes
    crc: int
    size: int


def header_of(block: Block) -> bytes:
    """Write a header, with its checksum if that is not given."""
    name = block.name.encode() if isinstance(block.name, str) else block.name
    fields = {
        "name": name,
        "mode": b"0000644\0",
        "user": b"0000000\0",
        "group": b"0000000\0",
        "size": b"%011o\0" % len(block.content),
        "time": b"00000000000\0",
        "checksum": b" " * 8,
        "kind": block.kind,
        "magic": b"ustar\x0000",
        "major": b"0000000\0",
        "minor": b"0000000\0",
        **block.said,
    }
    made = b"".join(fields.get(part, b"").ljust(length, b"\0") for part, length in _FIELDS)
    if "checksum" in block.said:
        return made
    return made[:148] + b"%06o\0 " % sum(made) + made[156:]


def tar_of(blocks: Iterable[Block], *, end: bytes = bytes(2 * BLOCK)) -> bytes:
    """Write a tar file."""
    made = bytearray()
    for block in blocks:
        lacking = -len(block.content) % BLOCK
        made += header_of(block) + block.content + (block.padding * lacking)[:lacking]
    return bytes(made + end)


def gzip_of(content: bytes, **said: Unpack[Stream]) -> bytes:
    """Write a gzip member, with fields in place of what is so."""
    right = {"method": 8, "flags": 0, "time": 0, "hint": 0, "system": 255, "level": 9, "behind": b""}
    fields: dict[str, Any] = {**right, "crc": zlib.crc32(content), "size": len(content), **said}
    packer = zlib.compressobj(fields["level"], zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = said.get("packed", packer.compress(content) + packer.flush())
    names = ("method", "flags", "time", "hint", "system")
    header = b"\x1f\x8b" + struct.pack("<BBLBB", *(fields[name] for name in names))
    return b"".join([header, fields["behind"], packed, struct.pack("<LL", fields["crc"], fields["size"])])


def blocks_of(*more: Block, top: str = STEM) -> list[Block]:
    """Give the members of a plain sdist, and more."""
    files = {"PKG-INFO": INFORMATION, "pyproject.toml": PROJECT, "src/alpha/__init__.py": SOURCE}
    return [*(Block(f"{top}/{name}", content) for name, content in files.items()), *more]


def sdist_of(*more: Block, end: bytes = bytes(2 * BLOCK), **said: Unpack[Stream]) -> bytes:
    """Write an sdist with further members."""
    return gzip_of(tar_of(blocks_of(*more), end=end), **said)


def pax(records: Mapping[str, str | bytes], kind: bytes = b"x") -> Block:
    """Write a pax header, which says more of the member that follows."""
    made = b""
    for key, value in records.items():
        text = b" %s=%s\n" % (key.encode(), value.encode() if isinstance(value, str) else value)
        length = len(text) + 1
        while len(str(length)) + len(text) != length:
            length = len(str(length)) + len(text)
        made += b"%d%s" % (length, text)
    return Block(f"{STEM}/PaxHeader", made, kind)
