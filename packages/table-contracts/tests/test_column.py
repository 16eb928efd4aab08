from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from table_contracts import Column, ContractError, Length, Range

EAST = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("spelled", "rules", "why"),
    [
        ("int", {"range": Range(min=2, max=1)}, "columns.c.range: nothing is at least 2 and at most 1"),
        ("int", {"range": Range(above=1, below=2)}, "nothing is above 1 and below 2"),
        ("int", {"range": Range(above=1, max=1)}, "nothing is above 1 and at most 1"),
        ("int", {"range": Range(min=1, above=1)}, "min and above are both given"),
        ("int", {"range": Range()}, "no bound is given; it takes min, above, max, below"),
        ("int", {"range": Range(min=1.5)}, "1.5 is no value of type int"),
        ("int", {"range": Range(min=True)}, "True is no value of type int"),
        ("tinyint", {"range": Range(max=128)}, "128 does not fit into 8 bits"),
        ("string", {"range": Range(min="a")}, "has no order to bound; use length, pattern or allowed"),
        ("decimal(4,2)", {"range": Range(min=0.5)}, "a float is not exact, write a Decimal"),
        ("decimal(4,2)", {"range": Range(min=Decimal("0.125"))}, "0.125 does not fit into decimal(4,2)"),
        ("decimal(4,2)", {"range": Range(min=100)}, "100 does not fit into decimal(4,2)"),
        ("decimal(4,2)", {"range": Range(min=Decimal("NaN"))}, "NaN is not a number that can be compared"),
        ("double", {"range": Range(min=float("nan"))}, "nan is not a number that can be compared"),
        ("double", {"range": Range(max=10**400)}, "is not a number that can be compared"),
        ("float", {"range": Range(max=1e39)}, "is not a number that can be compared as float"),
        ("date", {"range": Range(min=date(2026, 2, 1), max=date(2026, 1, 1))}, "nothing is at least 2026-02-01"),
        ("date", {"range": Range(min=datetime(2026, 1, 1, tzinfo=EAST))}, "is no value of type date"),
        ("timestamp", {"range": Range(min=datetime(2026, 1, 1))}, "give it a time zone"),  # noqa: DTZ001  # what is refused
        ("timestamp", {"range": Range(min=datetime(1, 1, 1, tzinfo=EAST))}, "outside the years 1 to 9999"),
        ("timestamp_ntz", {"range": Range(min=datetime(2026, 1, 1, tzinfo=EAST))}, "leave its time zone out"),
        ("int", {"allowed": ()}, "columns.c.allowed: no value is allowed"),
        ("int", {"allowed": (1, "2")}, "'2' is no value of type int"),
        ("int", {"allowed": (1, 1)}, "a value is named twice"),
        ("int", {"allowed": (1, 9), "range": Range(max=5)}, "9 contradicts the range, at most 5"),
        ("string", {"allowed": ("abc",), "length": Length(max=2)}, "'abc' contradicts the length"),
        ("double", {"allowed": (1.0,)}, "hardly ever exactly equal; use range"),
        ("array<int>", {"allowed": (1,)}, "1 is no value of type array<int>"),
        ("int", {"length": Length(min=1)}, "columns.c.length: only strings have it, and the column is int"),
        ("string", {"length": Length()}, "no bound is given; it takes min, max"),
        ("string", {"length": Length(min=-1)}, "-1 is no length"),
        ("string", {"length": Length(min=3, max=2)}, "min 3 is more than max 2"),
        ("int", {"pattern": "a"}, "columns.c.pattern: only strings have it"),
        ("int", {"fresh_within": timedelta(hours=1)}, "only date, timestamp, timestamp_ntz can be fresh"),
        ("date", {"fresh_within": timedelta(0)}, "is no time of whole seconds"),
        ("date", {"fresh_within": timedelta(days=40_000)}, "between 1 second and 36500 days"),
        ("int", {"nullable": "no"}, "columns.c.nullable: 'no' is neither true nor false"),
        ("nonsense", {}, "columns.c.type: 'nonsense' is no Spark type"),
        (7, {}, "columns.c.type: 7 is no type"),
    ],
)
def test_a_contradiction_is_refused_by_name(spelled: str, rules: dict[str, Any], why: str) -> None:
    with pytest.raises(ContractError) as refusal:
        Column("c", spelled, **rules)
    assert why in str(refusal.value)


def test_a_column_without_a_name_is_refused() -> None:
    with pytest.raises(ContractError, match="'' is no column name"):
        Column("", "int")


def test_values_are_brought_into_the_form_of_their_type() -> None:
    at = datetime(2026, 1, 1, 5, tzinfo=EAST)
    assert Column("c", "timestamp", range=Range(min=at)).range == Range(min=datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert Column("c", "double", range=Range(min=1)).range == Range(min=1.0)
    assert Column("c", "decimal(5,2)", allowed=(0, Decimal("1E+2"))).allowed == (Decimal(0), Decimal(100))
    assert Column("c", "decimal(1,1)", range=Range(min=Decimal("0.000"))).range == Range(min=Decimal(0))
    assert Column("c", "boolean", allowed=(True,)).allowed == (True,)
    assert Column("c", "date", allowed=(date(2026, 1, 1),), range=Range(min=date(2026, 1, 1))).allowed


def test_a_range_says_itself_in_words() -> None:
    assert str(Range(above=1, max=Decimal("2.50"))) == "above 1 and at most 2.50"
    assert str(Length(min=1, max=3)) == "at least 1 and at most 3 characters long"


def test_nothing_between_neighbours_is_told_of_whole_numbers_alone() -> None:
    assert Column("c", "double", range=Range(above=1, below=2)).range is not None
