"""Withdrawn releases: GitHub knows no such thing, so the title says it, and the first line of the notes."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from release.adapters.github.answers import BODY_MARK
from release.adapters.github.refusals import until_clear
from release.errors import Conflict
from release.model.ledger import Listing
from release.model.tag import Channel

if TYPE_CHECKING:
    from collections.abc import Collection

    from release.adapters.github.answers import Release
    from release.adapters.github.client import Client
    from release.adapters.github.lookup import Lookup
    from release.model.tag import Tag

_SUFFIX: Final = " (withdrawn)"
_LONGEST_REASON: Final = 500


class Relisting:
    """Marks a published release as withdrawn, and takes the marks away byte for byte; `patience` in seconds."""

    def __init__(self, client: Client, lookup: Lookup, patience: float) -> None:
        self._client = client
        self._lookup = lookup
        self._patience = patience

    def change(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> Release | None:
        """Change how a release is listed, if it is listed as `before` says; give it as it is then.

        It is compared just before it is set: GitHub has no way to do both at once.
        """
        return until_clear(lambda: self._change(tag, before, listing, reason), self._patience)

    def _change(self, tag: Tag, before: Collection[Listing], listing: Listing, reason: str) -> Release | None:
        release = self._lookup.of(tag)
        if release is None or release.listing is listing:
            return release
        if release.draft:
            raise Conflict(
                f"{tag} is a draft on GitHub: nobody is shown it, and nothing was changed",
                hint="delete the draft, if it is not wanted any more; or let a release finish it, then say this again",
            )
        if release.listing not in before:
            raise Conflict(
                f"{tag} is {release.listing} on GitHub, not {' or '.join(sorted(before))}: nothing was changed",
                hint="somebody changed it meanwhile: look at it, and say it again if it is still wanted",
            )
        latest = "true" if self._becomes_latest(tag, release, listing) else "false"
        changed = self._client.update_release(release, {**marked(release, listing, reason), "make_latest": latest})
        self._lookup.remember(changed)
        return changed

    def _becomes_latest(self, tag: Tag, release: Release, listing: Listing) -> bool:
        """Say whether visitors are to be shown this release first; if not any more, see to another one.

        The other comes first: whoever is stopped in between finds this one not withdrawn yet, and begins again.
        """
        if tag.channel is not Channel.STABLE:
            return False
        latest = self._client.latest_release()
        if listing is Listing.OFFERED:
            return latest is None or (
                latest.tag is not None and latest.tag.package == tag.package and latest.tag.version < tag.version
            )
        if latest is not None and latest.id == release.id and (other := self._next_highest(tag)):
            self._lookup.remember(self._client.update_release(other, {"make_latest": "true"}))
        return False

    def _next_highest(self, tag: Tag) -> Release | None:
        found = {
            each.tag: each
            for each in self._lookup.listed()
            if each.tag and each.tag.package == tag.package and each.tag.channel is Channel.STABLE
            if each.tag != tag and each.listing is Listing.OFFERED
        }
        return found[max(found)] if found else None


def marked(release: Release, listing: Listing, reason: str) -> dict[str, object]:
    """Write the title and the notes of a release with the marks of a listing, and without those of another."""
    title = (release.name or "").removesuffix(_SUFFIX) if release.listing is not Listing.OFFERED else release.name or ""
    if listing is Listing.OFFERED:
        return {"name": title, "body": release.unmarked_body}
    said = html.escape(" ".join(reason.split())[:_LONGEST_REASON], quote=False) or "no reason was given"
    return {
        "name": f"{title}{_SUFFIX}",
        "body": f"{BODY_MARK.format(reason=said, listing=listing)}{release.unmarked_body}",
    }
