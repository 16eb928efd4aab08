"""Holdings: what listed objects are, by their digests, the pages that name them and the markers beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from release.adapters.s3.layout import MARKER, key_at, key_of, read_key
from release.adapters.standing import Standing
from release.model.artifact import is_artifact
from release.model.ledger import Held, Listing
from release.side_by_side import open_pool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release.adapters.s3.bucket import Bucket, Stored
    from release.adapters.s3.markers import Markers
    from release.adapters.s3.pages import Page, Pages
    from release.model.tag import Tag

_AT_ONCE: Final = 32


def survey(
    bucket: Bucket, pages: Pages, markers: Markers, stored: Iterable[Stored], *, of_evidence: bool = True
) -> tuple[Held, ...]:
    """Ask of objects all that a listing does not say, side by side: each digest, each page and each marker once.

    What stands in no version's folder, or is a marker, is no file of a release and passed over. Digests of evidence are
    left empty where they are not wanted.
    """
    known = [(*read, each) for each in stored if (read := read_key(each.key))]
    files = [(tag, name, each) for tag, name, each in known if name != MARKER]
    marked = [tag for tag, _, each in known if each.key == key_of(tag, MARKER)]
    wanted = sorted({(tag.package, channel) for tag, name, _ in files for channel in _channels(tag, name)})
    with open_pool(_AT_ONCE) as pool:
        standings = pool.map(markers.read, marked)
        shown = pool.map(lambda page: pages.read(*page), wanted)
        digests = pool.map(
            lambda file: bucket.digest(file[2].key) if of_evidence or is_artifact(file[1]) else "", files
        )
        standing_of: dict[Tag, Standing] = dict(zip(marked, standings, strict=True))
        page_of = dict(zip(wanted, shown, strict=True))
        judged = []
        for (tag, name, each), sha256 in zip(files, digests, strict=True):
            naming = [page_of[tag.package, channel] for channel in _channels(tag, name)]
            listing = _listing(standing_of.get(tag, Standing()), naming, each.key, sha256)
            judged.append(Held(tag, bucket.place(each.key), name, sha256, listing, each.added))
    return tuple(judged)


def _channels(tag: Tag, name: str) -> Sequence[str]:
    return tag.channel.offered_in if is_artifact(name) else ()


def _listing(standing: Standing, naming: Iterable[Page], key: str, sha256: str) -> Listing:
    if standing.listing is not Listing.OFFERED:
        return standing.listing
    name = key.rpartition("/")[2]
    is_offered = all(
        (offer := page.offers.get(name)) is not None
        and (key_at(offer.url), offer.sha256) == (key, sha256)
        and name not in page.yanked
        for page in naming
    )
    return Listing.OFFERED if is_offered else Listing.UNSEEN
