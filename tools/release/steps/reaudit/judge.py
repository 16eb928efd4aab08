"""Judge a release by what is known today, beside what was known and accepted when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.reaudit import Kind
from release.steps.knowledge import covers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from release.model.closure import Pin
    from release.model.finding import Finding
    from release.model.policy import AuditPolicy
    from release.steps.reaudit.closures import Released


def judge(
    released: Released, known: Mapping[Pin, Sequence[Finding]], policy: AuditPolicy, today: date
) -> Iterator[tuple[Pin, Finding, Kind, str]]:
    """Give each finding that somebody has to act on, why it is told, and whose acceptance of it expired."""
    then = released.report.known
    for pin in released.pins:
        for finding in known[pin]:
            now = [each for each in policy.ignore if covers(each, pin, finding)]
            was_known = bool(finding.names & then.get((pin.name, pin.version), frozenset()))
            before = [each for each in released.report.ignored if was_known and covers(each, pin, finding)]
            if any(each.expires >= today for each in now or before):
                continue
            if last := max([*now, *before], key=lambda each: each.expires, default=None):
                expired = f"the acceptance by {last.owner} expired on {last.expires}"
                yield pin, finding, Kind.EXPIRED, expired
            else:
                yield pin, finding, Kind.UNACCEPTED if was_known else Kind.NEW, ""
