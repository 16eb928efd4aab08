"""Prove releases by their bundles: those on the shelf, and those of archives that hold other bytes."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from release.errors import Incomplete
from release.model.evidence import bundle_name
from release.model.proof import Reason, Unproven
from release.model.reconciliation import Code, Discrepancy
from release.ports import Archive
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release.context import Context
    from release.model.tag import Tag
    from release.steps.reconciliation.signed import Consumer
    from release.steps.reconciliation.stock import Stock

SHELF: Final = "shelf"
_OF_THE_SHELF: Final = "local"
"""The target to which the shelf belongs; elsewhere, what somebody built on this machine is no release's fault."""
_AT_ONCE: Final = 16
"""Releases that are read at a time: what takes long is the way to a service and back."""
_NOBODY: Final = frozenset({Reason.EMPTY, Reason.UNSIGNED})


@dataclass(frozen=True)
class Proof:
    """What a trusted key says of a release's bytes, and what is wrong with what should say so."""

    digests: Mapping[str, str]
    """SHA-256 by name; empty where nothing is proven."""
    discrepancies: tuple[Discrepancy, ...]


@dataclass(frozen=True)
class _Bundle:
    """A bundle, and the places that hold it: the shelf, or targets."""

    content: bytes
    places: tuple[str, ...]


def prove_releases(
    tags: Sequence[Tag], stocks: Sequence[Stock], consumer: Consumer, context: Context
) -> dict[Tag, Proof]:
    """Prove each release by every bundle that there is of it; the same bytes are read and proven once."""
    context.reporter.begin("signatures", "prove")
    started = time.perf_counter()
    found = side_by_side(lambda tag: _prove(tag, stocks, consumer, context), tags, _AT_ONCE)
    proofs = dict(zip(tags, found, strict=True))
    proven = sum(bool(each.digests) for each in proofs.values())
    context.reporter.end("signatures", "prove", time.perf_counter() - started, f"{proven:,} of {len(tags):,} proven")
    return proofs


def _prove(tag: Tag, stocks: Sequence[Stock], consumer: Consumer, context: Context) -> Proof:
    bundles, unread = _collect(tag, stocks, context)
    digests: Mapping[str, str] = {}
    doubts = [*unread]
    for bundle in bundles:
        try:
            proven = consumer.read(tag, bundle.content)
            digests = digests or proven
        except Unproven as error:
            doubts += _doubt(tag, error, bundle.places)
    if digests and not any(stock.target.name == _OF_THE_SHELF for stock in stocks):
        doubts = [each for each in doubts if each.target != SHELF]
    archives = [stock for stock in stocks if isinstance(stock.target, Archive)]
    if not (bundles or unread or any(stock.error for stock in archives)):
        asked = [SHELF, *(stock.target.name for stock in archives)]
        doubts += _doubt(tag, Unproven(Reason.EMPTY, f"no {bundle_name(tag)} in {' or '.join(asked)}"), [asked[-1]])
    return Proof(digests, tuple(doubts))


def _collect(tag: Tag, stocks: Sequence[Stock], context: Context) -> tuple[list[_Bundle], list[Discrepancy]]:
    """Give every different bundle, read where it is not known yet, and say what could not be read."""
    name = bundle_name(tag)
    found: dict[str, _Bundle] = {}
    unread = []
    if content := context.shelf.read(tag, name):
        found[hashlib.sha256(content).hexdigest()] = _Bundle(content, (SHELF,))
    for stock in stocks:
        held = stock.find(tag, name) if isinstance(stock.target, Archive) else None
        if held is None:
            continue
        try:
            known = found.get(held.sha256)
            content = known.content if known else cast("Archive", stock.target).read(tag, name)
        except (Incomplete, OSError) as error:
            unread.append(_unread(tag, stock, f"{name} could not be read: {error}"))
            continue
        if not content:
            unread.append(_unread(tag, stock, f"{name} went away while it was read"))
            continue
        sha256 = hashlib.sha256(content).hexdigest()
        before = found.get(sha256, _Bundle(content, ()))
        found[sha256] = _Bundle(content, (*before.places, stock.target.name))
    return list(found.values()), unread


def _unread(tag: Tag, stock: Stock, detail: str) -> Discrepancy:
    again = "run the same command again when it answers"
    return Discrepancy(code=Code.UNKNOWN, tag=str(tag), target=stock.target.name, detail=detail, next=again)


def _doubt(tag: Tag, error: Unproven, places: Sequence[str]) -> Iterator[Discrepancy]:
    is_unsigned = error.reason in _NOBODY
    code = Code.UNSIGNED if is_unsigned else Code.UNVERIFIABLE
    detail = error.message if is_unsigned else f"{error.reason}: {error.message}"
    cure = "do not install it: SECURITY.md says what this means, and trusted-keys of [tool.release] whom you trust"
    if is_unsigned:
        cure = "look where evidence is kept (--to s3, --to github); else release the next version, signed"
    for place in places:
        yield Discrepancy(code=code, tag=str(tag), target=place, detail=detail, next=cure)
