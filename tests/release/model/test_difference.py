"""Two archives of other bytes: what differs is said in a line, and the first of it by name."""

from __future__ import annotations

import copy
import gzip
import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from release.model.difference import find_difference
from tests.servers.wheel import write_tar, write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LINES = "".join(f"VALUE_{number} = {number * number}\n" for number in range(400))
FILES: Mapping[str, str | bytes] = {"alpha/__init__.py": "NAME = 1\nVERSION = 2\n", "alpha/values.py": LINES}
Entries = list[tuple[zipfile.ZipInfo, bytes]]
Members = list[tuple[tarfile.TarInfo, bytes]]


def make_wheel(folder: Path, files: Mapping[str, str | bytes] = FILES) -> Path:
    return write_wheel(folder, "alpha", "1.0", files=files)


def make_sdist(folder: Path, *files: str) -> Path:
    contents = {"alpha-1.0/PKG-INFO": b"Metadata-Version: 2.4\nName: alpha\nVersion: 1.0\n"}
    contents["alpha-1.0/pyproject.toml"] = b"[project]\n"
    return write_tar(folder / "alpha-1.0.tar.gz", contents | {f"alpha-1.0/{each}": b"" for each in files})


def repack_wheel(wheel: Path, folder: Path, change: Callable[[Entries], object], level: int | None = None) -> Path:
    """Write the same files in another way."""
    with zipfile.ZipFile(wheel) as archive:
        entries = [(archived, archive.read(archived)) for archived in archive.infolist()]
    change(entries)
    folder.mkdir()
    with zipfile.ZipFile(folder / wheel.name, "w") as archive:
        for entry, content in entries:
            fresh = zipfile.ZipInfo(entry.filename, entry.date_time)
            fresh.external_attr, fresh.create_system = entry.external_attr, entry.create_system
            archive.writestr(fresh, content, entry.compress_type, level)
    return folder / wheel.name


def repack_sdist(sdist: Path, folder: Path, change: Callable[[Members], object], level: int = 9) -> Path:
    """Write the same files in another way."""
    with tarfile.open(sdist) as archive:
        members = [(member, content.read()) for member in archive if (content := archive.extractfile(member))]
    members = [(copy.copy(member), content) for member, content in members]
    change(members)
    folder.mkdir()
    inside = io.BytesIO()
    with tarfile.open(fileobj=inside, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, data in members:
            archive.addfile(member, io.BytesIO(data))
    (folder / sdist.name).write_bytes(gzip.compress(inside.getvalue(), level, mtime=0))
    return folder / sdist.name


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (
            {"alpha/__init__.py": "NAME = 1\nVERSION = 3\n", "alpha/values.py": LINES},
            "alpha/__init__.py: line 2 is 'VERSION = 2', and a rebuild gives 'VERSION = 3'",
        ),
        (
            {"alpha/__init__.py": "NAME = 1", "alpha/values.py": LINES},
            "alpha/__init__.py: line 2 is 'VERSION = 2', and a rebuild gives missing",
        ),
        (
            {"alpha/__init__.py": "NAME = 1\nVERSION = 2\n"},
            "it holds alpha/values.py, which a rebuild does not make",
        ),
        (
            {**FILES, "alpha/more.py": ""},
            "it lacks alpha/more.py, which a rebuild makes",
        ),
        (
            {"alpha/__init__.py": b"NAME = 1\r\nVERSION = 2\r\n", "alpha/values.py": LINES},
            r"alpha/__init__.py: line 1 is 'NAME = 1', and a rebuild gives 'NAME = 1\r'",
        ),
        (
            {"alpha/__init__.py": b"\x1b[2J\xff", "alpha/values.py": LINES},
            r"alpha/__init__.py: line 1 is 'NAME = 1', and a rebuild gives '\x1b[2J\ufffd'",
        ),
        (
            {"alpha/__init__.py": "x" * 1000, "alpha/values.py": LINES},
            f"alpha/__init__.py: line 1 is 'NAME = 1', and a rebuild gives '{'x' * 80}'",
        ),
    ],
)
def test_the_first_member_and_its_first_line_are_named(
    tmp_path: Path, files: dict[str, str | bytes], says: str
) -> None:
    assert find_difference(make_wheel(tmp_path / "first"), make_wheel(tmp_path / "second", files)) == says


def set_date(entries: Entries) -> None:
    entries[1][0].date_time = (2021, 1, 1, 0, 0, 0)


def set_mode(entries: Entries) -> None:
    entries[0][0].external_attr = 0o100755 << 16


def deflate(entries: Entries) -> None:
    for entry, _ in entries:
        entry.compress_type = zipfile.ZIP_DEFLATED


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (set_date, "alpha/values.py: date_time is (2020, 2, 2, 0, 0, 0), and a rebuild gives (2021, 1, 1, 0, 0, 0)"),
        (set_mode, f"alpha/__init__.py: external_attr is {0o100644 << 16}, and a rebuild gives {0o100755 << 16}"),
        (deflate, "alpha/__init__.py: compress_type is 0, and a rebuild gives 8"),
        (Entries.reverse, "the same files stand in another order"),
    ],
)
def test_the_same_files_in_another_zip_are_told_apart(
    tmp_path: Path, change: Callable[[Entries], object], says: str
) -> None:
    first = make_wheel(tmp_path / "first")
    assert find_difference(first, repack_wheel(first, tmp_path / "second", change)) == says


def test_another_compression_is_told_by_its_size(tmp_path: Path) -> None:
    made = make_wheel(tmp_path / "made")
    first = repack_wheel(made, tmp_path / "first", deflate, level=9)
    second = repack_wheel(made, tmp_path / "second", deflate, level=1)
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        sizes = [archive.getinfo("alpha/values.py").compress_size for archive in (one, other)]
    assert sizes[0] != sizes[1]
    assert find_difference(first, second) == (
        f"alpha/values.py: compress_size is {sizes[0]}, and a rebuild gives {sizes[1]}"
    )


def test_members_of_an_sdist_are_named(tmp_path: Path) -> None:
    first, second = make_sdist(tmp_path / "first"), make_sdist(tmp_path / "second", "more")
    assert find_difference(first, second) == "it lacks more, which a rebuild makes"
    assert find_difference(second, first) == "it holds more, which a rebuild does not make"


def set_mtime(members: Members) -> None:
    members[1][0].mtime = 7


def set_owner(members: Members) -> None:
    members[0][0].uname = "ada"


def set_executable(members: Members) -> None:
    members[1][0].mode = 0o755


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (set_mtime, "alpha-1.0/pyproject.toml: mtime is 0, and a rebuild gives 7"),
        (set_owner, "alpha-1.0/PKG-INFO: uname is , and a rebuild gives ada"),
        (set_executable, f"alpha-1.0/pyproject.toml: mode is {0o644}, and a rebuild gives {0o755}"),
        (Members.reverse, "the same files stand in another order"),
    ],
)
def test_the_same_files_in_another_tar_are_told_apart(
    tmp_path: Path, change: Callable[[Members], object], says: str
) -> None:
    first = make_sdist(tmp_path / "first")
    assert find_difference(first, repack_sdist(first, tmp_path / "second", change)) == says


def test_the_same_tar_compressed_in_another_way_is_said_to_be_that(tmp_path: Path) -> None:
    first = make_sdist(tmp_path / "first")
    second = repack_sdist(first, tmp_path / "second", list, level=0)
    assert first.read_bytes() != second.read_bytes()
    assert find_difference(first, second) == (
        "every file is the same, and the archive around them is written another way"
    )
