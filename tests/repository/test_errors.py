"""The tree of refusals: each class drawn, each code its own, each code in what people read."""

from __future__ import annotations

import re

from release import errors
from tests.repository.tree import ROOT

CODES = {1: "ReleaseError", 2: "UsageError", 10: "Refused", 11: "BuildFailed", 12: "GateRefused"} | {
    13: "GateUnavailable",
    14: "Conflict",
    15: "Incomplete",
    16: "VerificationFailed",
}


def all_errors() -> dict[str, type[errors.ReleaseError]]:
    found = {name: each for name, each in vars(errors).items() if isinstance(each, type)}
    return {name: each for name, each in found.items() if issubclass(each, errors.ReleaseError)}


def test_every_class_has_the_code_of_the_contract() -> None:
    direct = {each.exit_code: name for name, each in all_errors().items() if "exit_code" in vars(each)}
    assert direct == CODES


def test_every_class_is_drawn_in_the_tree_at_the_top() -> None:
    drawn = set(re.findall(r"\b[A-Z]\w+", (errors.__doc__ or "").partition("\n\n")[2]))
    assert all_errors().keys() <= drawn


def test_every_class_is_raised_somewhere() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "tools").rglob("*.py"))
    waiting = {"ReleaseError"}  # the root
    assert not [
        name
        for name in all_errors()
        if f"raise {name}(" not in sources and f"return {name}(" not in sources and name not in waiting
    ]


def test_the_runbook_says_what_to_do_for_every_code() -> None:
    runbook = (ROOT / "OPERATOR_RUNBOOK.md").read_text()
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", runbook, re.MULTILINE)}
    assert rows == {0, *CODES, 130}
