"""`split` on real tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from table_contracts import Column, Contract, Range, SplitRefused, split

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark

CONTRACT = Contract(
    "t",
    (Column("id", "int", nullable=False), Column("a.`b`", "double", range=Range(min=0))),
    keys=(("id",), ("a.`b`",)),
    extra_columns=True,
)


def counted(table: DataFrame) -> Counter[str]:
    return Counter(map(repr, table.collect()))


@pytest.mark.smoke
def test_every_row_is_in_one_half_once_and_bad_ones_say_why(spark: SparkSession) -> None:
    rows = [(1, 1.0), (1, 2.0), (2, -1.0), (3, None), (4, None), (None, 5.0), (None, 6.0), (5, 9.0), (5, 9.0)]
    table = spark.createDataFrame(rows, "id int, `a.``b``` double")
    halves = split(table, CONTRACT)
    assert sorted(halves.good.collect()) == [(3, None), (4, None)]
    reasons = {(row[0], row[1]): row["reasons"] for row in halves.bad.collect()}
    assert reasons == {
        (1, 1.0): ["id: unique"],
        (1, 2.0): ["id: unique"],
        (2, -1.0): ["a.`b`: at least 0.0"],
        (None, 5.0): ["id: not null"],
        (None, 6.0): ["id: not null"],
        (5, 9.0): ["id: unique", "a.`b`: unique"],
    }
    assert counted(halves.good) + counted(halves.bad.drop("reasons")) == counted(table)


def test_the_columns_keep_their_names_order_and_types(spark: SparkSession) -> None:
    table = spark.sql("SELECT map('a', 1) AS `x y`, 1.0D AS `a.``b```, 7 AS ID, 8 AS shared0")
    halves = split(table, CONTRACT, reasons="Warum?")
    assert halves.good.dtypes == table.dtypes
    assert halves.bad.dtypes == [*table.dtypes, ("Warum?", "array<string>")]
    assert (halves.good.count(), halves.bad.count()) == (1, 0)


def test_columns_of_one_name_that_the_contract_does_not_name_survive(spark: SparkSession) -> None:
    table = spark.sql("SELECT 1 AS x, 2 AS x, 3 AS id, 1.0D AS `a.``b```")
    assert split(table, CONTRACT).good.collect() == [(1, 2, 3, 1.0)]


def test_keys_that_are_nan_or_nested_are_shared_as_spark_compares_them(spark: SparkSession) -> None:
    contract = Contract("t", (Column("s", "struct<a:double>"), Column("n", "int")), keys=(("s",),))
    rows = [((float("nan"),), 1), ((float("nan"),), 2), ((0.0,), 3), ((-0.0,), 4), ((1.0,), 5), (None, 6), (None, 7)]
    halves = split(spark.createDataFrame(rows, "s struct<a:double>, n int"), contract)
    assert sorted(row["n"] for row in halves.bad.collect()) == [1, 2, 3, 4]
    assert sorted(row["n"] for row in halves.good.collect()) == [5, 6, 7]


def test_a_contract_without_rules_finds_every_row_good(spark: SparkSession) -> None:
    halves = split(spark.range(3), Contract("t", (Column("id", "bigint"),)))
    assert (halves.good.count(), halves.bad.count()) == (3, 0)
    assert halves.bad.dtypes == [("id", "bigint"), ("reasons", "array<string>")]


def test_a_table_with_other_columns_is_not_split(spark: SparkSession) -> None:
    with pytest.raises(SplitRefused) as refusal:
        split(spark.range(1), CONTRACT)
    assert str(refusal.value).splitlines() == [
        "t: no row can be judged, for the columns are not those agreed",
        "- id: int not null",
        "+ id: bigint not null",
        "- a.`b`: double",
    ]


def test_a_name_that_is_taken_is_refused_for_the_reasons(spark: SparkSession) -> None:
    table = spark.sql("SELECT 1 AS id, 1.0D AS `a.``b```, 'x' AS Reasons")
    with pytest.raises(SplitRefused, match="the table has a column reasons; name another"):
        split(table, CONTRACT)
    assert "why" in split(table, CONTRACT, reasons="why").bad.columns
