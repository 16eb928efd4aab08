"""The pages of each channel's index: a channel names its own files, and links to those of narrower ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.disk import replace_file
from release.adapters.local.rows import offer_of
from release.adapters.page import render_project, render_root
from release.model.ledger import Listing

if TYPE_CHECKING:
    from release.adapters.local.layout import Layout
    from release.model.tag import Channel, Tag


def render_all(layout: Layout, tag: Tag) -> None:
    """Bring the pages of every channel that may offer a version in line with what is there."""
    for channel in tag.channel.offered_in:
        _render(layout, tag.package, channel)


def offers(page: str, sha256: str) -> bool:
    """Whether a page offers a file, yanked by nobody."""
    return any(f"#sha256={sha256}" in line and " data-yanked=" not in line for line in page.splitlines())


def _render(layout: Layout, package: str, channel: Channel) -> None:
    rows, yanked = [], {}
    for holder in channel.offers:
        way = "" if holder is channel else f"../../../{holder}/simple/{package}/"
        for path, standing in layout.complete(package, holder):
            if standing.listing is not Listing.ARCHIVED:
                rows.append(offer_of(path, f"{way}{path.name}"))
            if standing.listing is Listing.UNLISTED:
                yanked[path.name] = standing.reason
    root = layout.root(channel)
    names = {each.name for each in root.glob("*/")} | {package}
    replace_file(root / "index.html", render_root(names))  # first: whoever is killed in between begins anew
    replace_file(layout.page(package, channel), render_project(package, rows, yanked))
