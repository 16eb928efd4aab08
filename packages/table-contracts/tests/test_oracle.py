"""Spark's verdicts beside those of plain Python, on tables and contracts that nobody thought of."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from table_contracts import Column, Contract, Length, Range, check, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

DAYS = [date(2026, 1, day) for day in (1, 2, 3)]
TIMES = [datetime(2026, 3, 8, hour, 30, tzinfo=timezone.utc) for hour in (6, 7, 8)]
CENTS = [Decimal(cents) for cents in ("-0.01", "0.00", "0.01", "2.50")]
VALUES: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
    "i": ("int", st.none() | st.integers(-3, 3)),
    "f": ("double", st.none() | st.sampled_from([-math.inf, -1.5, -0.0, 0.0, 1.5, math.inf, math.nan])),
    "m": ("decimal(5,2)", st.none() | st.sampled_from(CENTS)),
    "d": ("date", st.none() | st.sampled_from(DAYS)),
    "t": ("timestamp", st.none() | st.sampled_from(TIMES)),
    "s": ("string", st.none() | st.text("aé\n😀", max_size=3)),
}
ROW = st.tuples(*(values for _, values in VALUES.values()))
BOUNDS: dict[str, list[Any]] = {
    "i": [-1, 2],
    "f": [-1.5, 0.0],
    "m": [Decimal(0), Decimal("0.01")],
    "d": DAYS,
    "t": TIMES,
}


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    columns = []
    for name, (spelled, _) in VALUES.items():
        rules: dict[str, Any] = {"nullable": draw(st.booleans())}
        if name in BOUNDS:
            low = draw(st.sampled_from(["min", "above"])), BOUNDS[name][0]
            high = draw(st.sampled_from(["max", "below"])), BOUNDS[name][-1]
            rules["range"] = Range(**dict(draw(st.sampled_from([[low], [high], [low, high]]))))
        else:
            rules["length"] = Length(**draw(st.sampled_from([{"min": 1}, {"max": 2}, {"min": 1, "max": 1}])))
            rules["pattern"] = draw(st.sampled_from(["a*", "a|aé", ".+", "(?s).*", "[^a]?"]))
        if name in {"i", "m", "d"} and draw(st.booleans()):
            del rules["range"]
            rules["allowed"] = tuple(BOUNDS[name])
        columns.append(Column(name, spelled, **rules))
    return Contract("t", tuple(columns), keys=draw(st.sampled_from([(), (("i", "f"),), (("s",), ("t", "d"))])))


def judges(column: Column) -> list[Callable[[Any], bool]]:
    """Say in Python what each rule of a column asks, in a report's order; a null meets all but the first."""
    found: list[Callable[[Any], bool]] = []
    if column.range is not None:
        given_bounds: dict[str, Any] = column.range.given()
        tests = {
            "min": lambda value, bound: value >= bound,
            "above": lambda value, bound: value > bound,
            "max": lambda value, bound: value <= bound,
            "below": lambda value, bound: value < bound,
        }
        found.append(lambda value: all(tests[name](value, bound) for name, bound in given_bounds.items()))
    if column.length is not None:
        low, high = column.length.min or 0, column.length.max or 99
        found.append(lambda value: low <= len(value) <= high)
    if column.allowed is not None:
        allowed = column.allowed
        found.append(lambda value: value in allowed)
    if column.pattern is not None:
        pattern = column.pattern
        found.append(lambda value: re.fullmatch(pattern, value) is not None)
    asked = [or_null(judge) for judge in found]
    return asked if column.nullable else [lambda value: value is not None, *asked]


def or_null(judge: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or judge(value)


def expected(contract: Contract, rows: list[tuple[Any, ...]]) -> list[list[bool]]:
    """Tell for each row which rules it breaks."""
    names = list(VALUES)
    keyed = [Counter(key_of(row, key) for row in rows) for key in contract.keys]
    return [
        [not judge(row[names.index(column.name)]) for column in contract.columns for judge in judges(column)]
        + [
            None not in key_of(row, key) and seen[key_of(row, key)] > 1
            for key, seen in zip(contract.keys, keyed, strict=True)
        ]
        for row in rows
    ]


def key_of(row: tuple[Any, ...], key: tuple[str, ...]) -> tuple[Any, ...]:
    values = (row[list(VALUES).index(name)] for name in key)
    return tuple("NaN" if isinstance(value, float) and math.isnan(value) else value for value in values)


def comparable(row: tuple[Any, ...]) -> str:
    return repr([value.timestamp() if isinstance(value, datetime) else value for value in row])


@given(contract=contracts(), rows=st.lists(ROW, max_size=40))
@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes a Spark job a step
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_spark_and_python_judge_alike(spark: SparkSession, contract: Contract, rows: list[tuple[Any, ...]]) -> None:
    schema = ", ".join(f"{name} {spelled}" for name, (spelled, _) in VALUES.items())
    table = spark.createDataFrame(rows, schema)
    broken = expected(contract, rows)
    report = check(table, contract)
    assert [one.violations for one in report.findings] == [
        sum(column) for column in zip(*broken, strict=True)
    ] or not rows
    assert report.passed == (not any(map(any, broken)))

    halves = split(table, contract)
    reasons = [str(one.rule) for one in report.findings]
    bad = Counter((comparable(tuple(row)[:-1]), tuple(row[-1])) for row in halves.bad.toLocalIterator())
    told = [tuple(reason for reason, is_broken in zip(reasons, breaks, strict=True) if is_broken) for breaks in broken]
    assert bad == Counter((comparable(row), why) for row, why in zip(rows, told, strict=True) if why)
    good = Counter(comparable(tuple(row)) for row in halves.good.toLocalIterator())
    assert good == Counter(comparable(row) for row, why in zip(rows, told, strict=True) if not why)
