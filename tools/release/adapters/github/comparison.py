"""What a release holds beside what it should hold, and how a difference is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import Conflict, Incomplete
from release.model.artifact import is_artifact

if TYPE_CHECKING:
    from release.adapters.github.answers import Release
    from release.adapters.github.lookup import Lookup
    from release.model.parcel import Parcel, ParcelFile


@dataclass(frozen=True)
class Comparison:
    """The files of a parcel by how a release has them."""

    release: Release
    absent: tuple[ParcelFile, ...]
    differing: tuple[ParcelFile, ...]
    strangers: tuple[str, ...]
    """Names of what could be installed from the release, and is none of the parcel's."""

    @property
    def is_same(self) -> bool:
        """Whether nothing is left to be brought."""
        return not self.absent and not self.differing

    def require_same_artifacts(self, parcel: Parcel) -> None:
        """Refuse a release that has a wheel or an sdist of other bytes, or one that is none of ours."""
        where = f"the {'draft' if self.release.draft else 'release'} {parcel.tag}"
        other = [each.name for each in self.differing if each.is_artifact or not self.release.draft]
        if other:
            raise Conflict(f"{where} on GitHub has other bytes as {', '.join(other)}", hint=self._cure(parcel))
        if self.strangers:
            raise Conflict(
                f"somebody added {', '.join(self.strangers)} to {where} on GitHub",
                hint="find out who, and take it out of the draft" if self.release.draft else self._cure(parcel),
            )

    def require_repairable(self, parcel: Parcel) -> None:
        """Refuse a published release that lacks files and takes none any more."""
        if self.absent and self.release.immutable:
            raise beyond_repair(parcel, [each.name for each in self.absent])

    def require_same(self, parcel: Parcel) -> None:
        """Refuse a release that is not all of what was brought."""
        self.require_same_artifacts(parcel)
        if not self.is_same:
            names = ", ".join(each.name for each in (*self.absent, *self.differing))
            raise Incomplete(
                f"the release {parcel.tag} on GitHub does not hold what was brought of {names}",
                hint="another run changed it meanwhile: run the same command again, which goes on from what is there",
            )

    def _cure(self, parcel: Parcel) -> str:
        if self.release.draft:
            return f"find out who made them; if nobody needs the draft of {parcel.tag}, delete it and run this again"
        return "what is published is never replaced: find out where those bytes are from, and release a new version"


def compare(release: Release, parcel: Parcel, lookup: Lookup) -> Comparison:
    """Look at each file of a parcel in a release as it was read last."""
    whole = release.whole
    there = {name: lookup.sha256(whole[name]) for name in parcel.files if name in whole}
    return Comparison(
        release,
        tuple(each for name, each in parcel.files.items() if name not in there),
        tuple(each for name, each in parcel.files.items() if there.get(name, each.sha256) != each.sha256),
        tuple(name for name in whole if is_artifact(name) and name not in parcel.files),
    )


def beyond_repair(parcel: Parcel, names: list[str]) -> Conflict:
    """Say that an immutable release was published without all of its files."""
    return Conflict(
        f"the release {parcel.tag} on GitHub is published without {', '.join(names)}, and is immutable",
        hint="it takes no more files and can't be repaired: release the next version; or release to the other targets",
    )
