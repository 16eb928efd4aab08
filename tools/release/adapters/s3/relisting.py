"""Taking a version off offer and putting it back: the marker says it, and the pages follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.once import Once
from release.adapters.s3.layout import MARKER, folder_of, key_of
from release.adapters.s3.rows import rows_of_bucket
from release.adapters.s3.settling import until_settled
from release.adapters.standing import require_listed
from release.model.ledger import Listing
from release.side_by_side import open_pool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from release.adapters.s3.bucket import Bucket
    from release.adapters.s3.markers import Markers
    from release.adapters.s3.pages import Pages
    from release.adapters.standing import Standing
    from release.model.ledger import Held
    from release.model.offer import Offer
    from release.model.tag import Tag


class Relisting:
    """The door for how versions are listed; `patience` is how many seconds what others change is tried."""

    def __init__(self, bucket: Bucket, pages: Pages, markers: Markers, patience: float) -> None:
        self._bucket = bucket
        self._pages = pages
        self._markers = markers
        self._patience = patience

    def change(self, tag: Tag, held: Collection[Held], before: Collection[Listing], wanted: Standing) -> None:
        """Change the version's marker, then the pages; asked again, bring the pages in line with the marker."""
        key = self._bucket.place(key_of(tag, MARKER))
        until_settled(key, self._patience, lambda: self._declare(tag, held, before, wanted))
        rows: Once[Tag, Iterable[Offer]] = Once(lambda tag: rows_of_bucket(self._bucket, tag, held))
        self.list(tag, lambda: rows.get(tag))

    def list(self, tag: Tag, rows: Callable[[], Iterable[Offer]]) -> None:
        """Bring the pages in line with the marker, and again if it was changed meanwhile."""

        def attempt() -> bool:
            with open_pool() as pool:
                standing = pool.submit(self._markers.read, tag)
                for each in [
                    pool.submit(self._pages.list, tag, channel, standing.result, rows)
                    for channel in tag.channel.offered_in
                ]:
                    each.result()
            return self._markers.read(tag) == standing.result()

        until_settled(self._bucket.place(folder_of(tag)), self._patience, attempt)

    def _declare(self, tag: Tag, held: Collection[Held], before: Collection[Listing], wanted: Standing) -> bool:
        standing = self._markers.read(tag)
        is_unseen = standing.found is None and any(each.listing is Listing.UNSEEN for each in held)
        now = Listing.UNSEEN if is_unseen else standing.listing
        if now is wanted.listing:
            return True
        require_listed(tag, "s3", now, before)
        if is_unseen and wanted.listing is Listing.OFFERED:
            return True  # no marker is needed for what was never withdrawn
        return self._markers.write(tag, standing, wanted)
