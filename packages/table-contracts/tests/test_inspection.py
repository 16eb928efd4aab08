"""`check` on real tables."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from table_contracts import (
    Column,
    Contract,
    ContractError,
    Length,
    Range,
    Report,
    SparkMissing,
    TableContractError,
    check,
)

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from table_contracts import Finding

pytestmark = pytest.mark.spark

NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)


def finding(report: Report, said: str) -> Finding:
    found = [one for one in report.findings if str(one.rule).startswith(said)]
    assert len(found) == 1, [str(one.rule) for one in report.findings]
    return found[0]


@pytest.mark.smoke
def test_a_table_that_keeps_its_contract_passes(spark: SparkSession) -> None:
    contract = Contract("t", (Column("id", "bigint", nullable=False, range=Range(min=0)),), keys=(("id",),))
    report = check(spark.range(10), contract)
    assert report.passed
    assert (report.rows, [one.violations for one in report.findings]) == (10, [0, 0, 0])


def test_a_null_breaks_nothing_but_nullability(spark: SparkSession) -> None:
    column = Column("s", "string", nullable=False, length=Length(min=1), allowed=("a",), pattern="a")
    report = check(spark.sql("SELECT cast(null AS string) AS s"), Contract("t", (column,)))
    assert [(one.rule.kind, one.violations) for one in report.findings] == [
        ("nullable", 1),
        ("length", 0),
        ("allowed", 0),
        ("pattern", 0),
    ]
    assert report.findings[0].samples == ({"s": None},)


def test_nan_lies_in_no_range_and_infinity_where_it_belongs(spark: SparkSession) -> None:
    table = spark.sql("SELECT explode(array(double('NaN'), double('Infinity'), -0.0D, 1.0D, null)) AS d")
    for bounds, broken in ((Range(min=0), 1), (Range(max=1), 2), (Range(above=0), 2)):
        assert check(table, Contract("t", (Column("d", "double", range=bounds),))).findings[0].violations == broken


def test_a_pattern_matches_the_whole_value_as_java_reads_it(spark: SparkSession) -> None:
    table = spark.createDataFrame([("ab",), ("abc",), ("xab",), ("ab\n",), ("é",)], "s string")
    for pattern, broken in (("ab|b", 4), ("(?i)AB", 4), (r"\p{L}+", 1), (r"ab\n?", 3)):
        assert check(table, Contract("t", (Column("s", "string", pattern=pattern),))).findings[0].violations == broken


def test_a_pattern_that_spark_refuses_is_named_before_any_row_is_read(spark: SparkSession) -> None:
    unreadable = spark.range(1).selectExpr("cast(raise_error('a row was read') AS string) AS s")
    with pytest.raises(ContractError, match=r"columns\.s\.pattern: 'a\{2,1\}' is no pattern to Spark"):
        check(unreadable, Contract("t", (Column("s", "string", pattern="a{2,1}"),)))


def test_an_empty_table_keeps_the_rules_of_rows_but_is_not_fresh(spark: SparkSession) -> None:
    columns = (Column("at", "timestamp", nullable=False, fresh_within=timedelta(hours=1)),)
    report = check(spark.createDataFrame([], "at timestamp"), Contract("t", columns, keys=(("at",),)), now=NOW)
    assert [one.verdict for one in report.findings] == ["passed", "passed", "not evaluated"]
    assert report.findings[2].reason == "no row has a value that is not after 2026-01-02T00:00:00+00:00"
    assert not report.passed


@pytest.mark.parametrize(
    ("spelled", "newest", "verdict"),
    [
        ("timestamp", "2026-01-01 23:00:00+00:00", "passed"),
        ("timestamp", "2026-01-01 22:59:59+00:00", "violated"),
        ("timestamp", "2026-01-02 00:00:01+00:00", "not evaluated"),
        ("timestamp_ntz", "2026-01-01 23:00:00", "passed"),
        ("timestamp_ntz", "2026-01-01 22:59:59", "violated"),
        ("date", "2026-01-01", "passed"),
        ("date", "2025-12-31", "violated"),
    ],
)
def test_the_newest_value_up_to_now_tells_whether_a_table_is_fresh(
    spark: SparkSession, spelled: str, newest: str, verdict: str
) -> None:
    table = spark.sql(
        f"SELECT explode(array(cast('{newest}' AS {spelled}), cast('9999-01-01' AS {spelled}), null)) AS at"
    )  # the test's own words
    contract = Contract("t", (Column("at", spelled, fresh_within=timedelta(hours=1)),))
    report = check(table, contract, now=NOW.astimezone(timezone(timedelta(hours=9))))
    assert report.findings[0].verdict == verdict


def test_rules_of_a_column_that_differs_are_not_evaluated_and_the_others_are(spark: SparkSession) -> None:
    columns = (
        Column("id", "string", pattern="a"),
        Column("gone", "int", range=Range(min=0)),
        Column("n", "int", range=Range(min=1)),
    )
    report = check(spark.sql("SELECT 1L AS id, 0 AS n"), Contract("t", columns, keys=(("id", "n"),)))
    assert [str(one) for one in report.differences] == ["- id: string\n+ id: bigint not null", "- gone: int"]
    assert [(one.verdict, one.reason) for one in report.findings] == [
        ("not evaluated", "id is bigint and not string"),
        ("not evaluated", "the table has no column gone"),
        ("violated", ""),
        ("not evaluated", "id is bigint and not string"),
    ]


def test_rules_of_an_optional_column_that_is_absent_do_not_apply(spark: SparkSession) -> None:
    columns = (Column("id", "bigint"), Column("note", "string", required=False, pattern="a"))
    report = check(spark.range(1), Contract("t", columns))
    assert report.passed
    assert report.findings[0].verdict == "not applicable"


def test_a_table_with_no_rules_is_still_counted(spark: SparkSession) -> None:
    report = check(spark.range(7), Contract("t", (Column("id", "bigint"),)))
    assert (report.rows, report.findings, report.passed) == (7, (), True)


def test_odd_names_need_no_quoting(spark: SparkSession) -> None:
    names = ["a.b", "a b", "a`b", "Ä", "数量", "A B", "rule", "bucket", "n", "c0", "low"]
    table = spark.createDataFrame(
        [tuple(range(len(names)))], "struct<" + ",".join(f"`{n.replace('`', '``')}`:int" for n in names) + ">"
    )
    contract = Contract(
        "t", tuple(Column(name, "int", range=Range(below=0)) for name in names), keys=tuple((n,) for n in names)
    )
    report = check(table, contract)
    assert report.differences == ()
    assert [one.violations for one in report.findings] == [1] * len(names) + [0] * len(names)
    assert finding(report, "a`b: below").samples[0]["a`b"] == "2"


def test_more_rules_than_a_word_has_bits_are_all_judged(spark: SparkSession) -> None:
    table = spark.range(3).selectExpr(*(f"if(id < {at % 4}, null, id) AS c{at}" for at in range(130)))
    contract = Contract("t", tuple(Column(f"c{at}", "bigint", nullable=False) for at in range(130)))
    assert [one.violations for one in check(table, contract).findings] == [at % 4 for at in range(130)]


def test_every_type_can_be_shown_as_a_sample(spark: SparkSession) -> None:
    values = {
        "bi": ("binary", "X'00FF'", "00FF"),
        "st": ("struct<a:int,b:string>", "named_struct('a', 1, 'b', cast(null AS string))", "{1, null}"),
        "ma": ("map<string,int>", "map('a', 1)", "{a -> 1}"),
        "ar": ("array<double>", "array(1.5D)", "[1.5]"),
        "iv": ("interval day to second", "INTERVAL '1 02:03:04' DAY TO SECOND", "INTERVAL '1 02:03:04' DAY TO SECOND"),
        "lo": ("string", "repeat('x', 500)", "x" * 200),
        "de": ("decimal(9,3)", "cast(1.5 AS decimal(9,3))", "1.500"),
    }
    table = spark.sql(
        "SELECT " + ", ".join(f"{written} AS {name}" for name, (_, written, _) in values.items()) + ", null AS x"
    )
    columns = [Column(name, spelled, nullable=False) for name, (spelled, _, _) in values.items()]
    contract = Contract(
        "t", (*columns, Column("x", "void", nullable=False)), keys=(("bi", "st", "ar", "iv", "lo", "de"),)
    )
    report = check(table.union(table), contract)
    shown = {name: text for name, (_, _, text) in values.items() if name != "ma"}
    assert finding(report, "bi, st").samples == (shown,)
    assert finding(report, "x:").samples == ({**shown, "x": None},)
    assert not report.differences


def test_nested_columns_alone_are_sampled_too(spark: SparkSession) -> None:
    table = spark.sql("SELECT explode(array(array(1), array(2), null)) AS a")
    report = check(table, Contract("t", (Column("a", "array<int>", nullable=False),)))
    assert report.findings[0].samples == ({"a": None},)


def test_samples_are_as_many_as_asked_and_do_not_depend_on_the_layout(spark: SparkSession) -> None:
    contract = Contract("t", (Column("id", "bigint", range=Range(below=0)),), keys=(("id",),))
    table = spark.range(1000)
    found = [check(table.repartition(parts), contract, samples=5).findings[0].samples for parts in (1, 2, 7)]
    assert found[0] == found[1] == found[2]
    assert len({sample["id"] for sample in found[0]}) == 5
    bare = check(table.union(table), contract, samples=0).findings
    assert [(one.violations, one.samples) for one in bare] == [(2000, ()), (2000, ())]


def test_two_rows_that_break_a_rule_are_both_shown(spark: SparkSession) -> None:
    contract = Contract("t", (Column("id", "bigint", range=Range(min=2)),))
    for first in range(8):
        table = spark.createDataFrame([(first - 20,), (first - 10,), (5,)], "id bigint")
        shown = {sample["id"] for sample in check(table, contract, samples=2).findings[0].samples}
        assert shown == {str(first - 20), str(first - 10)}


def test_a_key_takes_nan_and_zero_as_spark_does_and_leaves_nulls_out(spark: SparkSession) -> None:
    rows = [(1, float("nan")), (1, float("nan")), (2, 0.0), (2, -0.0), (3, None), (3, None), (4, 1.0)]
    contract = Contract("t", (Column("a", "int"), Column("b", "double")), keys=(("a", "b"),))
    found = check(spark.createDataFrame(rows, "a int, b double"), contract).findings[0]
    assert (found.violations, found.reason) == (4, "keys shared: 2")
    assert {sample["a"] for sample in found.samples} == {"1", "2"}


def test_what_makes_no_sense_is_refused(spark: SparkSession) -> None:
    contract = Contract("t", (Column("id", "bigint"),))
    with pytest.raises(TableContractError, match="without a time zone; give it one"):
        check(spark.range(1), contract, now=NOW.replace(tzinfo=None))
    with pytest.raises(TableContractError, match="samples is 21; it takes 0 to 20"):
        check(spark.range(1), contract, samples=21)
    with pytest.raises(SparkMissing, match=r"builtins\.list is no Spark DataFrame"):
        check([], contract)  # type: ignore[arg-type]  # what is refused
