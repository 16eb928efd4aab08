from __future__ import annotations

import json

import pytest

from table_contracts import ContractViolation, Difference, Finding, Report, Rule

AMOUNT = Rule("range", ("amount",), "at least 0")
KEY = Rule("key", ("a", "b"), "unique")


@pytest.mark.smoke
def test_a_report_that_passed_takes_one_line_and_raises_nothing() -> None:
    report = Report("orders", 1200, (), (Finding(AMOUNT, "passed", 0), Finding(KEY, "not applicable")))
    report.raise_for_violations()
    assert str(report) == "orders: passed, 2 of 2 rules hold, 1,200 rows"


def test_a_report_that_did_not_pass_raises_what_it_says() -> None:
    found = Finding(AMOUNT, "violated", 1, ({"order_id": "7", "amount": None},))
    unknown = Finding(KEY, "not evaluated", reason="the table has no column a")
    report = Report("orders", 1200, (Difference("a: int", ("a: string",)),), (found, unknown))
    with pytest.raises(ContractViolation) as violation:
        report.raise_for_violations()
    assert str(violation.value).splitlines() == [
        "orders: did not pass, 0 of 2 rules hold, 1,200 rows",
        "- a: int",
        "+ a: string",
        "violated: amount: at least 0 (1 of 1,200 rows)",
        "    order_id=7, amount=null",
        "not evaluated: a, b: unique (the table has no column a)",
    ]


@pytest.mark.parametrize(
    "report",
    [
        Report("t", 1, (Difference(None, ("x: int",)),), ()),
        Report("t", 1, (), (Finding(AMOUNT, "not evaluated"),)),
        Report("t", 1, (), (Finding(AMOUNT, "violated", 1),)),
    ],
)
def test_a_difference_a_violation_or_a_doubt_does_not_pass(report: Report) -> None:
    assert not report.passed


def test_a_report_is_json_all_through() -> None:
    found = Finding(AMOUNT, "violated", 1, ({"amount": "-1"},), "why")
    report = Report("orders", 2, (Difference(None, ("x: int",)),), (found,))
    assert json.loads(json.dumps(report.as_json())) == {
        "schema": 1,
        "contract": "orders",
        "passed": False,
        "rows": 2,
        "differences": [{"expected": None, "found": ["x: int"]}],
        "findings": [
            {
                "rule": "range",
                "columns": ["amount"],
                "asks": "at least 0",
                "verdict": "violated",
                "violations": 1,
                "samples": [{"amount": "-1"}],
                "reason": "why",
            }
        ],
    }
