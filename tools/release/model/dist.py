"""Where everything stands below `dist/`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.tag import Channel, Tag


@dataclass(frozen=True)
class Dist:
    """The folder that releases leave their files in."""

    root: Path

    def folder(self, tag: Tag) -> Path:
        """Where a release's artifacts and evidence stand."""
        return self.root / tag.package / str(tag.version)

    def receipt(self, tag: Tag) -> Path:
        """Where a release's receipt stands."""
        return self.folder(tag) / f"{tag.stem}.receipt.json"

    def index(self, channel: Channel) -> Path:
        """Give the root of a channel's index: what `--index-url` names."""
        return self.root / "index" / channel / "simple"
