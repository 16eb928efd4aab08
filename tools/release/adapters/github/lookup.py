"""Finding the release of a tag, published or still a draft, with as few questions as that takes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from release.errors import Incomplete

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.adapters.github.answers import Asset, Release
    from release.adapters.github.client import Client
    from release.adapters.github.roll import Roll
    from release.model.ledger import Listing
    from release.model.tag import Tag


class Lookup:
    """What this run knows of where each tag's release is; what is in it is asked each time."""

    def __init__(self, client: Client, roll: Roll) -> None:
        self._client = client
        self._roll = roll
        self._seen: dict[str, Release] = {}
        self._changed: dict[int, Release] = {}
        """What this run changed, as it is since then: a list that does not say so is too old."""

    def of(self, tag: Tag) -> Release | None:
        """Give the release of a tag; the oldest draft where none is published."""
        return self._seen_before(tag) or self._keep(
            self._client.release_by_tag(str(tag)) or choose(tag, self._roll.known())
        )

    def anew(self, tag: Tag, within: float = 0) -> Release | None:
        """Give the same from a list no older than `within` seconds: another run may have made a draft meanwhile."""
        return self._seen_before(tag) or self._keep(choose(tag, self._roll.fresh(within)))

    def oldest(self, tag: Tag) -> Release | None:
        """Give the release of a tag that all runs agree on, once one was made: what is new stands on the first page."""
        newest, _ = self._client.list_releases(1)
        return choose(tag, newest) or choose(tag, self._roll.fresh())

    def drafts(self, tag: Tag) -> tuple[Release, ...]:
        """Give every draft of a tag that the last list named, oldest first."""
        return tuple(sorted((each for each in self._roll.known() if each.draft and each.tag == tag), key=_age))

    def remember(self, release: Release) -> None:
        """Keep what a change made of a release."""
        self._changed[release.id] = release
        self._keep(release)

    def listed(self) -> tuple[Release, ...]:
        """Give all releases; from a new list, where the last does not show what this run changed."""
        releases = self._roll.known()
        there = {each.id: _state(each) for each in releases}
        is_current = all(there.get(each.id) == _state(each) for each in self._changed.values())
        return releases if is_current else self._roll.fresh()

    def content(self, tag: Tag, name: str) -> bytes:
        """Give a file of a tag's release; nothing where it has none."""
        for is_anew in (False, True):  # what was seen before may have been replaced
            release = self.of(tag) if is_anew else self._seen.get(str(tag))
            asset = release.whole.get(name) if release else None
            content = self._client.download_asset(self._client.asset_url(asset)) if asset else None
            if content is not None:
                return content
        return b""

    def sha256(self, asset: Asset) -> str:
        """Give a file's digest, of its own bytes where GitHub says none."""
        if asset.sha256:
            return asset.sha256
        content = self._client.download_asset(self._client.asset_url(asset))
        if content is None:
            raise Incomplete(f"{asset.name} went away while it was read", hint="run the same command again")
        return hashlib.sha256(content).hexdigest()

    def _seen_before(self, tag: Tag) -> Release | None:
        before = self._seen.get(str(tag))
        return self._keep(self._client.release(before.id)) if before else None

    def _keep(self, release: Release | None) -> Release | None:
        if release:
            self._seen[release.tag_name] = release
        return release


def choose(tag: Tag, releases: Iterable[Release]) -> Release | None:
    """Give the published release of a tag, or else its oldest draft."""
    return min((each for each in releases if each.tag == tag), key=lambda each: (each.draft, each.id), default=None)


def _age(release: Release) -> int:
    return release.id


def _state(release: Release) -> tuple[Listing, frozenset[str]]:
    return release.listing, frozenset(release.whole)
