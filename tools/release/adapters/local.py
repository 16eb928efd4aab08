"""The target `local`: an index of files below `dist/index`, from which any pip or uv installs."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from release.adapters.disk import add_file, exclusive, replace_file, sweep
from release.adapters.page import render_project, render_root
from release.errors import Conflict, Incomplete
from release.model.artifact import digest_of
from release.model.ledger import Entry, State
from release.model.metadata import parse_metadata
from release.model.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from packaging.version import Version

    from release.model.artifact import Artifacts
    from release.model.dist import Dist
    from release.model.tag import Channel, Tag


class LocalIndex:
    """The door to the embedded index. A file stands in its own channel; wider channels link to it."""

    name = "local"

    def __init__(self, dist: Dist) -> None:
        self._dist = dist

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give every file of a package that a channel offers, with absolute addresses."""
        return tuple(
            offer_of(path, path.as_uri()) for holder in channel.offers for path in self._complete(package, holder)
        )

    def ledger(self, tag: Tag, digests: Mapping[str, str]) -> tuple[Entry, ...]:
        """Say of each file of a release what the index holds under its name, given the digest it should have."""
        return tuple(self._entry(tag, name, digest) for name, digest in digests.items())

    def put(self, artifacts: Artifacts) -> None:
        """Add what is absent, and have every channel that may offer it say so."""
        tag = artifacts.release.tag
        folder = self._folder(tag.package, tag.channel)
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self._dist.root):
            for channel in tag.channel.offered_in:
                sweep(self._dist.index(channel))
                sweep(self._folder(tag.package, channel))
                self.offered(tag.package, channel)  # what can't be offered is said before anything is added
            for each in artifacts:
                if not (folder / each.name).exists():
                    add_file(each.path, folder / each.name)
            for channel in tag.channel.offered_in:
                self._render(tag.package, channel)

    def _entry(self, tag: Tag, name: str, sha256: str) -> Entry:
        path = self._folder(tag.package, tag.channel) / name
        place = str(path.relative_to(self._dist.root))
        if not path.exists():
            return Entry(self.name, place, name, State.ABSENT, sha256)
        if not sha256:
            detail = "it is there, and no receipt says what its bytes should be: a run builds and compares them"
            return Entry(self.name, place, name, State.UNKNOWN, sha256, detail)
        if digest_of(path) != sha256:
            return Entry(self.name, place, name, State.CONFLICTING, sha256)
        pages = [self._folder(tag.package, channel) / "index.html" for channel in tag.channel.offered_in]
        is_offered = all(page.is_file() and f"#sha256={sha256}" in page.read_text() for page in pages)
        return Entry(self.name, place, name, State.IDENTICAL if is_offered else State.ABSENT, sha256)

    def _folder(self, package: str, channel: Channel) -> Path:
        return self._dist.index(channel) / package

    def _complete(self, package: str, channel: Channel) -> Iterator[Path]:
        """Give the files of versions that have both wheel and sdist: half a release is not offered."""
        held: dict[Version, list[Path]] = {}
        for path in sorted(self._folder(package, channel).glob("[!.]*")):
            if path.name.endswith((".whl", ".tar.gz")):
                name, version = parse_name(path)
                if name != package:
                    raise _stray(path, f"it is no file of {package}")
                held.setdefault(version, []).append(path)
        return (path for paths in held.values() if len(paths) > 1 for path in paths)

    def _render(self, package: str, channel: Channel) -> None:
        offers = []
        for holder in channel.offers:
            way = "" if holder is channel else f"../../../{holder}/simple/{package}/"
            offers += [offer_of(path, f"{way}{path.name}") for path in self._complete(package, holder)]
        replace_file(self._folder(package, channel) / "index.html", render_project(package, offers))
        root = self._dist.index(channel)
        replace_file(root / "index.html", render_root(each.name for each in root.iterdir() if each.is_dir()))


def parse_name(path: Path) -> tuple[str, Version]:
    """Give the package and the version that the name of a wheel or an sdist says; Incomplete where it says none."""
    try:
        return parse_wheel_filename(path.name)[:2] if path.suffix == ".whl" else parse_sdist_filename(path.name)
    except (InvalidSdistFilename, InvalidWheelFilename) as error:
        raise _stray(path, str(error)) from None


def _stray(path: Path, reason: str) -> Incomplete:
    return Incomplete(
        f"{path} does not belong in the index: {reason}", hint="move it away, and run the same command again"
    )


def offer_of(path: Path, url: str) -> Offer:
    """Describe a file as an index does."""
    python = ""
    if path.suffix == ".whl":
        try:
            with zipfile.ZipFile(path) as wheel:
                metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
                python = parse_metadata(wheel.read(metadata)).get("Requires-Python", "")
        except (zipfile.BadZipFile, zlib.error, EOFError, StopIteration) as error:
            raise Conflict(
                f"{path} is no wheel any more: {str(error) or 'it has no METADATA'}",
                hint="something changed it after its release: put it back, or take it away and release its tag again",
            ) from error
    return Offer(parse_name(path)[1], path.name, url, digest_of(path), python)
