"""What the services know of pins, and what of it is accepted: they are believed only where they name the canary."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release.errors import GateUnavailable
from release.model.closure import Pin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release.context import Context
    from release.model.finding import Finding
    from release.model.policy import AuditPolicy, Ignore

Known = dict[Pin, dict[str, tuple["Finding", ...]]]


def ask_all(pins: Sequence[Pin], policy: AuditPolicy, context: Context) -> Known:
    """Ask every chosen service about each pin; GateUnavailable where one gives no answer that can be believed."""
    name, _, version = policy.canary.partition("==")
    canary = Pin(name, version)
    known: Known = {pin: {} for pin in pins}
    for service in policy.services:
        answers = context.knowledge.ask(service, (canary, *pins))
        if not answers.get(canary):
            raise GateUnavailable(
                f"{service} knows of nothing wrong with {canary}, so its silence means nothing",
                hint="a mirror without data? ask it by hand, or choose services in [tool.release.audit]",
            )
        if answers.keys() != {canary, *pins}:
            raise GateUnavailable(f"{service} answered about other packages than it was asked about")
        for pin in pins:
            known[pin][service] = answers[pin]
    return known


def covers(ignore: Ignore, pin: Pin, finding: Finding) -> bool:
    """Whether an acceptance is of this finding in this distribution, expired or not."""
    return ignore.id in finding.names and (not ignore.package or pin.name == canonicalize_name(ignore.package))


def distinct(answers: Mapping[str, Iterable[Finding]]) -> list[Finding]:
    """Give each vulnerability once, with every name that any service has for it."""
    found: list[Finding] = []
    for finding in chain.from_iterable(answers.values()):
        twins = [each for each in found if each.names & finding.names]
        found = [*(each for each in found if each not in twins), reduce(_merge, [*twins, finding])]
    return found


def _merge(first: Finding, other: Finding) -> Finding:
    aliases = (first.names | other.names) - {first.id}
    return replace(first, aliases=tuple(sorted(aliases)), fixed_in=first.fixed_in or other.fixed_in)
