"""Wheels whose two headers of a member differ, or give it a second name."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import MODULE, SOURCE, wheel_and, wheel_changed
from tests.corpus.archives.zip_parts import STORED, WIDE, Part, extra

if TYPE_CHECKING:
    from tests.corpus.archives.zip_parts import Change

_PART = Part(MODULE, SOURCE)
_CRC, _PACKED, _SIZE = zlib.crc32(SOURCE), len(_PART.body), len(SOURCE)
_DESCRIBED = 1 << 3
_EARLY = {"crc": 0, "compressed": 0, "size": 0}
_OTHER = Part("alpha/evil.py", b"evil = True\n")
_UNICODE_PATH = extra(0x7075, b"\x01" + struct.pack("<L", zlib.crc32(MODULE.encode())) + b"alpha/evil.py")
_BOTH = extra(1, struct.pack("<QQ", _SIZE, _PACKED))


def _local(**said: int | bytes) -> Change:
    return {"local": said}


def _described(behind: bytes) -> Change:
    return {"flags": _DESCRIBED, "local": _EARLY, "behind": behind}


_MISMATCHES: dict[str, tuple[Change, str]] = {
    "name": (_local(name=b"alpha/__evil__.py"), "another name in the local header, of the same length"),
    "name-shorter": (_local(name=b"alpha/a.py"), "a shorter name in the local header"),
    "name-parent": (_local(name=b"../escape.py"), "a local name that leads out"),
    "name-case": (_local(name=b"alpha/__INIT__.py"), "a local name in capitals"),
    "name-empty": (_local(name=b""), "no name in the local header"),
    "name-slash": (_local(name=b"alpha/__init__.py/"), "a folder by its local name"),
    "utf-8-flag": (_local(flags=1 << 11), "UTF-8 by the local header alone"),
    "encrypted-flag": (_local(flags=1), "encrypted by the local header alone"),
    "descriptor-flag": (_local(flags=_DESCRIBED), "sizes behind it, by the local header alone"),
    "method": (_local(method=STORED), "stored by the local header, deflated by the directory"),
    "time": (_local(time=1), "another time"),
    "date": (_local(date=0x21), "another date"),
    "checksum": (_local(crc=1), "another checksum"),
    "checksum-none": (_local(crc=0), "no checksum in the local header"),
    "compressed": (_local(compressed=_PACKED + 1), "another compressed size"),
    "size": (_local(size=_SIZE + 1), "another size"),
    "sizes-none": (_local(**_EARLY), "no sizes in the local header, and none behind"),
    "zip64-sizes": (_local(compressed=WIDE, size=WIDE, extra=extra(1, bytes(16))), "other sizes in the ZIP64 field"),
    "zip64-stated-otherwise": (_local(extra=extra(1, bytes(16))), "sizes in the header and others in the ZIP64 field"),
    "unicode-path-local": (_local(extra=_UNICODE_PATH), "a second name in the local header"),
    "unicode-path-central": ({"central": {"extra": _UNICODE_PATH}}, "a second name in the directory"),
    "unicode-path-same": (
        {
            "central": {
                "extra": extra(0x7075, b"\x01" + struct.pack("<L", zlib.crc32(MODULE.encode())) + MODULE.encode())
            }
        },
        "a second name that is the first",
    ),
    "unicode-comment": ({"central": {"extra": extra(0x6375, b"\x01\0\0\0\0evil")}}, "a second comment"),
    "descriptor-checksum": (
        _described(b"PK\x07\x08" + struct.pack("<LLL", 1, _PACKED, _SIZE)),
        "another checksum behind",
    ),
    "descriptor-compressed": (
        _described(b"PK\x07\x08" + struct.pack("<LLL", _CRC, 1, _SIZE)),
        "another compressed size behind",
    ),
    "descriptor-size": (_described(b"PK\x07\x08" + struct.pack("<LLL", _CRC, _PACKED, 1)), "another size behind"),
    "descriptor-missing": (_described(b""), "sizes that should stand behind do not"),
    "descriptor-torn": (_described(_PART.descriptor[:-1]), "sizes behind it break off"),
    "descriptor-wide": (
        _described(b"PK\x07\x08" + struct.pack("<LQQ", _CRC, _PACKED, _SIZE)),
        "eight-byte sizes without ZIP64",
    ),
    "descriptor-and-more": (_described(_PART.descriptor + b"payload"), "bytes behind the sizes that stand behind"),
    "descriptor-some-early": (
        {"flags": _DESCRIBED, "local": {**_EARLY, "size": _SIZE + 1}, "behind": _PART.descriptor},
        "another size before than behind",
    ),
}
_AMBIGUOUS = Part("alpha/more.py", _OTHER.descriptor + SOURCE, method=STORED, flags=_DESCRIBED, local=_EARLY)
CASES = (
    *(
        Case(f"mismatch-{key}", what, partial(wheel_changed, **change), Reason.HEADER_MISMATCH)
        for key, (change, what) in _MISMATCHES.items()
    ),
    Case(
        "mismatch-stored",
        "is stored, holds what looks like its end, and has its size behind",
        partial(wheel_and, replace(_AMBIGUOUS, behind=_AMBIGUOUS.descriptor)),
        Reason.AMBIGUOUS_SIZE,
    ),
)
