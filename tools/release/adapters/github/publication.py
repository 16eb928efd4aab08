"""Publishing a draft, once, under a tag that is there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from release.adapters.github.again import until_clear
from release.adapters.github.comparison import compare
from release.adapters.github.delivery import TAKEN, describe
from release.adapters.github.refusals import AGAIN, Rejected, Unclear
from release.errors import Conflict, Incomplete, UsageError
from release.model.tag import Channel

if TYPE_CHECKING:
    from release.adapters.github.client import Client
    from release.adapters.github.documents import Release
    from release.adapters.github.lookup import Lookup
    from release.model.parcel import Parcel

_DEEPEST: Final = 5
"""Tags that name tags: git allows any number, nobody needs more than one."""


class Publication:
    """Makes a draft seen, when it holds everything and its tag is the one that was released; `patience` in seconds."""

    def __init__(self, client: Client, lookup: Lookup, patience: float) -> None:
        self._client = client
        self._lookup = lookup
        self._patience = patience

    def require_tag(self, parcel: Parcel) -> None:
        """Refuse a tag that the repository has not, or has elsewhere: GitHub would make one where it publishes."""
        found = self._client.reference(str(parcel.tag))
        if found is None:
            raise UsageError(
                f"the tag {parcel.tag} is not in {self._client.repository} on GitHub",
                hint=f"push it first (git push origin {parcel.tag}), and {AGAIN}",
            )
        for _ in range(_DEEPEST):
            if found is None or found.target.type != "tag":
                break
            found = self._client.tag_object(found.target.sha)
        if found is None or found.target.sha != parcel.commit:
            names = found.target.sha[:12] if found else "nothing"
            raise Conflict(
                f"the tag {parcel.tag} names {names} in {self._client.repository} on GitHub,"
                f" and {parcel.commit[:12]} is what was built",
                hint="find out who moved the tag; a version that was published elsewhere needs the next number",
            )

    def publish(self, parcel: Parcel) -> None:
        """Read everything back once more, and publish; nothing where that was done before."""
        until_clear(lambda: self._publish(parcel), self._patience)

    def _publish(self, parcel: Parcel) -> None:
        with ThreadPoolExecutor(1) as pool:
            tag = pool.submit(self.require_tag, parcel)
            release = self._lookup.of(parcel.tag)
            tag.result()
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
