"""Compare what one target holds of a version with what belongs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.evidence import bundle_name
from release.model.ledger import Listing
from release.model.reconciliation import Code, Discrepancy
from release.model.tag import shown
from release.steps.record import receipt_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from release.model.ledger import Held
    from release.model.tag import Tag
    from release.steps.reconciliation.stock import Stock

_RUN = "hatch run release run {tag} --to {target}"
_WITHDRAW = "find out who put it there; hatch run release yank {tag} --to {target} --reason …"


def evidence_of(tag: Tag) -> tuple[str, ...]:
    """Give the names of what stands beside the artifacts wherever evidence is kept; a receipt comes at the very end."""
    return "SHA256SUMS", f"{tag.stem}.cdx.json", f"{tag.stem}.audit.json", bundle_name(tag)


def compare_holdings(tag: Tag, stock: Stock, *, is_tagged: bool) -> Iterator[Discrepancy]:
    """Say what a target lacks of a version, has too much, and never offered; a snapshot may be anywhere in `dev`."""
    held = stock.held(tag)
    if tag.version.is_devrelease:
        yield from _name_misplaced(tag, stock)
    elif is_tagged:
        yield from _name_misplaced(tag, stock)
        yield from _name_strangers(tag, stock)
        yield from _name_missing(tag, stock)
    elif held:
        files = ", ".join(sorted({shown(each.name) for each in held}))
        cure = f"git fetch --tags origin; where nobody has the tag: {_WITHDRAW}"
        yield _say(Code.UNTAGGED, tag, stock, f"no tag names it, and there is {files}", cure)


def _name_missing(tag: Tag, stock: Stock) -> Iterator[Discrepancy]:
    there = {(each.location, each.name): each for each in stock.held(tag)}
    artifacts, evidence = _belonging(tag, stock, tag.files), _belonging(tag, stock, evidence_of(tag))
    if artifacts and there.keys().isdisjoint({*artifacts, *evidence}):
        yield _say(Code.ABSENT, tag, stock, "it has nothing of it", _RUN)
        return
    for code, wanted in ((Code.MISSING_ARTIFACT, artifacts), (Code.MISSING_EVIDENCE, evidence)):
        if missing := [each for each in wanted if each not in there]:
            yield _say(code, tag, stock, f"it lacks {_listed(missing)}", _RUN)
    unseen = [each for each in artifacts if each in there and there[each].listing is Listing.UNSEEN]
    if unseen:
        yield _say(Code.UNSEEN, tag, stock, f"never offered, a stopped release: {_listed(unseen)}", _RUN)


def _name_strangers(tag: Tag, stock: Stock) -> Iterator[Discrepancy]:
    ours = {*tag.files, *evidence_of(tag), receipt_name(tag)}
    first = min((each.added for each in stock.held(tag) if each.added and each.name in ours), default=None)
    for each in stock.held(tag):
        if each.name not in ours:
            detail = f"{shown(each.name)} is no file of the release{_how_late(each, first)}"
            yield _say(Code.STRANGER, tag, stock, detail, _WITHDRAW)


def _name_misplaced(tag: Tag, stock: Stock) -> Iterator[Discrepancy]:
    belongs = {*_belonging(tag, stock, tag.files)}
    for each in stock.held(tag):
        place = (each.location, each.name)
        if each.listing is Listing.OFFERED and each.name in tag.files and place not in belongs:
            yield _say(Code.MISPLACED, tag, stock, f"offered where it does not belong: {_listed([place])}", _WITHDRAW)


def _belonging(tag: Tag, stock: Stock, names: Iterable[str]) -> list[tuple[str, str]]:
    return [(location, name) for name in names for location in stock.target.places(tag, name)]


def _listed(places: Iterable[tuple[str, str]]) -> str:
    """Name files, and where: a location that ends with the name says it already."""
    return ", ".join(location if location.endswith(name) else f"{name} ({location})" for location, name in places)


def _how_late(held: Held, first: datetime | None) -> str:
    if held.added is None or first is None or held.added <= first:
        return ""
    days = (held.added - first).days
    return f"; it came {f'{days} days' if days else 'hours'} after the release, on {held.added:%Y-%m-%d %H:%M} UTC"


def _say(code: Code, tag: Tag, stock: Stock, detail: str, cure: str) -> Discrepancy:
    name = stock.target.name
    cure = cure.format(tag=tag, target=name)
    return Discrepancy(code=code, tag=str(tag), target=name, detail=detail, next=cure)
