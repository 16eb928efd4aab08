"""Bringing the files of a release into its draft."""

from __future__ import annotations

import re
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

from release.adapters.github.comparison import beyond_repair, compare
from release.adapters.github.connection import AT_ONCE
from release.adapters.github.refusals import AGAIN, Rejected, Unclear, until_clear
from release.adapters.github.tags import look_beside
from release.errors import Conflict, UsageError
from release.model.tag import Channel
from release.patience import ask_until
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.adapters.github.answers import Release
    from release.adapters.github.client import Client
    from release.adapters.github.comparison import Comparison
    from release.adapters.github.lookup import Lookup
    from release.model.parcel import Parcel, ParcelFile

_NAME: Final = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9._+-]*")
"""What GitHub keeps as it is: it replaces other characters of a name, and points at its ends."""
_RECENT: Final = 2.0
"""Seconds that a list of releases may be old when drafts are made, so that all packages of a run share one."""
TAKEN: Final = "already_exists"


class Delivery:
    """Finds or makes the draft, and brings what is absent; `patience` is in seconds."""

    def __init__(self, client: Client, lookup: Lookup, patience: float) -> None:
        self._client = client
        self._lookup = lookup
        self._patience = patience

    def bring(self, parcel: Parcel) -> None:
        """Bring what is absent, and read it back; Conflict where other bytes are there."""
        renamed = [name for name in parcel.files if not _NAME.fullmatch(name)]
        if renamed:
            raise UsageError(f"GitHub would change the names {', '.join(renamed)}", hint="rename the files")
        ages = chain((_RECENT,), repeat(0.0))
        until_clear(lambda: self._bring(parcel, next(ages)), self._patience)

    def _bring(self, parcel: Parcel, age: float) -> None:
        """Look, then do what is left: what came of the time before is in what is there."""
        found = look_beside(self._client, parcel, lambda: self._lookup.anew(parcel.tag, age))
        release = found or self._create(parcel)
        left = compare(release, parcel, self._lookup)
        left.require_same_artifacts(parcel)
        if left.is_same:
            return
        left.require_repairable(parcel)
        self._clear(left)
        for files in _waves(left):
            self._upload(release, files, parcel)
        self._read_back(release, parcel)

    def _create(self, parcel: Parcel) -> Release:
        """Make the draft; where the answer is lost, look whether it was made, as GitHub would make another."""
        try:
            release = self._client.create_release({**describe(parcel), "draft": True})
        except Unclear:
            found = ask_until(lambda: self._lookup.anew(parcel.tag), bool, self._patience / 10)
            if found is None:
                raise
            return found
        return self._agree_on(release, parcel)

    def _agree_on(self, release: Release, parcel: Parcel) -> Release:
        """Keep the oldest draft where another run made one at the same time: of ours, nobody has anything yet."""
        oldest = self._lookup.oldest(parcel.tag)
        if oldest and oldest.id < release.id:
            self._client.delete_draft(release)
            release = oldest
        self._lookup.remember(release)
        return release

    def _clear(self, left: Comparison) -> None:
        """Take out what broken uploads left behind, and evidence of an earlier run in a draft."""
        wanted = {each.name for each in (*left.absent, *left.differing)}
        old = [each for each in left.release.assets if each.name in wanted]
        side_by_side(lambda asset: self._client.delete_asset(left.release, asset), old, AT_ONCE)

    def _upload(self, release: Release, files: Sequence[ParcelFile], parcel: Parcel) -> None:
        side_by_side(lambda file: self._upload_one(release, file, parcel), files, AT_ONCE)

    def _upload_one(self, release: Release, file: ParcelFile, parcel: Parcel) -> None:
        try:
            asset = self._client.upload_asset(release, file.path)
        except Rejected as rejected:
            if rejected.is_immutable:
                raise beyond_repair(parcel, [file.name]) from None
            if (
                TAKEN in rejected.codes
            ):  # by another run, or by this one before its answer was lost: reading it back tells
                return
            raise
        if asset.name != file.name:
            self._client.delete_asset(release, asset)
            raise Conflict(
                f"GitHub keeps {file.name} of {parcel.tag} as {asset.name}: it was taken out again",
                hint=f"give the file a name that GitHub keeps, and {AGAIN}",
            )

    def _read_back(self, release: Release, parcel: Parcel) -> None:
        there = self._client.release(release.id)
        if there is None:
            raise Unclear(f"the draft of {parcel.tag} went away while it was filled", hint=AGAIN)
        self._lookup.remember(there)
        left = compare(there, parcel, self._lookup)
        left.require_same_artifacts(parcel)
        if not left.is_same:
            names = ", ".join(each.name for each in (*left.absent, *left.differing))
            others = self._lookup.drafts(parcel.tag)[1:]
            said = f"; there are {len(others)} more drafts of it, which can be deleted" if others else ""
            raise Unclear(f"{names} did not arrive in the draft of {parcel.tag} on GitHub", hint=f"{AGAIN}{said}")


def _waves(left: Comparison) -> Sequence[Sequence[ParcelFile]]:
    """Give what goes side by side: to a published release the evidence goes first, as each file is seen at once."""
    files = (*left.absent, *left.differing)
    if left.release.draft:
        return (files,)
    return [[each for each in files if each.is_artifact is artifacts] for artifacts in (False, True)]


def describe(parcel: Parcel) -> dict[str, object]:
    """Write what a release says of itself."""
    tag = parcel.tag
    return {
        "tag_name": str(tag),
        "target_commitish": parcel.commit,
        "name": f"{tag.package} {tag.version}",
        "body": parcel.notes,
        "prerelease": tag.channel is not Channel.STABLE,
    }
