"""Compare how a version is listed: what was taken off offer in one place is off offer in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.ledger import Listing
from release.model.reconciliation import Code, Discrepancy
from release.ports import Revocable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release.model.ledger import Held
    from release.model.tag import Tag
    from release.steps.reconciliation.stock import Stock

_WITHDRAWN = frozenset({Listing.UNLISTED, Listing.ARCHIVED})


def compare_listings(tag: Tag, stocks: Sequence[Stock]) -> Iterator[Discrepancy]:
    """Say which targets still offer what another, or another channel of the same, has taken off offer."""
    artifacts = [(stock, each) for stock in stocks for each in stock.held(tag) if each.name in tag.files]
    off = [pair for pair in artifacts if pair[1].listing in _WITHDRAWN]
    if not off:
        return
    where = ", ".join(dict.fromkeys(f"{each.listing} in {_place(stock, each)}" for stock, each in off))
    for stock in stocks:
        still = [each for owner, each in artifacts if owner is stock and each.listing is Listing.OFFERED]
        if still:
            places = ", ".join(dict.fromkeys(_place(stock, each) for each in still))
            yield Discrepancy(
                code=Code.STILL_OFFERED,
                tag=str(tag),
                target=stock.target.name,
                detail=f"it is {where}, and still offered in {places}",
                next=_cure(tag, stock),
            )


def _cure(tag: Tag, stock: Stock) -> str:
    if isinstance(stock.target, Revocable):
        return f"hatch run release yank {tag} --to {stock.target.name} --reason …"
    return f"{stock.target.name} can't be told: take it off offer there by hand, or hatch run release restore {tag}"


def _place(stock: Stock, held: Held) -> str:
    return f"{stock.target.name} ({held.location.removesuffix(held.name).rstrip('/')})"
