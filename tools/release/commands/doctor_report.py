"""How `doctor` tells what it found, to people and to programs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from release.model.diagnosis import State
from release.steps.diagnosis.examine import code_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release.model.diagnosis import Diagnosis
    from release.session import Session


def report(session: Session, diagnoses: Sequence[Diagnosis], checklist: Mapping[str, State] | None = None) -> int:
    """Tell of every check, and then of a checklist where there is one; give the code of the first failure."""
    code = code_of(diagnoses)
    if session.as_json:
        listed = {} if checklist is None else {"checklist": checklist}
        session.answer({"checks": [_as_json(each) for each in diagnoses], **listed, "exit_code": code})
        return code
    session.terminal.table(("", "check", ""), [row for each in diagnoses for row in _rows(each)])
    if checklist is not None:
        marks = {State.OK: "[x]", State.UNKNOWN: "[?]", State.WARNING: "[ ]", State.FAILED: "[ ]"}
        session.terminal.table(
            ("", "checklist", ""), [(marks[state], item, state) for item, state in checklist.items()]
        )
    counts = Counter(each.state for each in diagnoses)
    states = [state for state in reversed(State) if counts[state] or state is not State.UNKNOWN]
    session.terminal.say(", ".join(f"{counts[state]} {state}" for state in states))
    return code


def _rows(diagnosis: Diagnosis) -> list[tuple[str, str, str]]:
    rows = [(str(diagnosis.state), diagnosis.check, diagnosis.detail)]
    if diagnosis.cure:
        rows.append(("", "", f"→ {diagnosis.cure}"))
    return rows


def _as_json(diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "check": diagnosis.check,
        "state": diagnosis.state,
        "detail": diagnosis.detail,
        "cure": diagnosis.cure,
        "exit_code": diagnosis.exit_code,
    }
