"""What well-made archives give, and what is said of others; the corpus of archives has every rule."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from release.errors import BuildFailed, IllFormed
from release.model.archive import Reason, read_sdist, read_wheel, reason
from release.model.archive.reason import is_absurd
from tests.servers.wheel import write_sdist, write_tar, write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STEM = "alpha-1.0"
WHEEL = f"{STEM}-py3-none-any.whl"
SDIST = f"{STEM}.tar.gz"
REFUSED_IN_THE_WILD = {"setuptools": Reason.RUNS_AT_START}
"""Well-formed, but a file of its name really runs code in every Python."""


def test_a_wheels_files_are_given_by_path(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path, "alpha", "1.0", files={"alpha/__init__.py": "x = 1\n", "alpha/data/a b.txt": b""})
    inside = read_wheel(wheel)
    assert inside[PurePosixPath("alpha/__init__.py")] == b"x = 1\n"
    assert inside[PurePosixPath("alpha/data/a b.txt")] == b""
    assert [str(path) for path in inside][2:] == [
        f"{STEM}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD")
    ]


def test_an_sdists_files_are_given_below_its_folder(tmp_path: Path) -> None:
    sdist = write_tar(tmp_path / SDIST, {f"{STEM}/PKG-INFO": b"Name: alpha\n", f"{STEM}/src/a.py": b""})
    assert read_sdist(sdist) == {PurePosixPath("PKG-INFO"): b"Name: alpha\n", PurePosixPath("src/a.py"): b""}


def test_wheels_that_others_made_are_taken(wheelhouse: Path) -> None:
    taken = []
    for wheel in sorted(wheelhouse.glob("*.whl")):
        name = wheel.name.partition("-")[0]
        if name in REFUSED_IN_THE_WILD:
            with pytest.raises(IllFormed) as refusal:
                read_wheel(wheel)
            assert refusal.value.reason is REFUSED_IN_THE_WILD[name]
        else:
            with zipfile.ZipFile(wheel) as archive:
                names = [each for each in archive.namelist() if not each.endswith("/")]
                assert read_wheel(wheel) == {PurePosixPath(each): archive.read(each) for each in names}
            taken.append(wheel)
    assert len(taken) > 10


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 torn", b"\x1f\x8b\x08\x00 torn here and now"])
@pytest.mark.parametrize(("name", "read"), [(WHEEL, read_wheel), (SDIST, read_sdist)])
def test_a_file_that_is_no_archive_fails_the_build(
    tmp_path: Path, content: bytes, name: str, read: Callable[[Path], Mapping[PurePosixPath, bytes]]
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BuildFailed, match=f"{name}: can't be read") as refusal:
        read(tmp_path / name)
    assert refusal.value.exit_code == 11
    assert refusal.value.hint


@pytest.mark.parametrize("name", ["alpha.whl", "alpha-1.0.whl", "alpha-1.0-py3-none.whl", "alpha--py3-none-any.whl"])
def test_a_wheel_that_is_not_called_as_one_is_refused(tmp_path: Path, name: str) -> None:
    write_wheel(tmp_path, "alpha", "1.0").rename(tmp_path / name)
    with pytest.raises(IllFormed, match="is not called as a wheel is") as refusal:
        read_wheel(tmp_path / name)
    assert refusal.value.reason is Reason.FILE_NAME


@pytest.mark.parametrize("name", ["alpha.tar.gz", "alpha-1.0.tgz", "al-pha-1.0.tar.gz", "-1.0.tar.gz"])
def test_an_sdist_that_is_not_called_as_one_is_refused(tmp_path: Path, name: str) -> None:
    write_sdist(tmp_path, "alpha", "1.0").rename(tmp_path / name)
    with pytest.raises(IllFormed, match="is not called as an sdist is") as refusal:
        read_sdist(tmp_path / name)
    assert refusal.value.reason is Reason.FILE_NAME


def test_a_file_larger_than_any_release_is_not_even_read(tmp_path: Path) -> None:
    wheel = tmp_path / WHEEL
    with wheel.open("wb") as sparse:
        sparse.truncate(reason.LARGEST_FILE + 1)
    with pytest.raises(IllFormed, match="is the limit") as refusal:
        read_wheel(wheel)
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("size", "compressed", "absurd"),
    [(1024**2, 1, False), (1024**2 + 1, 1, True), (4_000_000, 20_000, False), (4_000_001, 20_000, True)],
)
def test_only_content_over_a_mebibyte_can_be_absurdly_compressed(size: int, compressed: int, *, absurd: bool) -> None:
    assert is_absurd(size, compressed) is absurd


def test_a_small_wheel_is_judged_in_a_few_milliseconds(tmp_path: Path) -> None:
    files = {f"alpha/module_{number}.py": f"NUMBER = {number}\n" * 50 for number in range(20)}
    wheel = write_wheel(tmp_path, "alpha", "1.0", files=files)
    took = []
    for _ in range(20):
        begun = time.process_time()
        read_wheel(wheel)
        took.append(time.process_time() - begun)
    assert min(took) < 0.02, "ten times what it takes"
