"""Where everything stands below `dist/index`: a file in its own channel, beside the page and the markers there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.local.markers import read_marker
from release.adapters.local.rows import parse_name, stray
from release.model.artifact import is_artifact
from release.model.tag import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packaging.version import Version

    from release.adapters.standing import Standing
    from release.model.dist import Dist
    from release.model.tag import Channel


class Layout:
    """The folders of the embedded index."""

    def __init__(self, dist: Dist) -> None:
        self._dist = dist

    def root(self, channel: Channel) -> Path:
        """Give the folder of a channel's index."""
        return self._dist.index(channel)

    def folder(self, package: str, channel: Channel) -> Path:
        """Give the folder of a package's files in a channel."""
        return self.root(channel) / package

    def page(self, package: str, channel: Channel) -> Path:
        """Give the page of a package in a channel."""
        return self.folder(package, channel) / "index.html"

    def marker(self, tag: Tag) -> Path:
        """Give what says, beside a version's files, how the version is to be listed."""
        return self.folder(tag.package, tag.channel) / f"{tag.stem}.listing.json"

    def place(self, tag: Tag, name: str) -> str:
        """Give where a file of a version stands, seen from `dist`."""
        return str((self.folder(tag.package, tag.channel) / name).relative_to(self._dist.root))

    def files(self, package: str, channel: Channel) -> Iterator[Path]:
        """Give every archive that a channel holds of a package."""
        for path in sorted(self.folder(package, channel).glob("[!.]*")):
            if is_artifact(path.name):
                if parse_name(path)[0] != package:
                    raise stray(path, f"it is no file of {package}")
                yield path

    def complete(self, package: str, channel: Channel) -> Iterator[tuple[Path, Standing]]:
        """Give the files of versions that have both wheel and sdist: half a release is not offered."""
        held: dict[Version, list[Path]] = {}
        for path in self.files(package, channel):
            held.setdefault(parse_name(path)[1], []).append(path)
        for version, paths in held.items():
            if len(paths) > 1:
                standing = read_marker(self.marker(Tag(package, version)))
                yield from ((path, standing) for path in paths)
