"""The target `local`: an index of files below `dist/index`, from which any pip or uv installs."""

from __future__ import annotations

import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from release.adapters.disk import add_file, exclusive, replace_file, sweep
from release.adapters.page import render_project, render_root
from release.adapters.standing import Standing, parse_standing
from release.errors import Conflict, Incomplete
from release.model.artifact import digest_of
from release.model.ledger import Held, Listing
from release.model.metadata import parse_metadata
from release.model.offer import Offer
from release.model.tag import Channel, Tag

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from packaging.version import Version

    from release.model.dist import Dist
    from release.model.parcel import Parcel


class LocalIndex:
    """The door to the embedded index. A file stands in its own channel; wider channels link to it."""

    name = "local"

    def __init__(self, dist: Dist) -> None:
        self._dist = dist

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give the place of an artifact below `dist`; evidence stands on the shelf alone."""
        return (self._place(tag, name),) if name in tag.files else ()

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give the files of a version, and whether every page that should name them does."""
        files = (each for each in self._files(tag.package, tag.channel) if parse_name(each)[1] == tag.version)
        return tuple(self._holdings(tag.package, tag.channel, files))

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give the same of every version."""
        shelves = [(package, channel) for package in packages for channel in Channel]
        return tuple(held for each in shelves for held in self._holdings(*each, self._files(*each)))

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give every file of a package that a channel offers, with absolute addresses."""
        return tuple(
            offer_of(path, path.as_uri())
            for holder in channel.offers
            for path, standing in self._complete(package, holder)
            if standing.listing is Listing.OFFERED
        )

    def fetch(self, offer: Offer) -> bytes:
        """Give the bytes of a file."""
        return Path(url2pathname(urlsplit(offer.url).path)).read_bytes()

    def put(self, parcel: Parcel) -> None:
        """Add what is absent."""
        tag = parcel.tag
        folder = self._folder(tag.package, tag.channel)
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self._dist.root):
            for channel in tag.channel.offered_in:
                sweep(self._dist.index(channel))
                sweep(self._folder(tag.package, channel))
                self.offered(tag.package, channel)  # what can't be offered is said before anything is added
            for each in parcel.artifacts:
                if not (folder / each.name).exists():
                    add_file(each.path, folder / each.name)

    def show(self, parcel: Parcel) -> None:
        """Have every channel that may offer it say so."""
        tag = parcel.tag
        with exclusive(self._dist.root):
            self._render_all(tag)

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:
        """Change the version's marker, then the pages; asked again, bring the pages in line with the marker."""
        with exclusive(self._dist.root):
            held = self.held(tag)
            if not held:
                return ()
            marker = self._marker(tag.package, tag.channel, tag.version)
            is_unseen = not marker.exists() and any(each.listing is Listing.UNSEEN for each in held)
            now = Listing.UNSEEN if is_unseen else _read_standing(marker).listing
            if now is not listing:
                _require(now, before, tag)
                replace_file(marker, Standing(listing, reason).as_json())
            self._render_all(tag)
            return self.held(tag)

    def _holdings(self, package: str, channel: Channel, files: Iterable[Path]) -> Iterator[Held]:
        pages = [self._folder(package, wider) / "index.html" for wider in channel.offered_in]
        shown = [page.read_text() if page.is_file() else "" for page in pages]
        for path in files:
            tag, sha256 = Tag(*parse_name(path)), digest_of(path)
            listing = _read_standing(self._marker(package, channel, tag.version)).listing
            if listing is Listing.OFFERED and not all(_offers(page, sha256) for page in shown):
                listing = Listing.UNSEEN
            added = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield Held(tag, self._place(tag, path.name), path.name, sha256, listing, added)

    def _place(self, tag: Tag, name: str) -> str:
        return str((self._folder(tag.package, tag.channel) / name).relative_to(self._dist.root))

    def _folder(self, package: str, channel: Channel) -> Path:
        return self._dist.index(channel) / package

    def _marker(self, package: str, channel: Channel, version: Version) -> Path:
        return self._folder(package, channel) / f"{Tag(package, version).stem}.listing.json"

    def _complete(self, package: str, channel: Channel) -> Iterator[tuple[Path, Standing]]:
        """Give the files of versions that have both wheel and sdist: half a release is not offered."""
        held: dict[Version, list[Path]] = {}
        for path in self._files(package, channel):
            held.setdefault(parse_name(path)[1], []).append(path)
        for version, paths in held.items():
            if len(paths) > 1:
                standing = _read_standing(self._marker(package, channel, version))
                yield from ((path, standing) for path in paths)

    def _files(self, package: str, channel: Channel) -> Iterator[Path]:
        """Give every archive that a channel holds of a package."""
        for path in sorted(self._folder(package, channel).glob("[!.]*")):
            if path.name.endswith((".whl", ".tar.gz")):
                if parse_name(path)[0] != package:
                    raise _stray(path, f"it is no file of {package}")
                yield path

    def _render_all(self, tag: Tag) -> None:
        for channel in tag.channel.offered_in:
            self._render(tag.package, channel)

    def _render(self, package: str, channel: Channel) -> None:
        offers, yanked = [], {}
        for holder in channel.offers:
            way = "" if holder is channel else f"../../../{holder}/simple/{package}/"
            for path, standing in self._complete(package, holder):
                if standing.listing is not Listing.ARCHIVED:
                    offers.append(offer_of(path, f"{way}{path.name}"))
                if standing.listing is Listing.UNLISTED:
                    yanked[path.name] = standing.reason
        replace_file(self._folder(package, channel) / "index.html", render_project(package, offers, yanked))
        root = self._dist.index(channel)
        replace_file(root / "index.html", render_root(each.name for each in root.iterdir() if each.is_dir()))


def parse_name(path: Path) -> tuple[str, Version]:
    """Give the package and the version that the name of a wheel or an sdist says; Incomplete where it says none."""
    try:
        return parse_wheel_filename(path.name)[:2] if path.suffix == ".whl" else parse_sdist_filename(path.name)
    except (InvalidSdistFilename, InvalidWheelFilename) as error:
        raise _stray(path, str(error)) from None


def _offers(page: str, sha256: str) -> bool:
    return any(f"#sha256={sha256}" in line and " data-yanked=" not in line for line in page.splitlines())


def _read_standing(marker: Path) -> Standing:
    """Give how a version is to be listed, as the file beside its archives says."""
    if not marker.exists():
        return Standing()
    try:
        return parse_standing(marker.read_bytes())
    except ValueError:
        raise Incomplete(
            f"{marker} can't be read: nobody can say how the version is to be listed",
            hint='write it anew: {"listing": "unlisted", "reason": "…"}; archived and offered are the others',
        ) from None


def _require(now: Listing, before: Collection[Listing], tag: Tag) -> None:
    if now not in before:
        raise Conflict(
            f"{tag}: local lists it as {now}, not as {' or '.join(sorted(before))}",
            hint="somebody listed it otherwise meanwhile: see who and why, then say what you want of it now",
        )


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
