"""Compare bytes: between targets, between the places of one, and with what was signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release.model.ledger import Listing
from release.model.reconciliation import Code, Discrepancy
from release.steps.reconciliation.holdings import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from release.model.ledger import Held
    from release.model.tag import Tag
    from release.steps.reconciliation.stock import Stock


@dataclass(frozen=True)
class Truth:
    """What the bytes of a release should be, and whose word that is; nobody's, where it is empty."""

    digests: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


def compare_digests(tag: Tag, stocks: Sequence[Stock], truth: Truth) -> Iterator[Discrepancy]:
    """Say where other bytes stand than should, or than elsewhere, and where nobody says which bytes are installed.

    A bundle may be signed once more in one place, and a receipt tells of one run: these may differ from place to place.
    """
    names = (*tag.files, *evidence_of(tag)[:-1])
    held = {
        name: [(stock, each) for stock in stocks for each in stock.held(tag) if each.name == name] for name in names
    }
    for name, places in held.items():
        said = [(stock, each) for stock, each in places if each.sha256]
        wanted = truth.digests.get(name)
        if wanted:
            wrong = [(stock, each) for stock, each in said if each.sha256 != wanted]
            right = f"{truth.source} says {wanted[:12]}"
        else:
            wrong = said if len({each.sha256 for _, each in said}) > 1 else []
            right = "elsewhere it is another, and nothing signed says which is right"
        for stock, each in wrong:
            yield _say(Code.DIFFERENT, tag, stock, f"{_named(each)} is {each.sha256[:12]}: {right}")
        for stock, each in places:
            if not each.sha256 and name in tag.files and each.listing is not Listing.ARCHIVED:
                yield _say(Code.UNKNOWN, tag, stock, f"it does not say which bytes {_named(each)} has")


def _named(held: Held) -> str:
    return held.name if held.location.endswith(held.name) else f"{held.name} ({held.location})"


def _say(code: Code, tag: Tag, stock: Stock, detail: str) -> Discrepancy:
    name = stock.target.name
    cure = f"hatch run release verify {tag} --to {name}; then yank the one that was not released"
    if code is Code.UNKNOWN:
        cure = f"hatch run release verify {tag} --to {name} reads the file itself"
    return Discrepancy(code=code, tag=str(tag), target=name, detail=detail, next=cure)
