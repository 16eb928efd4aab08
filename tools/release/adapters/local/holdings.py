"""Holdings: what the index holds, and whether every page that should name it does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.adapters.local.markers import read_marker
from release.adapters.local.pages import offers
from release.adapters.local.rows import parse_name
from release.model.artifact import digest_of
from release.model.ledger import Held, Listing
from release.model.tag import Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from release.adapters.local.layout import Layout
    from release.model.tag import Channel


def survey(layout: Layout, package: str, channel: Channel, files: Iterable[Path]) -> Iterator[Held]:
    """Say of files of a package, in the channel that they stand in, how each is listed."""
    pages = [layout.page(package, wider) for wider in channel.offered_in]
    shown = [page.read_text() if page.is_file() else "" for page in pages]
    for path in files:
        tag, sha256 = Tag(*parse_name(path)), digest_of(path)
        listing = read_marker(layout.marker(tag)).listing
        if listing is Listing.OFFERED and not all(offers(page, sha256) for page in shown):
            listing = Listing.UNSEEN
        added = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        yield Held(tag, layout.place(tag, path.name), path.name, sha256, listing, added)
