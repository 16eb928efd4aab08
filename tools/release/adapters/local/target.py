"""The target `local`, by what a release asks of a target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from release.adapters.disk import add_file, exclusive, replace_file, sweep
from release.adapters.local.holdings import survey
from release.adapters.local.layout import Layout
from release.adapters.local.markers import read_marker
from release.adapters.local.pages import render_all
from release.adapters.local.rows import offer_of, parse_name
from release.adapters.standing import Standing, require_listed
from release.model.ledger import Listing
from release.model.tag import Channel

if TYPE_CHECKING:
    from collections.abc import Collection

    from release.model.dist import Dist
    from release.model.ledger import Held
    from release.model.offer import Offer
    from release.model.parcel import Parcel
    from release.model.tag import Tag


class LocalIndex:
    """The door to the embedded index. A file stands in its own channel; wider channels link to it."""

    name = "local"

    def __init__(self, dist: Dist) -> None:
        self._dist = dist
        self._layout = Layout(dist)

    def places(self, tag: Tag, name: str) -> tuple[str, ...]:
        """Give the place of an artifact below `dist`; evidence stands on the shelf alone."""
        return (self._layout.place(tag, name),) if name in tag.files else ()

    def held(self, tag: Tag) -> tuple[Held, ...]:
        """Give the files of a version, and whether every page that should name them does."""
        stock = self._layout.files(tag.package, tag.channel)
        files = (each for each in stock if parse_name(each)[1] == tag.version)
        return tuple(survey(self._layout, tag.package, tag.channel, files))

    def inventory(self, packages: Collection[str]) -> tuple[Held, ...]:
        """Give the same of every version."""
        shelves = [(package, channel) for package in packages for channel in Channel]
        return tuple(held for each in shelves for held in survey(self._layout, *each, self._layout.files(*each)))

    def offered(self, package: str, channel: Channel) -> tuple[Offer, ...]:
        """Give every file of a package that a channel offers, with absolute addresses."""
        return tuple(
            offer_of(path, path.as_uri())
            for holder in channel.offers
            for path, standing in self._layout.complete(package, holder)
            if standing.listing is Listing.OFFERED
        )

    def fetch(self, offer: Offer) -> bytes:
        """Give the bytes of a file."""
        return Path(url2pathname(urlsplit(offer.url).path)).read_bytes()

    def put(self, parcel: Parcel) -> None:
        """Add what is absent."""
        tag = parcel.tag
        folder = self._layout.folder(tag.package, tag.channel)
        folder.mkdir(parents=True, exist_ok=True)
        with exclusive(self._dist.root):
            for channel in tag.channel.offered_in:
                sweep(self._layout.root(channel))
                sweep(self._layout.folder(tag.package, channel))
                self.offered(tag.package, channel)  # what can't be offered is said before anything is added
            for each in parcel.artifacts:
                if not (folder / each.name).exists():
                    add_file(each.path, folder / each.name)

    def show(self, parcel: Parcel) -> None:
        """Have every channel that may offer it say so."""
        with exclusive(self._dist.root):
            render_all(self._layout, parcel.tag)

    def relist(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> tuple[Held, ...]:
        """Change the version's marker, then the pages; asked again, bring the pages in line with the marker."""
        with exclusive(self._dist.root):
            held = self.held(tag)
            if not held:
                return ()
            marker = self._layout.marker(tag)
            is_unseen = not marker.exists() and any(each.listing is Listing.UNSEEN for each in held)
            now = Listing.UNSEEN if is_unseen else read_marker(marker).listing
            if now is not listing:
                require_listed(tag, self.name, now, before)
                replace_file(marker, Standing(listing, reason).as_json())
            render_all(self._layout, tag)
            return self.held(tag)
