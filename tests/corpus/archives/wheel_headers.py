"""Wheels whose headers say what no header should: extra fields, flags, versions, methods."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import MODULE, SOURCE, parts_of, wheel_changed
from tests.corpus.archives.zip_parts import WIDE, Part, extra

if TYPE_CHECKING:
    from tests.corpus.archives.zip_parts import Change

_SIZE = len(SOURCE)
_BOTH = extra(1, struct.pack("<QQ", _SIZE, len(Part(MODULE, SOURCE).body)))


def _local(**said: int | bytes) -> Change:
    return {"local": said}


def _zipped(method: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for part in parts_of():
            archive.writestr(zipfile.ZipInfo(str(part.name), (2020, 2, 2, 0, 0, 0)), part.content, method)
    return made.getvalue()


_HEADERS: dict[str, tuple[Change, Reason, str]] = {
    "zip64-missing-local": (
        _local(compressed=WIDE, size=WIDE),
        Reason.BAD_HEADER,
        "refers to a ZIP64 field that is not there",
    ),
    "zip64-missing-central": ({"central": {"size": WIDE}}, Reason.BAD_HEADER, "the directory refers to none"),
    "zip64-half-local": (
        _local(size=WIDE, extra=extra(1, struct.pack("<Q", _SIZE))),
        Reason.BAD_HEADER,
        "a local ZIP64 field of one size",
    ),
    "zip64-too-long": (
        {"central": {"size": WIDE, "extra": _BOTH}},
        Reason.BAD_HEADER,
        "a ZIP64 field of more than it is asked",
    ),
    "zip64-unasked": ({"central": {"extra": _BOTH}}, Reason.BAD_HEADER, "a ZIP64 field that nothing refers to"),
    "extra-torn": (_local(extra=b"\x55\x54\x09\x00abc"), Reason.BAD_HEADER, "an extra field that breaks off"),
    "extra-stub": (_local(extra=b"abc"), Reason.BAD_HEADER, "three bytes that are no extra field"),
    "extra-twice": (_local(extra=extra(0x5455, b"\0") * 2), Reason.BAD_HEADER, "an extra field twice"),
    "extra-zip64-twice": (
        _local(compressed=WIDE, size=WIDE, extra=_BOTH * 2),
        Reason.BAD_HEADER,
        "a ZIP64 field twice",
    ),
    "extra-unknown-local": (_local(extra=extra(0xCAFE, b"")), Reason.UNKNOWN_EXTRA, "an extra field that nobody knows"),
    "extra-unknown-central": (
        {"central": {"extra": extra(0xBEEF, b"x")}},
        Reason.UNKNOWN_EXTRA,
        "the same in the directory",
    ),
    "extra-payload": (
        _local(extra=extra(0x4141, b"payload" * 99)),
        Reason.UNKNOWN_EXTRA,
        "a payload in an extra field",
    ),
    "extra-padding": (_local(extra=extra(0xD935, bytes(6))), Reason.UNKNOWN_EXTRA, "padding in an extra field"),
    "extra-long-time": (
        _local(extra=extra(0x5455, b"payload" * 9)),
        Reason.UNKNOWN_EXTRA,
        "a payload in a field of times",
    ),
    "extra-unix-link": (
        _local(extra=extra(0x000D, bytes(12) + b"..")),
        Reason.UNKNOWN_EXTRA,
        "the target of a link in an extra field",
    ),
    "comment-of-member": ({"central": {"comment": b"payload"}}, Reason.COMMENT, "a comment on a member"),
    "disk-of-member": ({"central": {"disk": 1}}, Reason.BAD_HEADER, "a member on another disk"),
    "internal-attributes": ({"central": {"internal": 2}}, Reason.BAD_HEADER, "internal attributes that are not in use"),
    "attributes": (
        {"central": {"attributes": 0o100644 << 16 | 0x4000}},
        Reason.BAD_HEADER,
        "attributes that are not in use",
    ),
    "version-needed": (
        {"local": {"needed": 63}, "central": {"needed": 63}},
        Reason.BAD_HEADER,
        "needs version 6.3 of the format",
    ),
    "version-needed-local": (_local(needed=99), Reason.BAD_HEADER, "needs version 9.9, by the local header"),
    "system": ({"central": {"made": 0x0714}}, Reason.BAD_HEADER, "made on a system whose attributes nobody knows"),
    "flag-patched": ({"flags": 1 << 5}, Reason.BAD_HEADER, "is a patch by its flags"),
    "flag-reserved": ({"flags": 1 << 14}, Reason.BAD_HEADER, "has a flag that is not in use"),
    "flag-enhanced": ({"flags": 1 << 4}, Reason.BAD_HEADER, "has the flag of another way of deflating"),
    "encrypted": ({"flags": 1}, Reason.ENCRYPTED, "is encrypted by its flags"),
    "encrypted-strongly": ({"flags": 1 | 1 << 6}, Reason.ENCRYPTED, "is encrypted strongly"),
    "encrypted-directory": ({"flags": 1 << 13}, Reason.ENCRYPTED, "has an encrypted directory"),
    "encrypted-aes": ({"flags": 1, "method": 99, "packed": b"x" * 40}, Reason.ENCRYPTED, "is encrypted by AES"),
}
_METHODS = {
    1: "shrunk",
    6: "imploded",
    9: "deflate64",
    93: "zstd",
    95: "xz",
    99: "aes",
    255: "unknown",
}
CASES = (
    *(
        Case(f"header-{key}", what, partial(wheel_changed, **change), reason)
        for key, (change, reason, what) in _HEADERS.items()
    ),
    *(
        Case(
            f"method-{name}",
            f"is {name} by its headers",
            partial(wheel_changed, method=number, packed=SOURCE),
            Reason.UNKNOWN_METHOD,
        )
        for number, name in _METHODS.items()
    ),
    Case("method-bzip2", "is packed by bzip2", partial(_zipped, zipfile.ZIP_BZIP2), Reason.UNKNOWN_METHOD),
    Case("method-lzma", "is packed by LZMA", partial(_zipped, zipfile.ZIP_LZMA), Reason.UNKNOWN_METHOD),
)
