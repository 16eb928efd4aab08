"""Audit again: every release that is offered, all their pins in one round of questions."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from release.errors import UsageError
from release.model.reaudit import Affected, Offering, Reaudit, Unread, Vulnerability, code_of
from release.model.tag import parse_tag
from release.side_by_side import side_by_side
from release.steps.knowledge import ask_all, distinct
from release.steps.reaudit.closures import Reader, Released
from release.steps.reaudit.judge import judge
from release.steps.reconciliation.reconcile import read_names, require_tags
from release.steps.reconciliation.stock import take_stock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from release.context import Context
    from release.model.closure import Pin
    from release.model.finding import Finding
    from release.model.tag import Tag
    from release.steps.reconciliation.signed import Consumer
    from release.steps.reconciliation.stock import Stock

_AT_ONCE: Final = 16
"""Releases that are read at a time: what takes long is the way to a service and back."""


def reaudit(context: Context, consumer: Consumer, words: Sequence[str], *, everything: bool) -> Reaudit:
    """Audit the releases that words name, those that are offered, or everything that was released.

    GateUnavailable where a service gives no answer; UsageError where there is nothing to audit.
    """
    tags = require_tags(context)
    named = _require_known(words, tags)
    ours = read_names(context) | {tag.package for tag in tags}
    stocks = take_stock(sorted({tag.package for tag in named} or ours), context)
    chosen = sorted(named or _choose(tags, stocks, context, everything=everything))
    unread = tuple(_name_silent(stocks))
    if not (chosen or unread):
        raise UsageError(
            f"nothing was audited: {', '.join(stock.target.name for stock in stocks)} offers no release",
            hint="name other targets (--to s3), releases (env-drift/v0.1.0), or --all",
        )
    read = _read(chosen, Reader(stocks, ours, consumer, context), context)
    closures = [each for each in read if isinstance(each, Released)]
    pins = sorted({pin for each in closures for pin in each.pins})
    known = _ask(pins, context) if closures else {}
    found = tuple(_gather(closures, known, stocks, consumer, context))
    unread = (*unread, *(each for each in read if isinstance(each, Unread)))
    return Reaudit(
        targets=tuple(stock.target.name for stock in stocks),
        services=context.policy.audit.services,
        releases=len(closures),
        pins=len(pins),
        vulnerabilities=found,
        unread=unread,
        exit_code=code_of(found, unread),
    )


def _require_known(words: Iterable[str], tags: Collection[Tag]) -> frozenset[Tag]:
    named = frozenset(map(parse_tag, words))
    for tag in sorted(named):
        if tag not in tags:
            raise UsageError(f"there is no tag {tag} here", hint="git fetch --tags origin, or mend the word")
    return named


def _choose(tags: Collection[Tag], stocks: Sequence[Stock], context: Context, *, everything: bool) -> Iterator[Tag]:
    """Give what is offered; all that is anywhere, where that was asked for or a target does not say what it offers.

    What no tag names is offered all the same: a clone may lack tags. Snapshots are no releases.
    """
    widely = everything or any(stock.error for stock in stocks)
    for tag in {*tags, *(tag for stock in stocks for tag in stock.by_tag if not tag.version.is_devrelease)}:
        if any(stock.offering(tag) for stock in stocks) or (widely and _is_somewhere(tag, stocks, context)):
            yield tag


def _is_somewhere(tag: Tag, stocks: Sequence[Stock], context: Context) -> bool:
    return any(stock.held(tag) for stock in stocks) or bool(context.shelf.read(tag, f"{tag.stem}.cdx.json"))


def _read(tags: Sequence[Tag], reader: Reader, context: Context) -> tuple[Released | Unread, ...]:
    context.reporter.begin("closures", "read")
    started = time.perf_counter()
    read = tuple(side_by_side(reader.read, tags, _AT_ONCE))
    context.reporter.end("closures", "read", time.perf_counter() - started, f"{len(read):,} releases")
    return read


def _ask(pins: Sequence[Pin], context: Context) -> dict[Pin, list[Finding]]:
    """Ask about each pin once, whoever brings it."""
    context.reporter.begin("services", "audit")
    started, said = time.perf_counter(), "unavailable"
    try:
        known = ask_all(pins, context.policy.audit, context)
        said = f"{len(pins):,} pins"
    finally:
        context.reporter.end("services", "audit", time.perf_counter() - started, said)
    return {pin: distinct(answers) for pin, answers in known.items()}


def _gather(
    closures: Iterable[Released],
    known: dict[Pin, list[Finding]],
    stocks: Sequence[Stock],
    consumer: Consumer,
    context: Context,
) -> Iterator[Vulnerability]:
    """Give each finding once, what is offered first."""
    silent = any(stock.error for stock in stocks)
    affected: dict[tuple[Pin, Finding], list[Affected]] = {}
    for released in closures:
        channels = {stock.target.name: stock.offering(released.tag) for stock in stocks}
        offers = tuple(Offering(target=name, channels=each) for name, each in channels.items() if each)
        for pin, finding, kind, detail in judge(released, known, context.policy.audit, consumer.today):
            one = Affected(
                tag=str(released.tag), kind=kind, detail=detail, offers=offers, is_offered=bool(offers) or silent
            )
            affected.setdefault((pin, finding), []).append(one)
    for (pin, finding), releases in sorted(
        affected.items(), key=lambda each: (not any(one.is_offered for one in each[1]), each[0][1], each[0][0])
    ):
        yield Vulnerability(
            id=finding.id,
            aliases=finding.aliases,
            summary=finding.summary,
            fixed_in=finding.fixed_in,
            name=pin.name,
            version=pin.version,
            releases=tuple(releases),
        )


def _name_silent(stocks: Iterable[Stock]) -> Iterator[Unread]:
    for stock in stocks:
        if stock.error:
            cure = stock.error.hint or "run the same command again when it answers"
            yield Unread(tag="", place=stock.target.name, detail=stock.error.message, next=cure)
