"""Publish what was judged: bring to every target what is absent there, and offer it once all of them have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import Conflict, Incomplete, ReleaseError
from release.model.artifact import is_artifact
from release.model.ledger import Listing, State
from release.patience import try_again
from release.ports import Immediate
from release.side_by_side import open_pool, side_by_side
from release.steps.ledger import ask_targets, require_agreement, require_no_conflict
from release.steps.pack import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from release.context import Context
    from release.model.ledger import Entry
    from release.model.parcel import Parcel
    from release.ports import Target
    from release.steps.resume import Ready


class _Late(Incomplete):
    """What was published is not seen yet."""

    def __init__(self, parcel: Parcel, missing: str) -> None:
        super().__init__(f"{parcel.tag}: {missing}", hint="run the same command again")


@dataclass(frozen=True)
class Published:
    """What every target holds when all is done."""

    entries: tuple[Entry, ...]
    brought: tuple[str, ...]
    """The targets that something was brought to."""

    @property
    def summary(self) -> str:
        """What was done, in a line."""
        return f"to {', '.join(self.brought)}" if self.brought else "everything was there already"


@dataclass(frozen=True)
class Publish:
    """The step; it acts on what is absent alone."""

    is_awaited: bool = False
    """Whether another release of this run needs it, and so has to be able to install it."""
    title = "publish"

    def run(self, ready: Ready, context: Context) -> Published:
        """Bring everything everywhere before anything is offered; last to whatever offers what it is brought."""
        context.shelf.keep(ready.judged)
        parcel = pack(ready.judged, context)
        entries = require_agreement(parcel.tag, ready.holdings, parcel.digests)
        waiting = {entry.target for entry in entries if entry.state is State.ABSENT}
        targets = [target for target in context.targets if target.name in waiting]
        absent = {each.target: each for each in entries if each.state is State.ABSENT and is_artifact(each.name)}
        if absent:
            _require_listed(parcel, entries, f"this run would offer it at {', '.join(absent)}")
        seen = [target for target in targets if isinstance(target, Immediate) and target.is_immediate]
        for some in ([target for target in targets if target not in seen], seen):
            do_side_by_side(some, lambda target: target.put(parcel), context)
        do_side_by_side(targets, lambda target: target.show(parcel), context)
        return Published(self._await(parcel, context), tuple(target.name for target in targets))

    def _await(self, parcel: Parcel, context: Context) -> tuple[Entry, ...]:
        """Ask until every target says that it holds and offers what it was given: some say so a moment late."""
        return try_again(lambda: self._look(parcel, context.targets), _Late, context.patience)

    def _look(self, parcel: Parcel, targets: Sequence[Target]) -> tuple[Entry, ...]:
        """Give the ledger, if nothing is missing from it; a conflict is waited for by nobody."""
        entries = require_no_conflict(parcel.tag, ask_targets(parcel.tag, targets), parcel.digests)
        for entry in entries:
            if entry.state is not State.IDENTICAL:
                said = f" ({entry.detail})" if entry.detail else ""
                raise _Late(parcel, f"{entry.target} says {entry.state} of {entry.name} after it was put there{said}")
        if self.is_awaited:
            _require_listed(parcel, entries, "another release of this run needs it")
            _require_offers(parcel, targets)
        return entries


def do_side_by_side(targets: Sequence[Target], work: Callable[[Target], None], context: Context) -> None:
    """Do the work for every target, whatever becomes of the others; raise the gravest error, and say the rest.

    A conflict is graver than what another try may mend.
    """
    errors = [error for error in side_by_side(lambda target: _error_of(work, target), targets) if error]
    errors.sort(key=lambda error: not isinstance(error, Conflict))
    for error in errors[1:]:
        context.reporter.warn(f"{error.message} ({error.hint})" if error.hint else error.message)
    if errors:
        raise errors[0]


def _error_of(work: Callable[[Target], None], target: Target) -> ReleaseError | None:
    try:
        work(target)
    except ReleaseError as error:
        return error
    return None


def _require_listed(parcel: Parcel, entries: Sequence[Entry], why: str) -> None:
    """Refuse to wait for what somebody has taken off offer, or to offer it elsewhere."""
    for entry in entries:
        if entry.detail in {Listing.UNLISTED, Listing.ARCHIVED}:
            raise Conflict(
                f"{parcel.tag}: {entry.target} has it {entry.detail}, and {why}",
                hint=f"put it back: hatch run release restore {parcel.tag} --to {entry.target}; or leave it as it is",
            )


def _require_offers(parcel: Parcel, targets: Sequence[Target]) -> None:
    """Require that every channel of every target shows what it should to whoever installs from it."""
    with open_pool(len(targets) * len(parcel.tag.channel.offered_in)) as pool:
        asked = [
            (target, channel, wanted, pool.submit(target.offered, parcel.tag.package, channel))
            for target in targets
            if (wanted := {each.sha256 for each in parcel.artifacts if target.places(parcel.tag, each.name)})
            for channel in parcel.tag.channel.offered_in
        ]
        for target, channel, wanted, offers in asked:
            if not wanted <= {offer.sha256 for offer in offers.result()}:
                raise _Late(parcel, f"{target.name} does not offer it in {channel} yet")
