"""That the table is read once, counted at the source."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from table_contracts import Column, Contract, Length, Range, check

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

ROWS = 500
COLUMNS = (
    Column("id", "bigint", nullable=False, range=Range(min=10, below=400)),
    Column("name", "string", nullable=False, length=Length(min=2, max=3), pattern="n[0-9]+", allowed=("n1", "n2")),
    Column("share", "double", range=Range(min=0, max=1)),
    Column("placed_on", "date", range=Range(min=date(2026, 1, 1))),
)


def rows_read(spark: SparkSession, contract: Contract) -> int:
    read = spark.sparkContext.accumulator(0)

    def made(number: int) -> tuple[int, str, float, date]:
        read.add(1)
        return number, f"n{number}", number / 400, date(2026, 1, 1)

    source = spark.sparkContext.parallelize(range(ROWS), 4).map(made)
    table = spark.createDataFrame(source, "id bigint, name string, share double, placed_on date")
    report = check(table, contract)
    assert report.rows == ROWS
    assert [one.violations for one in report.findings][:2] == [0, 110]
    return int(read.value)


def test_all_rules_of_rows_read_the_table_once(spark: SparkSession) -> None:
    assert rows_read(spark, Contract("t", COLUMNS)) == ROWS


def test_each_key_reads_the_table_once_more(spark: SparkSession) -> None:
    assert rows_read(spark, Contract("t", COLUMNS, keys=(("id",), ("name", "share")))) == 3 * ROWS


def test_the_pass_groups_by_hash_and_collects_a_bounded_number_of_rows(spark: SparkSession) -> None:
    spark.sparkContext.setJobGroup("one pass", "one pass")
    table = spark.range(2000).selectExpr(
        *(f"if(shiftright(id, {bit}) % 2 = 0, null, id) AS c{bit}" for bit in range(10))
    )
    contract = Contract("t", tuple(Column(f"c{bit}", "bigint", nullable=False) for bit in range(10)))
    report = check(table, contract, samples=2)
    assert all(len(one.samples) <= 2 and one.violations for one in report.findings)
    tracker = spark.sparkContext.statusTracker()
    jobs = [tracker.getJobInfo(job) for job in tracker.getJobIdsForGroup("one pass")]
    stages = {stage for job in jobs if job for stage in job.stageIds}
    # The table, its counts by word, and these by rule: a stage each, the later ones told again by each later job.
    ran = [info for info in map(tracker.getStageInfo, sorted(stages)) if info and info.numCompletedTasks]
    assert len(ran) == 3
