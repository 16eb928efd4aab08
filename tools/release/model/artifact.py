"""What a build makes, and what is known of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release.model.plan import Release

Kind = Literal["wheel", "sdist"]
KINDS: Final[tuple[Kind, Kind]] = ("wheel", "sdist")
"""In the order in which a tag names its files."""


def is_artifact(name: str) -> bool:
    """Whether a file's name is that of a wheel or an sdist, which evidence is not."""
    return name.endswith((".whl", ".tar.gz"))


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Artifact:
    """A file that is released."""

    path: Path
    kind: Kind
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """The file's name, which is the same wherever it goes."""
        return self.path.name


@dataclass(frozen=True)
class Artifacts:
    """The wheel and the sdist of a release, equal to the tagged tree: only the steps `build` and `adopt` make them."""

    release: Release
    wheel: Artifact
    sdist: Artifact
    metadata: bytes
    """The wheel's METADATA."""

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 by file name."""
        return {each.name: each.sha256 for each in self}

    def __iter__(self) -> Iterator[Artifact]:
        return iter((self.wheel, self.sdist))
