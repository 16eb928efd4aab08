"""Publishing a draft, once, under a tag that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.github.comparison import compare
from release.adapters.github.delivery import TAKEN, describe
from release.adapters.github.refusals import AGAIN, Rejected, Unclear, until_clear
from release.adapters.github.tags import look_beside
from release.errors import Conflict, Incomplete
from release.model.tag import Channel

if TYPE_CHECKING:
    from release.adapters.github.answers import Release
    from release.adapters.github.client import Client
    from release.adapters.github.lookup import Lookup
    from release.model.parcel import Parcel


class Publication:
    """Makes a draft seen, when it holds everything and its tag is the one that was released; `patience` in seconds."""

    def __init__(self, client: Client, lookup: Lookup, patience: float) -> None:
        self._client = client
        self._lookup = lookup
        self._patience = patience

    def publish(self, parcel: Parcel) -> None:
        """Read everything back once more, and publish; nothing where that was done before."""
        until_clear(lambda: self._publish(parcel), self._patience)

    def _publish(self, parcel: Parcel) -> None:
        release = look_beside(self._client, parcel, lambda: self._lookup.of(parcel.tag))
        if release is None:
            raise Incomplete(f"there is no draft for {parcel.tag} on GitHub any more", hint=AGAIN)
        compare(release, parcel, self._lookup).require_same(parcel)
        if release.draft:
            self._lookup.remember(self._show(release, parcel))

    def _show(self, release: Release, parcel: Parcel) -> Release:
        is_latest = parcel.is_highest and parcel.tag.channel is Channel.STABLE
        document = {**describe(parcel), "draft": False, "make_latest": "true" if is_latest else "false"}
        try:
            return self._client.update_release(release, document)
        except Rejected as rejected:
            if rejected.is_immutable:
                raise Conflict(
                    f"GitHub does not publish {parcel.tag} again: an immutable release had that tag, and was deleted",
                    hint="its tag can't be used a second time: release the next version",
                ) from None
            if TAKEN not in rejected.codes:
                raise
            return self._published_by_another(parcel)

    def _published_by_another(self, parcel: Parcel) -> Release:
        """Take the release that another run published from a draft of its own, if it is the same."""
        there = self._client.release_by_tag(str(parcel.tag))
        if there is None:
            raise Unclear(f"GitHub says that {parcel.tag} is published, and does not show it", hint=AGAIN)
        compare(there, parcel, self._lookup).require_same(parcel)
        return there
