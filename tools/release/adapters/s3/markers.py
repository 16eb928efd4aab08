"""Markers: what says beside a version's files that the version was taken off offer, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.adapters.s3.layout import MARKER, key_of
from release.adapters.standing import Standing, parse_standing

if TYPE_CHECKING:
    from release.adapters.s3.bucket import Bucket, Found
    from release.model.tag import Tag


@dataclass(frozen=True)
class Marked(Standing):
    """What a marker says, and the state of the object that says it; None where there is none."""

    found: Found | None = None


class Markers:
    """The markers of a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def read(self, tag: Tag) -> Marked:
        """Give how a version is to be listed; Incomplete where its marker can't be read."""
        key = key_of(tag, MARKER)
        found = self._bucket.get(key)
        if found is None:
            return Marked()
        said = parse_standing(found.content, self._bucket.place(key))
        return Marked(said.listing, said.reason, found)

    def write(self, tag: Tag, before: Marked, standing: Standing) -> bool:
        """Say anew how a version is to be listed, and whether it still stood as before until then."""
        headers = {"ContentType": "application/json", "CacheControl": "no-cache"}
        return bool(self._bucket.replace(key_of(tag, MARKER), before.found, standing.as_json(), **headers))
