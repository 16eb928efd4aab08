"""How a run is summed up: for a person, for a program, and for GitHub Actions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from release.job_summary import tell_job
from release.model.outcome import Ending, Outcome
from release.model.outcomes import record_outcomes
from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release.model.dist import Dist
    from release.session import Session


def conclude(
    session: Session,
    outcomes: Sequence[Outcome],
    dist: Dist,
    *,
    rehearsal: bool = False,
    more: Mapping[str, object] | None = None,
) -> int:
    """Say how each release ended, and give the code of the first that failed; `more` goes into the document."""
    recorded = record_outcomes(outcomes)
    if session.as_json:
        session.answer(recorded.model_dump(mode="json", by_alias=True) | dict(more or {}))
    else:
        session.terminal.table(("", "tag", ""), [(each.ending, each.tag, _note(each)) for each in outcomes])
    for outcome in outcomes:
        if outcome.error:
            session.terminal.fail(outcome.error.message, outcome.error.hint)
    if not (session.as_json or rehearsal):
        for line in _ways_to_install(outcomes, dist):
            session.terminal.say(line)
    _tell_github(session, outcomes, "rehearsed" if rehearsal else "released")
    return recorded.exit_code


def _note(outcome: Outcome) -> str:
    if outcome.ending is Ending.IDENTICAL:
        unsigned = "" if outcome.receipt and outcome.receipt.is_signed else ", UNSIGNED"
        return f"everything was there already, with the same bytes{unsigned}"
    if outcome.ending is Ending.BUILT:
        gates = (f"{gate.name} {gate.verdict}" for gate in (outcome.receipt.gates if outcome.receipt else ()))
        return ", ".join([*gates, "UNSIGNED, and published nowhere"])
    if outcome.receipt and outcome.ending is Ending.RELEASED:
        gates = (f"{gate.name} {gate.verdict}" for gate in outcome.receipt.gates)
        return ", ".join([*gates, "signed" if outcome.receipt.is_signed else "UNSIGNED"])
    return outcome.reason.partition("\n")[0]


def _ways_to_install(outcomes: Iterable[Outcome], dist: Dist) -> Iterable[str]:
    for receipt in (outcome.receipt for outcome in outcomes if outcome.is_good and outcome.receipt):
        if not any(each.target == "local" for each in receipt.publications):
            continue
        index = dist.index(receipt.channel).as_uri()
        yield f"pip install --no-deps --index-url {index} {receipt.package}=={receipt.version}"


def _tell_github(session: Session, outcomes: Sequence[Outcome], released: str) -> None:
    """Append to the files that Actions reads, where it names them; what went out in a rehearsal has another word."""
    output, _ = session.settings.outputs
    if output:
        tags = {ending: [each.tag for each in outcomes if each.ending is ending] for ending in Ending}
        words = {ending: ending.replace(" ", "_") for ending in Ending} | {Ending.RELEASED: released}
        told = {ending: names for ending, names in tags.items() if names or ending is not Ending.BUILT}
        lines = [f"{words[ending]}={json.dumps(names)}\n" for ending, names in told.items()]
        with Path(output).open("a", encoding="utf-8") as stream:
            stream.write(redact("".join(lines)))
    tell_job(session, "", ("", "tag", ""), [(each.ending, f"`{each.tag}`", _note(each)) for each in outcomes])
