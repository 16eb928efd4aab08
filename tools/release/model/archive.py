"""What is inside a wheel or an sdist."""

from __future__ import annotations

import stat
import tarfile
import unicodedata
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import BuildFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Member:
    """A file inside an archive."""

    path: PurePosixPath
    content: bytes


def read_wheel(path: Path) -> dict[PurePosixPath, bytes]:
    """Give the files of a wheel."""
    with _readable(path), zipfile.ZipFile(path) as archive:
        return _collect(path, _wheel_members(path, archive))


def read_sdist(path: Path) -> dict[PurePosixPath, bytes]:
    """Give the files of an sdist, below its one folder."""
    with _readable(path), tarfile.open(path) as archive:
        return _collect(path, _sdist_members(path, archive))


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
        raise BuildFailed(f"{path.name}: can't be read: {error}", hint="is the disk full? build it again") from None


def _collect(path: Path, members: Iterator[Member]) -> dict[PurePosixPath, bytes]:
    collected: dict[PurePosixPath, bytes] = {}
    seen: dict[str, PurePosixPath] = {}
    for member in members:
        if member.path in collected:
            raise BuildFailed(f"{path.name}: holds {member.path} twice", hint="look for two build targets of one file")
        other = seen.setdefault(unicodedata.normalize("NFC", str(member.path)).casefold(), member.path)
        if other != member.path:
            raise BuildFailed(
                f"{path.name}: holds {str(other)!a} and {str(member.path)!a}, which some file systems take for one",
                hint="rename one of them",
            )
        collected[member.path] = member.content
    return collected


def _wheel_members(path: Path, archive: zipfile.ZipFile) -> Iterator[Member]:
    for info in archive.infolist():
        if info.is_dir():
            continue
        if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG}:
            raise _not_a_file(path, info.filename)
        yield Member(PurePosixPath(info.filename), archive.read(info))


def _sdist_members(path: Path, archive: tarfile.TarFile) -> Iterator[Member]:
    top = path.name.removesuffix(".tar.gz")
    for info in archive:
        if info.isdir():
            continue
        stream = archive.extractfile(info) if info.isreg() else None
        if stream is None:
            raise _not_a_file(path, info.name)
        inside = PurePosixPath(info.name)
        if inside.parts[0] != top:
            raise BuildFailed(f"{path.name}: {info.name!a} is not below {top}/", hint="see what the build adds")
        yield Member(inside.relative_to(top), stream.read())


def _not_a_file(path: Path, name: str) -> BuildFailed:
    return BuildFailed(f"{path.name}: {name!a} is a link or a device", hint="put a file with its content in its place")
