"""A parcel: everything of one release that goes to a target, and what the target's readers are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.model.tag import Tag


@dataclass(frozen=True)
class ParcelFile:
    """A file on this machine; `size` in bytes."""

    path: Path
    sha256: str
    size: int
    is_artifact: bool
    """Whether it is the wheel or the sdist, and no evidence."""

    @property
    def name(self) -> str:
        """The file's name, which is the same wherever it goes."""
        return self.path.name


@dataclass(frozen=True)
class Parcel:
    """The files of a release, as they stand on the shelf."""

    tag: Tag
    commit: str
    files: Mapping[str, ParcelFile]
    """By name: the evidence first, as what is offered is proven from its first moment."""
    requires_python: str
    """What the wheel says of the Pythons it is for."""
    notes: str
    """What a reader is told of the release, in Markdown."""
    is_highest: bool
    """Whether no final version of its package is higher."""

    @property
    def artifacts(self) -> tuple[ParcelFile, ...]:
        """The wheel and the sdist."""
        return tuple(each for each in self.files.values() if each.is_artifact)

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 by file name."""
        return {name: each.sha256 for name, each in self.files.items()}
