"""What a marker beside a version's files says: that the version was taken off offer, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass

from release.model.ledger import Listing
from release.model.strict_json import parse_strictly


@dataclass(frozen=True)
class Standing:
    """How a version is to be listed; without a marker it is on offer."""

    listing: Listing = Listing.OFFERED
    reason: str = ""

    def as_json(self) -> bytes:
        """Write it as a marker holds it."""
        return json.dumps({"listing": self.listing, "reason": self.reason}, sort_keys=True).encode()


def parse_standing(content: bytes) -> Standing:
    """Read a marker; ValueError where it is none."""
    said = parse_strictly(content)
    if not isinstance(said, dict) or not isinstance(said.get("reason"), str):
        raise ValueError("no marker")  # noqa: TRY004  # a document of the wrong shape is a wrong value
    return Standing(Listing(str(said.get("listing"))), said["reason"])
