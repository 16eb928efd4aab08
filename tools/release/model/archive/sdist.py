"""What an sdist has to be beyond a gzipped tar file: one folder of the file's name, that says what it is."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.model.archive.gzip_stream import unpack_gzip
from release.model.archive.reason import Reason, open_archive
from release.model.archive.start import refuse_code_at_start
from release.model.archive.tar_members import read_tar

if TYPE_CHECKING:
    from pathlib import Path

_PARTS = 2  # name and version


def read_sdist(path: Path) -> dict[PurePosixPath, bytes]:
    """Give the files of an sdist, below its one folder; raises IllFormed if it is not built as its formats say."""
    opened = open_archive(path)
    stem = opened.name.removesuffix(".tar.gz")
    parts = stem.split("-")
    if stem == opened.name or len(parts) != _PARTS or not all(parts):
        raise opened.refused(Reason.FILE_NAME, "is not called as an sdist is: name-version.tar.gz")
    files = read_tar(opened, unpack_gzip(opened), stem)
    if PurePosixPath("PKG-INFO") not in files:
        raise opened.refused(Reason.METADATA, f"lacks {stem}/PKG-INFO")
    refuse_code_at_start(opened, files)
    return files
