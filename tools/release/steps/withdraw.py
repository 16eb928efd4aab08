"""Withdraw a version, or put it back: each target is told if it can be, and asked afterwards."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from release.errors import Incomplete, ReleaseError
from release.model.withdrawal import Fate, Wish, Withdrawal
from release.patience import try_again
from release.ports import Revocable
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release.model.ledger import Held, Listing
    from release.model.tag import Tag
    from release.ports import Reporter, Target

_BY_HAND = {
    "index": "an index can't be told by its upload API: yank it on the index's own page of the project",
}
_ELSEWHERE = "this target can't be told: take the version off offer there by hand"


class _Late(Incomplete):
    """What was changed is not seen yet."""


def withdraw_everywhere(
    tag: Tag, targets: Sequence[Target], wish: Wish, reporter: Reporter, patience: float
) -> tuple[Withdrawal, ...]:
    """Have every target list a version as is wished for, side by side, whatever becomes of the others."""
    return tuple(side_by_side(lambda target: withdraw(tag, target, wish, reporter, patience), targets))


def withdraw(tag: Tag, target: Target, wish: Wish, reporter: Reporter, patience: float) -> Withdrawal:
    """Have one target list a version as is wished for; `patience` is how many seconds until it has to be seen."""
    started = time.perf_counter()
    reporter.begin(str(tag), target.name)
    try:
        done = _withdraw(tag, target, wish, patience)
    except ReleaseError as error:
        done = Withdrawal(str(tag), target.name, Fate.FAILED, error=error)
    reporter.end(str(tag), target.name, time.perf_counter() - started, f"{done.fate}: {done.detail}")
    return done


def belonging(target: Target, held: Iterable[Held]) -> tuple[Held, ...]:
    """Give the files that stand where a release's belong; copies in staging are listed for nobody."""
    return tuple(each for each in held if each.location in target.places(each.tag, each.name))


def _withdraw(tag: Tag, target: Target, wish: Wish, patience: float) -> Withdrawal:
    found = _listings(tag, target)
    if not found:
        return Withdrawal(str(tag), target.name, Fate.ABSENT, cure="it does not hold the version")
    due = wish.given(found)
    is_so = found == {due.listing}
    if isinstance(target, Revocable):  # told again where it is so: whoever said it may not have come to its end
        target.relist(tag, due.before, due.listing, due.reason)
        now = found if is_so else _await(tag, target, due.listing, patience)
        return Withdrawal(str(tag), target.name, Fate.IDENTICAL if is_so else Fate.DONE, found, now)
    if is_so:
        return Withdrawal(str(tag), target.name, Fate.IDENTICAL, found, found)
    return Withdrawal(str(tag), target.name, Fate.BY_HAND, found, found, cure=_BY_HAND.get(target.name, _ELSEWHERE))


def _await(tag: Tag, target: Target, listing: Listing, patience: float) -> frozenset[Listing]:
    """Ask until the target says that all of the version is listed so: some say so a moment late."""
    return try_again(lambda: _look(tag, target, listing), _Late, patience)


def _look(tag: Tag, target: Target, listing: Listing) -> frozenset[Listing]:
    now = _listings(tag, target)
    if now != {listing}:
        said = " and ".join(sorted(now)) or "absent"
        raise _Late(
            f"{tag}: {target.name} lists it as {said} after it was to be {listing}", hint="run the same command again"
        )
    return now


def _listings(tag: Tag, target: Target) -> frozenset[Listing]:
    return frozenset(each.listing for each in belonging(target, target.held(tag)))
