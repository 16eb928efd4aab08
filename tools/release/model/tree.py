"""What git knows: tags and files of a commit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

REGULAR = frozenset({"100644", "100755"})


@dataclass(frozen=True)
class TagRef:
    """A tag of the repository, whatever its name looks like."""

    name: str
    commit: str
    annotated: bool


@dataclass(frozen=True)
class TreeFile:
    """A file of a commit."""

    path: PurePosixPath
    mode: str
    oid: str

    @property
    def is_regular(self) -> bool:
        """Whether it is a file with bytes of its own: no link, no submodule."""
        return self.mode in REGULAR

    def holds(self, content: bytes) -> bool:
        """Whether the file's bytes are these: git names a file by the digest of what it holds."""
        algorithm = "sha1" if len(self.oid) == hashlib.sha1(usedforsecurity=False).digest_size * 2 else "sha256"
        digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
        digest.update(content)
        return digest.hexdigest() == self.oid
