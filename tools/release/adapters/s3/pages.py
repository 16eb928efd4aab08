"""The pages of each channel's index, changed by compare-and-set: whoever comes second reads again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release.adapters.page import render_project
from release.adapters.s3.layout import PAGE_HEADERS, folder_of, key_at, key_of, page_of, root_of
from release.adapters.s3.page_text import read_project
from release.adapters.s3.root import Root
from release.adapters.s3.settling import until_settled
from release.errors import Conflict
from release.model.ledger import Listing
from release.model.tag import Channel, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from release.adapters.s3.bucket import Bucket, Found
    from release.adapters.standing import Standing
    from release.model.offer import Offer


@dataclass(frozen=True)
class Page:
    """What a project's page in one channel says: files, and the reasons of those that are yanked, by file name.

    The files' addresses are as the page has them.
    """

    offers: Mapping[str, Offer] = field(default_factory=dict)
    yanked: Mapping[str, str] = field(default_factory=dict)

    def listing(self, tag: Tag, standing: Standing, rows: Iterable[Offer], place: str) -> Page:
        """Give the page with a version listed as it is to be, and everything else as it was."""
        folder = folder_of(tag)
        ours = {name for name, offer in self.offers.items() if key_at(offer.url).startswith(folder)}
        offers = {name: offer for name, offer in self.offers.items() if name not in ours}
        yanked = {name: reason for name, reason in self.yanked.items() if name not in ours}
        if standing.listing is Listing.ARCHIVED:
            return Page(offers, yanked)
        offers |= {name: self.offers[name] for name in ours}
        for row in rows:
            if offers.setdefault(row.name, row).sha256 != row.sha256:
                raise Conflict(
                    f"{place} names {row.name} with another digest than the file has",
                    hint="somebody wrote to the page: bring back the last right version of it",
                )
            ours.add(row.name)
        if standing.listing is Listing.UNLISTED:
            yanked |= dict.fromkeys(ours, standing.reason)
        return Page(offers, yanked)


class Pages:
    """The pages of a bucket."""

    def __init__(self, bucket: Bucket, patience: float) -> None:
        self._bucket = bucket
        self._patience = patience
        self._roots = {channel: Root(bucket, root_of(channel), patience) for channel in Channel}

    def read(self, package: str, channel: Channel) -> Page:
        """Give a project's page; an empty one where there is none."""
        return self._parse(package, channel, self._bucket.get(page_of(package, channel)))

    def list(
        self, tag: Tag, channel: Channel, standing: Callable[[], Standing], rows: Callable[[], Iterable[Offer]]
    ) -> None:
        """Have a channel's page list a version as it is to be; `standing` says how, and `rows` gives its files."""
        key = page_of(tag.package, channel)
        place = self._bucket.place(key)

        def attempt() -> bool:
            found = self._bucket.get(key)
            before = self._parse(tag.package, channel, found)
            after = before.listing(tag, standing(), rows(), place)
            if after == before:
                return True
            if found is None:  # first, as whoever is killed in between comes by here again
                self._roots[channel].add(tag.package)
            content = render_project(tag.package, after.offers.values(), after.yanked)
            return bool(self._bucket.replace(key, found, content, **PAGE_HEADERS))

        until_settled(place, self._patience, attempt)

    def _parse(self, package: str, channel: Channel, found: Found | None) -> Page:
        """Read what was found; Conflict where it offers what no release puts there: a later channel's file for one."""
        place = self._bucket.place(page_of(package, channel))
        page = Page(*read_project(place, found.content)) if found else Page()
        for name, offer in page.offers.items():
            tag = Tag(package, offer.version)
            if tag.channel not in channel.offers or key_at(offer.url) != key_of(tag, name):
                key = key_at(offer.url)
                raise Conflict(
                    f"{place} offers {name} from {key}, which no release of {package} puts into {channel}",
                    hint="find out who wrote to the page, and bring back the last right version of it",
                )
        return page
