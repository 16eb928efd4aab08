"""The review: what a repository holds of a release, file by file, against the digests of what was built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import Conflict, Incomplete
from release.model.ledger import Held, State, compare

if TYPE_CHECKING:
    from release.adapters.codeartifact.answers import Assets
    from release.model.parcel import Parcel

NAME = "codeartifact"


@dataclass(frozen=True)
class Review:
    """What was found: the revision that was looked at, and which files it lacks."""

    revision: str
    missing: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def review(parcel: Parcel, place: str, assets: Assets | None) -> Review:
    """Compare; Conflict names what has other bytes, and what somebody else has added."""
    digests = {each.name: each.sha256 for each in parcel.artifacts}
    if assets is None:
        return Review("", tuple(digests))
    held = [Held(parcel.tag, place, name, sha256) for name, sha256 in assets.digests.items()]
    entries = compare(NAME, lambda _: (place,), digests, held)
    wrong = [each for each in entries if each.state is State.CONFLICTING]
    if wrong:
        said = ", ".join(f"{each.name} ({each.detail or 'other bytes'})" for each in wrong)
        raise Conflict(
            f"{NAME}: {place} holds what is not of {parcel.tag}: {said}",
            hint="find out who published it; nothing is ever replaced: release the next version",
        )
    unsaid = [each.name for each in entries if each.state is State.UNKNOWN]
    if unsaid:
        raise Incomplete(
            f"{NAME}: {place} does not say what bytes it holds under {', '.join(unsaid)}",
            hint="run the same command again",
        )
    missing = tuple(each.name for each in entries if each.state is State.ABSENT)
    return Review(assets.revision, missing)
