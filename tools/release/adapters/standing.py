"""What a marker beside a version's files says: that the version was taken off offer, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import Conflict, Incomplete
from release.model.ledger import Listing
from release.model.strict_json import parse_strictly

if TYPE_CHECKING:
    from collections.abc import Collection

    from release.model.tag import Tag


@dataclass(frozen=True)
class Standing:
    """How a version is to be listed; without a marker it is on offer."""

    listing: Listing = Listing.OFFERED
    reason: str = ""

    def as_json(self) -> bytes:
        """Write it as a marker holds it."""
        return json.dumps({"listing": self.listing, "reason": self.reason}, sort_keys=True).encode()


def parse_standing(content: bytes, place: str) -> Standing:
    """Read a marker; Incomplete where it is none."""
    try:
        return _read(content)
    except ValueError:
        raise Incomplete(
            f"{place} can't be read: nobody can say how the version is to be listed",
            hint='write it anew: {"listing": "unlisted", "reason": "…"}; archived and offered are the others',
        ) from None


def require_listed(tag: Tag, target: str, now: Listing, before: Collection[Listing]) -> None:
    """Refuse to list a version otherwise that is not listed as it was before."""
    if now not in before:
        raise Conflict(
            f"{tag}: {target} lists it as {now}, not as {' or '.join(sorted(before))}",
            hint="somebody listed it otherwise meanwhile: see who and why, then say what you want of it now",
        )


def _read(content: bytes) -> Standing:
    said = parse_strictly(content)
    if not isinstance(said, dict) or not isinstance(said.get("reason"), str):
        raise ValueError("no marker")  # noqa: TRY004  # a document of the wrong shape is a wrong value
    return Standing(Listing(str(said.get("listing"))), said["reason"])
