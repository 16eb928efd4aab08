"""Markers: what says beside a version's files that the version was taken off offer, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.adapters.s3.layout import MARKER, key_of
from release.errors import Incomplete
from release.model.ledger import Listing
from release.model.strict_json import parse_strictly

if TYPE_CHECKING:
    from release.adapters.s3.bucket import Bucket, Found
    from release.model.tag import Tag


@dataclass(frozen=True)
class Standing:
    """How a version is to be listed, and the marker that says so; without one it is on offer."""

    listing: Listing = Listing.OFFERED
    reason: str = ""
    marker: Found | None = None


class Markers:
    """The markers of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def read(self, tag: Tag) -> Standing:
        """Give how a version is to be listed; Incomplete where its marker can't be read."""
        key = key_of(tag, MARKER)
        found = self._bucket.get(key)
        if found is None:
            return Standing()
        try:
            said = parse_strictly(found.content)
            listing, reason = Listing(said["listing"]), str(said["reason"])
        except (ValueError, KeyError, TypeError):
            raise Incomplete(
                f"{self._bucket.place(key)} can't be read: nobody can say how {tag} is to be listed",
                hint='write it anew: {"listing": "unlisted", "reason": "…"}; archived and offered are the others',
            ) from None
        return Standing(listing, reason, found)

    def write(self, tag: Tag, before: Standing, listing: Listing, reason: str) -> bool:
        """Say anew how a version is to be listed, and whether it still stood as before until then."""
        content = json.dumps({"listing": listing, "reason": reason}, sort_keys=True).encode()
        return self._bucket.replace(
            key_of(tag, MARKER), before.marker, content, ContentType="application/json", CacheControl="no-cache"
        )
