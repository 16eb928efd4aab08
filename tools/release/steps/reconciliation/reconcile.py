"""Reconcile: every release tag with every target, each asked once for all it holds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from release.errors import Conflict, UsageError
from release.model.reconciliation import Code, Discrepancy, Reconciliation, reconcile_all
from release.steps.read import read_packages
from release.steps.reconciliation.digests import Truth, compare_digests
from release.steps.reconciliation.holdings import compare_holdings
from release.steps.reconciliation.listings import compare_listings
from release.steps.reconciliation.proofs import prove_releases
from release.steps.reconciliation.stock import take_stock
from release.steps.reconciliation.truth import read_truth
from release.steps.survey import release_tags, require_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release.context import Context
    from release.model.tag import Tag
    from release.steps.reconciliation.proofs import Proof
    from release.steps.reconciliation.signed import Consumer
    from release.steps.reconciliation.stock import Stock


def reconcile(context: Context, consumer: Consumer | None) -> Reconciliation:
    """Compare everything; without a consumer no signature is looked at. UsageError where there is no tag at all."""
    tags = require_tags(context)
    packages = {tag.package for tag in tags} | read_names(context)
    stocks = take_stock(sorted(packages), context)
    answering = [stock for stock in stocks if not stock.error]
    standing = sorted({tag for stock in answering for tag in stock.by_tag} | tags)
    held = [tag for tag in standing if tag in tags and any(stock.held(tag) for stock in answering)]
    proofs = prove_releases(held, stocks, consumer, context) if consumer else {}
    found = [*_name_silent(stocks)]
    for tag in standing:
        compare = partial(compare_holdings, tag, is_tagged=tag in tags)
        found += [each for stock in answering for each in compare(stock)]
    for tag in held:
        found += _compare(tag, answering, proofs.get(tag), context)
    names = tuple(stock.target.name for stock in stocks)
    return reconcile_all(names, frozenset(map(str, tags)), tuple(found), signatures=consumer is not None)


def require_tags(context: Context) -> frozenset[Tag]:
    """Give every release tag; where there is none, nothing could be found wrong."""
    if context.source.is_shallow:
        context.reporter.warn("the clone is shallow, and may lack tags: git fetch --unshallow --tags")
    tags = frozenset(release_tags(context.source))
    if not tags:
        raise UsageError("there is no release tag here", hint="git fetch --tags origin; release tag makes the first")
    return tags


def read_names(context: Context) -> frozenset[str]:
    """Give the names of the packages that stand at HEAD."""
    head = require_head(context.source)
    return read_packages(context.source, head.sha, context.policy.members).names


def _compare(tag: Tag, stocks: Sequence[Stock], proof: Proof | None, context: Context) -> Iterator[Discrepancy]:
    """Say what a release's places say of it together."""
    if proof and proof.digests:
        truth = Truth(proof.digests, "the signed provenance")
    else:
        truth = read_truth(tag, stocks, context)
    yield from compare_digests(tag, stocks, truth)
    yield from compare_listings(tag, stocks)
    yield from proof.discrepancies if proof else ()


def _name_silent(stocks: Sequence[Stock]) -> Iterator[Discrepancy]:
    for stock in stocks:
        if stock.error:
            code = Code.DIFFERENT if isinstance(stock.error, Conflict) else Code.UNKNOWN
            cure = stock.error.hint or "run the same command again when it answers"
            yield Discrepancy(code=code, tag="", target=stock.target.name, detail=stock.error.message, next=cure)
