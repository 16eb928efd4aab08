"""What differs between two archives that should be one: the first member, and what about it."""

from __future__ import annotations

import tarfile
import zipfile
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from release.model.archive import read_sdist, read_wheel
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path, PurePosixPath

_OF_ZIP = ("date_time", "external_attr", "compress_type", "create_system", "flag_bits", "extra", "compress_size")
_OF_TAR = ("mtime", "mode", "uid", "gid", "uname", "gname", "type")


def find_difference(first: Path, second: Path) -> str:
    """Say in a line how two wheels, or two sdists, of different bytes differ; the first is called `it`."""
    is_wheel = first.suffix == ".whl"
    read = read_wheel if is_wheel else read_sdist
    return _in_content(read(first), read(second)) or (_in_zip if is_wheel else _in_tar)(first, second)


def _in_content(first: Mapping[PurePosixPath, bytes], second: Mapping[PurePosixPath, bytes]) -> str:
    if more := sorted(first.keys() - second.keys()):
        return f"it holds {shown(str(more[0]))}, which a rebuild does not make"
    if less := sorted(second.keys() - first.keys()):
        return f"it lacks {shown(str(less[0]))}, which a rebuild makes"
    for path in sorted(first):
        if first[path] != second[path]:
            return f"{shown(str(path))}: {_first_line(first[path], second[path])}"
    return ""


def _first_line(first: bytes, second: bytes) -> str:
    lines = zip_longest(first.split(b"\n"), second.split(b"\n"))
    for number, (one, other) in enumerate(lines, 1):
        if one != other:
            return f"line {number} is {_quoted(one)}, and a rebuild gives {_quoted(other)}"
    return "the same"  # never of different bytes


def _quoted(line: bytes | None) -> str:
    return "missing" if line is None else ascii(line[:80].decode(errors="replace"))


def _in_zip(first: Path, second: Path) -> str:
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        return _in_headers(
            {each.filename: each for each in one.infolist()},
            {each.filename: each for each in other.infolist()},
            _OF_ZIP,
        )


def _in_tar(first: Path, second: Path) -> str:
    with tarfile.open(first) as one, tarfile.open(second) as other:
        return _in_headers(
            {each.name: each for each in one.getmembers()}, {each.name: each for each in other.getmembers()}, _OF_TAR
        )


def _in_headers(first: Mapping[str, Any], second: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    if list(first) != list(second):
        return "the same files stand in another order"
    for name, header in first.items():
        for field in fields:
            one, other = getattr(header, field), getattr(second[name], field)
            if one != other:
                return f"{shown(name)}: {field} is {one}, and a rebuild gives {other}"
    return "every file is the same, and the archive around them is written another way"
