"""Wheels that are well-formed, however unusual as zip files: each is taken."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import (
    DATA,
    INFO,
    SOURCE,
    all_changed,
    parts_of,
    wheel_and,
    wheel_changed,
    wheel_with,
)
from tests.corpus.archives.zip_parts import STORED, WIDE, Part, extra, zip_of

if TYPE_CHECKING:
    from collections.abc import Callable

_EARLY = {"crc": 0, "compressed": 0, "size": 0}
_TIMES = extra(0x5455, b"\x03" + struct.pack("<LL", 1_580_601_600, 1_580_601_600))
_OWNER = extra(0x7875, b"\x01\x04" + struct.pack("<L", 1000) + b"\x04" + struct.pack("<L", 1000))
_NTFS = extra(0x000A, bytes(4) + struct.pack("<HH", 1, 24) + bytes(24))


def _folder(name: str, **more: int) -> Part:
    return Part(name, mode=0o40755, **more)  # type: ignore[arg-type]  # flags, method or level


def _wide(*, is_stated_twice: bool = False, is_described: bool = False) -> bytes:
    """Write each member with a ZIP64 field in its local header."""
    parts = []
    for part in parts_of():
        size, packed = len(part.content), len(part.body)
        field = extra(1, bytes(16) if is_described else struct.pack("<QQ", size, packed))
        local: dict[str, int | bytes] = (
            {"extra": field} if is_stated_twice else {"extra": field, "compressed": WIDE, "size": WIDE}
        )
        behind = b""
        if is_described:
            local["crc"] = 0
            behind = b"PK\x07\x08" + struct.pack("<LQQ", zlib.crc32(part.content), packed, size)
        parts.append(replace(part, local=local, behind=behind, flags=8 * is_described))
    return zip_of(parts)


def _described(*, is_signed: bool = True, folder: bool = False) -> bytes:
    """Write sizes behind each member, as a stream that can't be turned back is written."""
    parts = [Part("alpha/", mode=0o40755), *parts_of()] if folder else parts_of()
    skip = 0 if is_signed else 4
    return zip_of(replace(part, flags=8, local=_EARLY, behind=part.descriptor[skip:]) for part in parts)


def _zipfiled(*, is_wide: bool = False, level: int = 6) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for part in parts_of():
            entry = zipfile.ZipInfo(str(part.name), (2020, 2, 2, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=is_wide) as member:
                member.write(part.content)
    return made.getvalue()


def _wide_directory() -> bytes:
    size = extra(1, struct.pack("<Q", len(SOURCE)))
    return wheel_changed(central={"size": WIDE, "extra": size})


def _wide_place() -> bytes:
    return wheel_changed(central={"offset": WIDE, "extra": extra(1, struct.pack("<Q", 0))})


_TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "plain": (wheel_with, "nothing unusual"),
    "by-zipfile": (_zipfiled, "as Python's zipfile writes it"),
    "stored": (partial(all_changed, method=STORED), "not compressed"),
    "level-0": (partial(all_changed, level=0), "deflated without compression"),
    "level-1": (partial(all_changed, level=1), "compressed fast"),
    "level-9": (partial(all_changed, level=9), "compressed best"),
    "level-flags": (partial(all_changed, flags=2), "flags that tell the level"),
    "mixed": (partial(wheel_changed, method=STORED), "one member stored, the others deflated"),
    "folders": (lambda: zip_of([_folder("alpha/", method=STORED), *parts_of()]), "an entry for a folder"),
    "folders-deflated": (partial(wheel_and, _folder("alpha/")), "an entry for a folder, deflated and last"),
    "folder-attribute": (
        partial(wheel_and, Part("alpha/sub/", central={"attributes": 0o40755 << 16 | 0x10})),
        "a folder with the attribute of one",
    ),
    "folder-empty": (partial(wheel_and, _folder("alpha/sub/empty/")), "an empty folder"),
    "folder-without-mode": (partial(wheel_and, Part("alpha/sub/", mode=0)), "a folder without a mode"),
    "folder-dist-info": (partial(wheel_and, _folder(f"{INFO}/")), "an entry for the dist-info"),
    "zip64-local": (_wide, "ZIP64 fields in the local headers"),
    "zip64-by-zipfile": (partial(_zipfiled, is_wide=True), "the same, as Python's zipfile writes them"),
    "zip64-stated-twice": (partial(_wide, is_stated_twice=True), "ZIP64 fields beside sizes that would do"),
    "zip64-described": (partial(_wide, is_described=True), "ZIP64 sizes behind the members"),
    "zip64-directory": (_wide_directory, "a ZIP64 size in the directory"),
    "zip64-place": (_wide_place, "a ZIP64 place in the directory"),
    "zip64-end": (partial(wheel_with, end64={}), "a ZIP64 end record beside one that would do"),
    "zip64-end-alone": (
        partial(wheel_with, end={"here": 0xFFFF, "count": 0xFFFF, "size": WIDE, "offset": WIDE}, end64={}),
        "an end record that refers to ZIP64",
    ),
    "zip64-version": (partial(all_changed, local={"needed": 45}, central={"needed": 45}), "version 4.5 of the format"),
    "described": (_described, "sizes behind the members"),
    "described-unsigned": (partial(_described, is_signed=False), "the same, without the optional signature"),
    "described-folder": (partial(_described, folder=True), "the same, for a folder too"),
    "times": (
        partial(all_changed, local={"extra": _TIMES}, central={"extra": _TIMES[:9].replace(b"\x09", b"\x05", 1)}),
        "times in extra fields",
    ),
    "owner": (
        partial(all_changed, local={"extra": _TIMES + _OWNER}, central={"extra": _OWNER}),
        "owners in extra fields",
    ),
    "ntfs-times": (partial(all_changed, central={"extra": _NTFS}), "times of NTFS in extra fields"),
    "old-version": (
        partial(all_changed, method=STORED, local={"needed": 10}, central={"needed": 10}),
        "version 1.0 of the format",
    ),
    "year-1980": (partial(all_changed, local={"date": 0x21}, central={"date": 0x21}), "made in 1980"),
    "executable": (partial(all_changed, mode=0o100755), "members that can be executed"),
    "writable": (partial(all_changed, mode=0o100666), "members that everyone may write, as Windows makes them"),
    "no-mode": (partial(all_changed, mode=0), "members without a mode"),
    "mode-without-kind": (partial(all_changed, mode=0o644), "modes that name no kind"),
    "from-fat": (partial(all_changed, central={"made": 20, "attributes": 0x20}), "made on a system without modes"),
    "from-macos": (partial(all_changed, central={"made": 0x1314}), "made on macOS"),
    "text-attribute": (partial(all_changed, central={"internal": 1}), "members that are marked as text"),
    "record-first": (lambda: zip_of(reversed(parts_of())), "RECORD before all others"),
    "folder-data": (partial(wheel_and, _folder(f"{DATA}/"), _folder(f"{DATA}/data/")), "entries for data folders"),
}
CASES = tuple(Case(f"taken-{key}", what, make) for key, (make, what) in _TAKEN.items())
