"""An archive that was changed anywhere is refused, or gives the very same files; and never others than Python gives."""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release.errors import IllFormed
from release.model.archive import read_sdist, read_wheel
from tests.corpus.archives.case import SDIST_NAME, WHEEL_NAME
from tests.corpus.archives.cases import CASES
from tests.corpus.archives.tar_parts import STEM, blocks_of, gzip_of, sdist_of, tar_of
from tests.corpus.archives.wheel_parts import wheel_with

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TAKEN = [case for case in CASES if case.reason is None]
_WHEELS = {case.name: case.make() for case in _TAKEN if case.file == WHEEL_NAME}
_CHANGES = st.dictionaries(st.integers(0, 5000), st.integers(0, 255), min_size=1, max_size=4)
_TARS = {case.name: gzip.decompress(case.make()) for case in _TAKEN if case.file == SDIST_NAME}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


def given_by(folder: Path, name: str, data: bytes) -> Mapping[PurePosixPath, bytes] | None:
    """Give the files of an archive, or None if it is refused."""
    (folder / name).write_bytes(data)
    try:
        return (read_wheel if name == WHEEL_NAME else read_sdist)(folder / name)
    except IllFormed:
        return None


def by_zipfile(data: bytes) -> dict[PurePosixPath, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {PurePosixPath(each.filename): archive.read(each) for each in archive.infolist() if not each.is_dir()}


def by_tarfile(tar: bytes) -> dict[PurePosixPath, bytes]:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        streams = {each.name: archive.extractfile(each) for each in archive if each.isreg()}
        return {PurePosixPath(name).relative_to(STEM): each.read() for name, each in streams.items() if each}


def unread_in_wheel(data: bytes) -> dict[int, str]:
    """Name the fields that make no difference to a reader: what else changes has to be refused.

    A compressed stream can say the same in several ways, if only by the bits after its end.
    """
    places: dict[int, str] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            begin = info.header_offset + 30 + len(info.filename)
            places |= dict.fromkeys(range(begin, begin + info.compress_size), "stream")
    for found in re.finditer(rb"PK\x01\x02", data):
        places |= dict.fromkeys(range(found.start() + 4, found.start() + 6), "what it was made by")
        places |= dict.fromkeys(range(found.start() + 36, found.start() + 42), "attributes")
    return places


def unread_in_sdist(data: bytes) -> dict[int, str]:
    """Do the same for an sdist, of which gzip's own header has a time, a hint and a system."""
    return dict.fromkeys(range(4, 10), "made when, how and where") | dict.fromkeys(range(10, len(data) - 8), "stream")


@pytest.mark.parametrize(
    ("name", "data", "unread"),
    [(WHEEL_NAME, wheel_with(), unread_in_wheel), (SDIST_NAME, sdist_of(), unread_in_sdist)],
    ids=["wheel", "sdist"],
)
def test_no_bit_flips_without_a_trace_but_in_fields_that_nobody_reads(
    folder: Path, name: str, data: bytes, unread: Callable[[bytes], dict[int, str]]
) -> None:
    right, places = given_by(folder, name, data), unread(data)
    silent: set[str | None] = set()
    for at, bit in ((at, (at + step) % 8) for at in range(len(data)) for step in (0, 5)):
        found = given_by(folder, name, data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :])
        if found is not None:
            assert found == right, f"bit {bit} of byte {at}"
            silent.add(places.get(at))
    assert silent
    assert silent <= set(places.values())


@settings(max_examples=300)
@given(name=st.sampled_from(sorted(_WHEELS)), changes=_CHANGES)
def test_a_changed_wheel_is_refused_or_gives_the_same_files_as_it_gives_python(
    folder: Path, name: str, changes: dict[int, int]
) -> None:
    right = _WHEELS[name]
    data = changed(right, changes)
    found = given_by(folder, WHEEL_NAME, data)
    assert found is None or found == by_zipfile(data) == by_zipfile(right)


@settings(max_examples=300)
@given(name=st.sampled_from(sorted(_TARS)), changes=_CHANGES)
def test_a_changed_sdist_whose_checksums_were_mended_gives_what_it_gives_python(
    folder: Path, name: str, changes: dict[int, int]
) -> None:
    data = mended(changed(_TARS[name], changes))
    found = given_by(folder, SDIST_NAME, gzip_of(data))
    assert found is None or found == by_tarfile(data)


def changed(data: bytes, changes: Mapping[int, int]) -> bytes:
    made = bytearray(data)
    for at, value in changes.items():
        made[at % len(made)] = value
    return bytes(made)


def mended(tar: bytes) -> bytes:
    """Put the right checksum into every block that looks like a header."""
    made = bytearray(tar)
    for at in range(0, len(made) - 511, 512):
        if made[at + 257 : at + 262] == b"ustar":
            made[at + 148 : at + 156] = b" " * 8
            made[at + 148 : at + 156] = b"%06o\0 " % sum(made[at : at + 512])
    return bytes(made)


def test_headers_that_are_mended_are_taken(folder: Path) -> None:
    tar = tar_of(blocks_of())
    assert mended(tar) == tar
    assert given_by(folder, SDIST_NAME, gzip_of(tar)) == by_tarfile(tar)
