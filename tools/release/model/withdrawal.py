"""Taking a version off offer and putting it back: what is wished for, and what became of it at each target."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from release.errors import UsageError
from release.model.ledger import Listing
from release.model.tag import shown
from release.redaction import redact

if TYPE_CHECKING:
    from datetime import datetime

    from release.errors import ReleaseError

LONGEST_REASON: Final = 500
"""Letters: as much as every target keeps of it."""
_BEFORE: Final = {
    Listing.OFFERED: frozenset({Listing.UNLISTED, Listing.ARCHIVED}),
    Listing.UNLISTED: frozenset({Listing.OFFERED, Listing.UNSEEN}),
    Listing.ARCHIVED: frozenset({Listing.OFFERED, Listing.UNSEEN, Listing.UNLISTED}),
}


@dataclass(frozen=True)
class Wish:
    """How a version is to be listed from now on, and why."""

    listing: Listing
    reason: str = ""

    @property
    def before(self) -> frozenset[Listing]:
        """How it may be listed until then; whoever listed it otherwise is not overruled.

        What was brought and is not offered everywhere yet may be offered somewhere, and so can be withdrawn.
        """
        return _BEFORE[self.listing]

    def given(self, found: frozenset[Listing]) -> Wish:
        """Give what is left to wish for where a version is listed so: nothing archived is made easier to get."""
        is_beyond = self.listing is Listing.UNLISTED and found == {Listing.ARCHIVED}
        return Wish(Listing.ARCHIVED, self.reason) if is_beyond else self


class Fate(StrEnum):
    """What became of a wish at one target."""

    DONE = "done"
    IDENTICAL = "identical"
    """It was listed so already."""
    ABSENT = "absent"
    """The target does not hold the version."""
    BY_HAND = "by hand"
    """The target can't be told by this tool."""
    UNDATED = "undated"
    """Nobody says how old it is, so it is left."""
    FAILED = "failed"


@dataclass(frozen=True)
class Withdrawal:
    """What became of a version at a target."""

    tag: str
    """Empty where the target could not even say which versions it holds."""
    target: str
    fate: Fate
    before: frozenset[Listing] = frozenset()
    after: frozenset[Listing] = frozenset()
    cure: str = ""
    error: ReleaseError | None = None
    added: datetime | None = None
    """When the newest of its files came there, where that was asked."""

    @property
    def is_good(self) -> bool:
        """Whether the version is listed there as was wished for."""
        return self.fate in {Fate.DONE, Fate.IDENTICAL}

    @property
    def detail(self) -> str:
        """What there is to say of it, in a line or more."""
        if self.error:
            return self.error.message
        return self.cure or " → ".join(_listed(each) for each in dict.fromkeys((self.before, self.after)) if each)

    def as_document(self) -> dict[str, object]:
        """Give it as programs read it."""
        return {
            "tag": self.tag,
            "target": self.target,
            "fate": self.fate,
            "before": sorted(self.before),
            "after": sorted(self.after),
            "added": self.added and self.added.isoformat(),
            "detail": self.detail,
            "hint": self.error.hint if self.error else "",
            "exit_code": self.error.exit_code if self.error else 0,
        }


def read_reason(text: str) -> str:
    """Read the reason that everybody will be told: one line of plain words, without what nobody may read."""
    reason = redact(text.strip())
    hint = 'say it in one line: --reason "loses rows when a partition is empty"'
    if not reason:
        raise UsageError("the reason is empty", hint=hint)
    if not reason.isprintable():
        raise UsageError(f"the reason holds what can't be printed in one line: {shown(reason[:80])}", hint=hint)
    if len(reason) > LONGEST_REASON:
        raise UsageError(f"the reason has {len(reason)} letters of {LONGEST_REASON}", hint=hint)
    return reason


def _listed(listings: frozenset[Listing]) -> str:
    return " and ".join(sorted(listings))
