"""The gate `audit`: no known vulnerability in what the wheel brings, or a named reason to live with it.

It fails closed. What was sent must be what came back; every service must name the canary; an accepted
vulnerability has an owner and an end, stays visible, and is refused once it is expired or of no use.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release.errors import GateUnavailable
from release.model.gate import Judgement, passed, refused, unavailable
from release.steps.knowledge import Known, ask_all, covers, distinct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.closure import Closure, Pin
    from release.model.policy import AuditPolicy, Ignore


@dataclass(frozen=True)
class Audit:
    """The gate; first-party names are not asked about, since no service knows them."""

    closure: Closure
    title = "audit"

    def run(self, _artifacts: Artifacts, context: Context) -> Judgement:
        """Judge the closure by what every chosen service knows now."""
        policy = context.policy.audit
        pins = tuple(pin for pin in (*self.closure.pins, *self.closure.optional) if not pin.first_party)
        try:
            known = ask_all(pins, policy, context)
        except GateUnavailable as error:
            return unavailable(f"the audit could not be made: {error.message}", error.hint, **_report(pins, {}, policy))
        report = _report(pins, known, policy)
        today = datetime.now(UTC).date()
        if problems := [*_findings(known, policy), *_stale(known, policy, today)]:
            return refused(
                "; ".join(problems), "upgrade it, or accept it for a time: [[tool.release.audit.ignore]]", **report
            )
        used = [ignore.id for ignore in policy.ignore if _is_used(ignore, known)]
        accepted = f", accepted: {', '.join(used)}" if used else ""
        stood = "" if self.closure.as_of else ", as the index stands today"
        return passed(f"{len(pins)} audited by {' and '.join(policy.services)}{stood}{accepted}", **report)


def _findings(known: Known, policy: AuditPolicy) -> Iterator[str]:
    for pin, answers in known.items():
        for finding in distinct(answers):
            if not any(covers(ignore, pin, finding) for ignore in policy.ignore):
                cure = f", mended in {', '.join(finding.fixed_in)}" if finding.fixed_in else ""
                yield f"{pin}: {finding.id}{cure}"


def _stale(known: Known, policy: AuditPolicy, today: date) -> Iterator[str]:
    for ignore in policy.ignore:
        if ignore.expires < today:
            yield f"the acceptance of {ignore.id} by {ignore.owner} expired on {ignore.expires}"
        elif _applies(ignore, known) and not _is_used(ignore, known):
            yield f"the acceptance of {ignore.id} is of no use any more: nothing here has it"


def _applies(ignore: Ignore, known: Known) -> bool:
    return not ignore.package or any(pin.name == canonicalize_name(ignore.package) for pin in known)


def _is_used(ignore: Ignore, known: Known) -> bool:
    return any(covers(ignore, pin, finding) for pin, answers in known.items() for finding in distinct(answers))


def _report(pins: Iterable[Pin], known: Known, policy: AuditPolicy) -> dict[str, object]:
    """Give the evidence: no times in it, so that the same knowledge makes the same bytes."""
    return {
        "services": list(policy.services),
        "canary": policy.canary,
        "ignored": [each.model_dump(mode="json") for each in policy.ignore],
        "dependencies": [
            {
                "name": pin.name,
                "version": pin.version,
                "findings": {
                    service: [asdict(each) for each in found] for service, found in known.get(pin, {}).items()
                },
            }
            for pin in pins
        ],
    }
