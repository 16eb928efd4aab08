"""Read the ledger: what every target holds of a release, asked of the targets themselves, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from release.errors import Conflict, Incomplete
from release.model.ledger import Entry, Held, State, compare, unknown
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release.model.tag import Tag
    from release.ports import Target


@dataclass(frozen=True)
class Holding:
    """What one target says that it holds of a version, or why that can't be said."""

    target: Target
    tag: Tag
    files: tuple[Held, ...]
    error: Conflict | Incomplete | None = None
    """Conflict where what it holds is surely not ours: its bytes are gone, or somebody else's."""

    def entries(self, digests: Mapping[str, str]) -> tuple[Entry, ...]:
        """Say what that makes of each file of the release."""
        places = partial(self.target.places, self.tag)
        if self.error:
            return unknown(self.target.name, places, digests, self.error.message)
        return compare(self.target.name, places, digests, self.files)

    def find(self, name: str) -> Held | None:
        """Give the file of this name that the target has, whatever its bytes."""
        return next((each for each in self.files if each.name == name), None)


def ask_targets(tag: Tag, targets: Sequence[Target]) -> tuple[Holding, ...]:
    """Ask every target what it holds of a version; one that can't be asked is no target that holds nothing."""
    return tuple(side_by_side(partial(_ask, tag), targets))


def read_ledger(tag: Tag, digests: Mapping[str, str], targets: Sequence[Target]) -> tuple[Entry, ...]:
    """Say of each file of a release what every target holds under its name."""
    return tuple(entry for holding in ask_targets(tag, targets) for entry in holding.entries(digests))


def require_agreement(tag: Tag, holdings: Sequence[Holding], digests: Mapping[str, str]) -> tuple[Entry, ...]:
    """Give the ledger; stop where a target holds other bytes, or could not be asked."""
    entries = require_no_conflict(tag, holdings, digests)
    for holding in holdings:
        if holding.error:
            raise Incomplete(
                f"{tag}: {holding.target.name} could not be asked: {holding.error.message}",
                hint=holding.error.hint or "run the same command again when it answers",
            )
    for entry in entries:
        if entry.state is State.UNKNOWN:
            raise Incomplete(
                f"{tag}: {entry.target} says nothing of the bytes of {entry.name}: {entry.detail}",
                hint="hatch run release reconcile says what is known of it",
            )
    return entries


def require_no_conflict(tag: Tag, holdings: Sequence[Holding], digests: Mapping[str, str]) -> tuple[Entry, ...]:
    """Give the ledger; stop where a target holds what is not of the release."""
    for holding in holdings:
        if isinstance(holding.error, Conflict):
            raise Conflict(f"{tag}: {holding.error.message}", hint=holding.error.hint)
    entries = tuple(entry for holding in holdings for entry in holding.entries(digests))
    for entry in entries:
        if entry.state is State.CONFLICTING:
            said = f": {entry.detail}" if entry.detail else ""
            raise Conflict(
                f"{tag}: {entry.target} holds other bytes as {entry.name} ({entry.location}){said}",
                hint="published bytes are never replaced: release what you have as a new version",
            )
    return entries


def _ask(tag: Tag, target: Target) -> Holding:
    try:
        return Holding(target, tag, target.held(tag))
    except (Conflict, Incomplete) as error:
        return Holding(target, tag, (), error)
