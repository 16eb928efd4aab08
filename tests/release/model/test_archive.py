from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from release.errors import BuildFailed
from release.model.archive import read_sdist, read_wheel
from tests.servers.wheel import write_tar, write_zip

NAME = "alpha-1.0"


def test_a_wheels_files_are_given_by_path(tmp_path: Path) -> None:
    wheel = write_zip(tmp_path / "alpha.whl", {"alpha/__init__.py": b"x = 1\n", "alpha/data/a b.txt": b""})
    assert read_wheel(wheel) == {
        PurePosixPath("alpha/__init__.py"): b"x = 1\n",
        PurePosixPath("alpha/data/a b.txt"): b"",
    }


def test_folders_are_no_files(tmp_path: Path) -> None:
    wheel = tmp_path / "alpha.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.mkdir("alpha")
        archive.writestr("alpha/__init__.py", "")
    sdist = tmp_path / f"{NAME}.tar.gz"
    with tarfile.open(sdist, "w:gz") as made:
        made.addfile(folder_entry(NAME))
        made.addfile(folder_entry(f"{NAME}/src"))
        made.addfile(tarfile.TarInfo(f"{NAME}/src/a.py"), io.BytesIO())
    assert list(read_wheel(wheel)) == [PurePosixPath("alpha/__init__.py")]
    assert list(read_sdist(sdist)) == [PurePosixPath("src/a.py")]


def folder_entry(name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type = tarfile.DIRTYPE
    return entry


def test_an_sdists_files_are_given_below_its_folder(tmp_path: Path) -> None:
    sdist = write_tar(tmp_path / f"{NAME}.tar.gz", {f"{NAME}/PKG-INFO": b"Name: alpha\n", f"{NAME}/src/a.py": b""})
    assert read_sdist(sdist) == {PurePosixPath("PKG-INFO"): b"Name: alpha\n", PurePosixPath("src/a.py"): b""}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device_in_a_wheel_is_refused(tmp_path: Path, kind: int) -> None:
    wheel = tmp_path / "alpha.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        entry = zipfile.ZipInfo("alpha/odd")
        entry.external_attr = (kind | 0o644) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(BuildFailed, match=r"alpha\.whl: 'alpha/odd' is a link or a device"):
        read_wheel(wheel)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_link_or_a_device_in_an_sdist_is_refused(tmp_path: Path, kind: bytes) -> None:
    sdist = tmp_path / f"{NAME}.tar.gz"
    entry = tarfile.TarInfo(f"{NAME}/odd")
    entry.type, entry.linkname = kind, f"{NAME}/PKG-INFO"
    with tarfile.open(sdist, "w:gz") as made:
        made.addfile(tarfile.TarInfo(f"{NAME}/PKG-INFO"), io.BytesIO())
        made.addfile(entry)
    with pytest.raises(BuildFailed, match=f"'{NAME}/odd' is a link or a device"):
        read_sdist(sdist)


@pytest.mark.parametrize("name", ["other/a.py", "a.py", "../a.py", "/etc/a.py"])
def test_a_file_beside_an_sdists_folder_is_refused(tmp_path: Path, name: str) -> None:
    sdist = write_tar(tmp_path / f"{NAME}.tar.gz", {f"{NAME}/PKG-INFO": b"", name: b""})
    with pytest.raises(BuildFailed, match=f"is not below {NAME}/"):
        read_sdist(sdist)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "alpha.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("alpha/a.py", "1")
        archive.writestr("alpha/a.py", "2")
    with pytest.raises(BuildFailed, match=r"holds alpha/a\.py twice"):
        read_wheel(wheel)
    sdist = tmp_path / f"{NAME}.tar.gz"
    with tarfile.open(sdist, "w:gz") as made:
        for _ in range(2):
            made.addfile(tarfile.TarInfo(f"{NAME}/a.py"), io.BytesIO())
    with pytest.raises(BuildFailed, match=r"holds a\.py twice"):
        read_sdist(sdist)


def test_two_spellings_of_one_path_are_one_file(tmp_path: Path) -> None:
    wheel = write_zip(tmp_path / "alpha.whl", {"alpha/a.py": b"1", "alpha//a.py": b"2"})
    with pytest.raises(BuildFailed, match=r"holds alpha/a\.py twice"):
        read_wheel(wheel)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 torn"])
def test_a_file_that_is_no_archive_fails_the_build(tmp_path: Path, content: bytes) -> None:
    wheel, sdist = tmp_path / "alpha.whl", tmp_path / f"{NAME}.tar.gz"
    wheel.write_bytes(content)
    sdist.write_bytes(content)
    with pytest.raises(BuildFailed, match=r"alpha\.whl: can't be read"):
        read_wheel(wheel)
    with pytest.raises(BuildFailed, match=r"alpha-1\.0\.tar\.gz: can't be read"):
        read_sdist(sdist)
