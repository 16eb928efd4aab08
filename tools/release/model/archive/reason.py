"""Why an archive is refused, in a word, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from release.errors import IllFormed

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_FILE = 256 * 1024**2
"""Bytes of an archive: two and a half times what PyPI takes."""
LARGEST_CONTENT = 1024**3
"""Bytes of all members together, which a reader holds in memory."""
MOST_MEMBERS = 65_535
"""As many as a zip file counts without ZIP64."""
_RATIO = 200
_RATIO_FROM = 1024**2
_TORN = "is the disk full, or was it changed after it was made? build it again"
_ODD = "build it with the locked hatchling, which writes nothing of the kind"
_BUILD = "look for a build hook that changes the archive after it was made"


class Reason(StrEnum):
    """Why an archive is refused; the words are what a report and the corpus say."""

    NOT_AN_ARCHIVE = "not-an-archive"
    LEADING_DATA = "leading-data"
    TRAILING_DATA = "trailing-data"
    HIDDEN_DATA = "hidden-data"
    COMMENT = "comment"
    SECOND_MEMBER = "second-member"
    LAYOUT = "layout"
    HEADER_MISMATCH = "header-mismatch"
    BAD_HEADER = "bad-header"
    UNKNOWN_EXTRA = "unknown-extra"
    AMBIGUOUS_SIZE = "ambiguous-size"
    WRONG_SIZE = "wrong-size"
    WRONG_CHECKSUM = "wrong-checksum"
    BAD_STREAM = "bad-stream"
    ENCRYPTED = "encrypted"
    UNKNOWN_METHOD = "unknown-method"
    ABSURD_COMPRESSION = "absurd-compression"
    TOO_LARGE = "too-large"
    BAD_NAME = "bad-name"
    DUPLICATE_NAME = "duplicate-name"
    COLLIDING_NAMES = "colliding-names"
    NOT_A_FILE = "not-a-file"
    SPECIAL_MODE = "special-mode"
    OUTSIDE_FOLDER = "outside-folder"
    FILE_NAME = "file-name"
    METADATA = "metadata"
    DIST_INFO = "dist-info"
    DATA_FOLDER = "data-folder"
    WHEEL_FILE = "wheel-file"
    BAD_RECORD = "bad-record"
    UNLISTED_FILE = "unlisted-file"
    MISSING_FILE = "missing-file"
    WEAK_DIGEST = "weak-digest"
    WRONG_DIGEST = "wrong-digest"
    RUNS_AT_START = "runs-at-start"
    COMPILED_CODE = "compiled-code"


_HINTS = {
    Reason.NOT_AN_ARCHIVE: _TORN,
    Reason.WRONG_CHECKSUM: _TORN,
    Reason.BAD_STREAM: _TORN,
    Reason.WRONG_SIZE: _TORN,
    Reason.TRAILING_DATA: _TORN,
    Reason.SECOND_MEMBER: _TORN,
    Reason.ABSURD_COMPRESSION: "leave out what is that repetitive, or make it when it is needed",
    Reason.TOO_LARGE: "leave out what is that large",
    Reason.BAD_NAME: "rename the file, or look at what the build hook adds",
    Reason.DUPLICATE_NAME: "look for two build targets of one file",
    Reason.COLLIDING_NAMES: "rename one of them",
    Reason.NOT_A_FILE: "put a file with its content in its place",
    Reason.SPECIAL_MODE: "chmod u-s,g-s,-t the file",
    Reason.OUTSIDE_FOLDER: "see what the build adds",
    Reason.FILE_NAME: "call it what its metadata says, in the form of the packaging specifications",
    Reason.METADATA: "look at what the build leaves out",
    Reason.RUNS_AT_START: "remove it",
    Reason.COMPILED_CODE: "remove it, or build a wheel for each platform",
    Reason.BAD_RECORD: _BUILD,
    Reason.UNLISTED_FILE: _BUILD,
    Reason.MISSING_FILE: _BUILD,
    Reason.WEAK_DIGEST: _BUILD,
    Reason.WRONG_DIGEST: _BUILD,
    Reason.DIST_INFO: _BUILD,
    Reason.DATA_FOLDER: _BUILD,
    Reason.WHEEL_FILE: _BUILD,
}


@dataclass(frozen=True)
class Opened:
    """The bytes of an archive, and the name it goes by."""

    name: str
    data: bytes

    def refused(self, reason: Reason, said: str) -> IllFormed:
        """Give the refusal to raise: which file, why, and what next."""
        return IllFormed(f"{self.name}: {said}", reason=reason, hint=_HINTS.get(reason, _ODD))


def open_archive(path: Path) -> Opened:
    """Read a file whole, unless it is larger than any release of ours may be."""
    size = path.stat().st_size
    opened = Opened(path.name, b"")
    if size > LARGEST_FILE:
        raise opened.refused(Reason.TOO_LARGE, f"has {size:,} bytes; {LARGEST_FILE:,} is the limit")
    return Opened(path.name, path.read_bytes())


def is_absurd(size: int, compressed: int) -> bool:
    """Whether content is over 1 MiB and shrank to less than a 200th; deflate ends at 1,032 to 1, text at about 20."""
    return size > _RATIO_FROM and size > _RATIO * compressed
