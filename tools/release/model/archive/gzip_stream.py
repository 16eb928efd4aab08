"""A gzip file of exactly one member, unpacked no further than a release of ours may reach."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from release.model.archive.reason import LARGEST_CONTENT, Reason, is_absurd

if TYPE_CHECKING:
    from release.model.archive.reason import Opened

_HEADER = 10
_TRAILER = struct.Struct("<LL")
_NAMED = 1 << 3
_LONGEST_NAME = 255
_FED, _TAKEN = 64 * 1024, 4 * 1024**2  # bytes at a time


def unpack_gzip(opened: Opened) -> bytes:
    """Give the content of the one member (RFC 1952), whose checksum and size have to be right."""
    begin = _find_stream(opened)
    content, behind = _inflate(opened, begin)
    if behind + _TRAILER.size > len(opened.data):
        raise opened.refused(Reason.NOT_AN_ARCHIVE, "can't be read: it breaks off before its checksum")
    crc, size = _TRAILER.unpack_from(opened.data, behind)
    if crc != zlib.crc32(content):
        raise opened.refused(Reason.WRONG_CHECKSUM, "has another checksum than its trailer says")
    if size != len(content):
        raise opened.refused(Reason.WRONG_SIZE, "has another size than its trailer says")
    rest = opened.data[behind + _TRAILER.size :]
    if rest.startswith(b"\x1f\x8b"):
        raise opened.refused(Reason.SECOND_MEMBER, "holds a second gzip member")
    if rest:
        raise opened.refused(Reason.TRAILING_DATA, f"has {len(rest)} bytes after its gzip member")
    return content


def _find_stream(opened: Opened) -> int:
    """Give where the compressed stream begins; a header may have a time and a file name, and nothing else."""
    if not opened.data.startswith(b"\x1f\x8b") or len(opened.data) < _HEADER:
        where = opened.data.find(b"\x1f\x8b\x08")
        if where > 0:
            raise opened.refused(Reason.LEADING_DATA, f"has {where} bytes before its gzip member")
        raise opened.refused(Reason.NOT_AN_ARCHIVE, "can't be read: it is no gzip file")
    method, flags = opened.data[2], opened.data[3]
    if method != zlib.DEFLATED:
        raise opened.refused(Reason.UNKNOWN_METHOD, f"is packed by method {method}, not deflated")
    if flags & ~_NAMED:
        raise opened.refused(Reason.BAD_HEADER, f"its gzip header has more than a name (flags 0x{flags:02x})")
    if not flags:
        return _HEADER
    end = opened.data.find(b"\0", _HEADER, _HEADER + _LONGEST_NAME + 1)
    name = opened.data[_HEADER:end].decode("latin-1") if end > 0 else ""
    if not name or not name.isprintable() or "/" in name or "\\" in name:
        raise opened.refused(Reason.BAD_NAME, "its gzip header names no file, or not plainly")
    return end + 1


def _inflate(opened: Opened, begin: int) -> tuple[bytes, int]:
    """Give the content, and where in the file the stream ends."""
    stream, content = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    fed, waiting = begin, b""
    while not stream.eof:
        if not waiting:
            waiting = opened.data[fed : fed + _FED]
            fed += len(waiting)
        try:
            made = stream.decompress(waiting, _TAKEN)
        except zlib.error as error:
            raise opened.refused(Reason.BAD_STREAM, f"can't be read: {error}") from None
        if not waiting and not made:
            raise opened.refused(Reason.NOT_AN_ARCHIVE, "can't be read: it breaks off")
        waiting = stream.unconsumed_tail
        content += made
        if len(content) > LARGEST_CONTENT:
            raise opened.refused(Reason.TOO_LARGE, f"unpacks to more than {LARGEST_CONTENT:,} bytes")
        if is_absurd(len(content), len(opened.data)):
            raise opened.refused(Reason.ABSURD_COMPRESSION, f"its {len(opened.data):,} bytes unpack to far more")
    return bytes(content), fed - len(waiting) - len(stream.unused_data)
