"""Resume: know what other runs have done already, here or on another machine, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from release.model.dsse import read_envelopes
from release.model.evidence import bundle_name
from release.model.ledger import Listing, State
from release.model.receipt import Receipt, read_receipt
from release.ports import Archive
from release.steps.ledger import require_agreement
from release.steps.record import find_finished, receipt_name
from release.steps.vouch import find_proof

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.evidence import Judged
    from release.model.tag import Tag
    from release.steps.ledger import Holding


@dataclass(frozen=True)
class Ready:
    """A release that is attested, and what every target has of it already."""

    judged: Judged
    holdings: tuple[Holding, ...]
    is_known: bool
    """Whether a run on this machine has had to do with it before, however it ended."""


def find_done(artifacts: Artifacts, holdings: tuple[Holding, ...], context: Context) -> Receipt | None:
    """Compare what was built with what targets hold; give the receipt where nothing is left to do."""
    tag = artifacts.release.tag
    entries = require_agreement(tag, holdings, artifacts.digests)
    finished = find_finished(artifacts, entries, context)
    if finished is None or not _is_evidence_kept(tag, finished, holdings):
        return None
    seal(tag, finished, [holding.target for holding in holdings if not holding.find(receipt_name(tag))])
    return finished


def _is_evidence_kept(tag: Tag, receipt: Receipt, holdings: tuple[Holding, ...]) -> bool:
    """Whether evidence stands wherever it belongs; Conflict where it has other bytes than the receipt says.

    Of a bundle it is enough that it is there: it may have been signed once more since, here or elsewhere.
    """
    if receipt.provenance and not all(_has_bundle(holding) for holding in holdings):
        return False
    return all(each.state is State.IDENTICAL for each in require_agreement(tag, holdings, receipt.digests))


def _has_bundle(holding: Holding) -> bool:
    name = bundle_name(holding.tag)
    return not holding.target.places(holding.tag, name) or holding.find(name) is not None


def is_known(tag: Tag, context: Context) -> bool:
    """Whether a run on this machine has had to do with a release before."""
    return any(context.shelf.read(tag, name) for name in (bundle_name(tag), receipt_name(tag), *tag.files))


def seal(tag: Tag, receipt: Receipt, targets: Iterable[object]) -> None:
    """Have every target that keeps evidence keep the receipt as well."""
    for target in targets:
        if isinstance(target, Archive):
            target.seal(tag, receipt.as_json().encode())


def recover(artifacts: Artifacts, holdings: Iterable[Holding], context: Context) -> bool:
    """Fetch evidence that another machine has published, for whoever has not finished: it is never replaced there.

    Gives whether there was any. What is fetched proves nothing by coming from there, and whether it counts is decided
    where it is used; a bundle that somebody has signed here gives way to one that is proven alone.
    """
    tag = artifacts.release.tag
    before = read_receipt(context.dist.receipt(tag))
    if before and before.is_complete:
        return False
    ours = context.shelf.read(tag, bundle_name(tag))
    is_signed = any(each.signatures for each in read_envelopes(ours))
    for holding, archive in _keepers(tag, holdings):
        bundle = archive.read(tag, bundle_name(tag))
        if not bundle or bundle == ours or (is_signed and not find_proof(artifacts, context, bundle)):
            return False
        names = (name for name in (f"{tag.stem}.audit.json", receipt_name(tag)) if holding.find(name))
        found = {name: archive.read(tag, name) for name in names}
        if not _is_receipt(found.get(receipt_name(tag), b"")):
            found.pop(receipt_name(tag), None)  # it would stop every run on this machine, and prove nothing there
        context.shelf.restore(tag, {**found, bundle_name(tag): bundle})
        return True
    return False


def _is_receipt(content: bytes) -> bool:
    try:
        Receipt.model_validate_json(content)
    except ValidationError:
        return False
    return True


def _keepers(tag: Tag, holdings: Iterable[Holding]) -> list[tuple[Holding, Archive]]:
    """Give who has a bundle of a release, a draft last: what stands there can be replaced, and elsewhere it can't."""
    known = [
        (published.listing is Listing.UNSEEN, holding, holding.target)
        for holding in holdings
        if isinstance(holding.target, Archive) and (published := holding.find(bundle_name(tag)))
    ]
    return [(holding, archive) for _, holding, archive in sorted(known, key=lambda each: each[0])]
