"""Lock clusters: what they share is asked once, and each ends by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster.model.lock_change import change_between, is_same
from cluster.model.lock_outcome import LockOutcome, State
from cluster.steps.compose import aged, choose_wheels, compose
from cluster.steps.promises import find_signed, sign_lock
from cluster.steps.resolution import prepare, resolve
from cluster.steps.together import ask_together, for_each
from release.errors import GateRefused, GateUnavailable, ReleaseError
from release.model.trust import Trust, TrustedKey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cluster.model.found import Found
    from cluster.model.lock import ClusterLock, Locked
    from cluster.model.need import Described
    from cluster.model.platform import Platform
    from cluster.steps.lock_context import LockContext, Wish
    from cluster.steps.resolution import Asked, Resolved
    from release.model.offer import Offer


def lock_clusters(names: Iterable[str], wish: Wish, context: LockContext) -> tuple[LockOutcome, ...]:
    """Lock each of the clusters, and give what became of it, in their order."""
    index = context.index
    with context.locks.alone():
        asked = for_each(partial(prepare, wish=wish, context=context), {name: name for name in names})
        recalled = ask_together(index.recall, for_each(partial(_to_recall, context=context), asked))
        resolved = for_each(partial(resolve, context=context), asked, recalled, jobs=context.jobs)
        found = ask_together(index.find, for_each(partial(_to_find, context=context), resolved))
        wheels = for_each(choose_wheels, resolved, found)
        unpacked = ask_together(index.unpack, for_each(partial(_to_unpack, context=context), resolved, wheels))
        composed = for_each(partial(_compose, context=context), resolved, wheels, recalled, unpacked)
        compared = for_each(partial(_to_compare, context=context), resolved)
        newest = ask_together(partial(_find_newest, context=context), compared)
        kept = for_each(partial(_keep, context=context), resolved, composed, newest)
    return tuple(
        LockOutcome(name, State.FAILED, error=each) if isinstance(each, ReleaseError) else each
        for name, each in kept.items()
    )


def is_vouched(lock: ClusterLock, bundle: bytes, context: LockContext) -> bytes:
    """Give the line that proves a lock to whoever is trusted here, or that whoever signs here has made."""
    consumer = context.ours.consumer
    trusts = [consumer.trust, *([Trust((TrustedKey(context.signer.key),))] if context.signer else [])]
    lines = (find_signed(lock, bundle, trust, consumer.signatures, consumer.today) for trust in trusts)
    return next(filter(None, lines), b"")


def _to_recall(asked: Asked, context: LockContext) -> tuple[Platform, list[Locked]]:
    return asked.platform, [each for each in asked.rows if each.name not in context.ours.names]


def _to_find(resolved: Resolved, context: LockContext) -> tuple[Platform, list[str]]:
    ours = context.ours.names
    return resolved.platform, [f"{name}=={number}" for name, number in resolved.chosen.items() if name not in ours]


def _to_unpack(resolved: Resolved, wheels: Mapping[str, Offer], context: LockContext) -> tuple[Platform, list[Offer]]:
    return resolved.platform, [each for name, each in wheels.items() if name not in context.ours.names]


def _to_compare(resolved: Resolved, context: LockContext) -> tuple[Platform, list[str]]:
    """Ask only about what was chosen now: what stays of an old lock is as old as that lock."""
    names = resolved.chosen.keys() - context.ours.names
    return resolved.platform, [str(each) for each in resolved.asked.file.requirements if each.name in names]


def _find_newest(wanted: Collection[str], platform: Platform, context: LockContext) -> Mapping[str, Found]:
    try:
        return context.index.find(wanted, platform)
    except (GateRefused, GateUnavailable):  # it would only have been told beside the lock
        return {}


def _compose(
    resolved: Resolved,
    wheels: Mapping[str, Offer],
    recalled: Mapping[str, Described],
    unpacked: Mapping[str, Described],
    context: LockContext,
) -> ClusterLock:
    """Give the lock, once everything in it that is ours is proven."""
    within_reach = (offer for offers in resolved.offers.values() for offer in offers)
    ours = {offer.name: context.ours.described(offer) for offer in within_reach}
    lock = compose(resolved, wheels, {**recalled, **unpacked, **ours}, context)
    for row in lock.wheels:
        if row.first_party:
            context.ours.prove(row)
    return lock


def _keep(resolved: Resolved, lock: ClusterLock, newest: Mapping[str, Found], context: LockContext) -> LockOutcome:
    """Put the lock in place if it says anything new, and sign what is not signed."""
    before = resolved.asked.kept
    notes = (*resolved.notes, *aged(resolved, newest, context))
    state, change = State.LOCKED, change_between(before.lock, lock)
    bundle = b""
    if before.lock and is_same(before.lock, lock):
        lock, bundle = before.lock, is_vouched(before.lock, before.bundle, context)
        if not bundle and not context.signer:
            bundle = before.bundle  # somebody may have signed it who is not known here
        state = State.IDENTICAL if bundle else State.SIGNED
    bundle = bundle or sign_lock(lock, context.signer)
    if state is not State.IDENTICAL or bundle != before.bundle:
        context.locks.keep(lock, bundle)
    return LockOutcome(lock.cluster, state, lock, change, notes, is_signed=bool(is_vouched(lock, bundle, context)))
