"""One pass over a table beside a query for each rule, and beside Great Expectations.

Great Expectations is the library most people take for this on Spark. All three count the rows that break each of twelve
rules of five million rows in Parquet; the first two also bring three sample rows for each.
"""

from __future__ import annotations

import tempfile
import time
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.comparison import Comparison

from table_contracts import Column, Contract, Length, Range, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import DataFrame, SparkSession

ROWS = 5_000_000
TIMES = 3

CONTRACT = Contract(
    "orders",
    (
        Column("order_id", "bigint", nullable=False),
        Column("customer_id", "bigint", range=Range(min=0)),
        Column("amount", "decimal(12,2)", range=Range(min=0, max=Decimal("999.00"))),
        Column("quantity", "int", range=Range(min=0, max=100)),
        Column("sku", "string", nullable=False, length=Length(max=10), pattern="SKU-[0-9]{6}"),
        Column("state", "string", allowed=("new", "paid", "sent", "back")),
        Column("email", "string", pattern="[^@]+@[^@]+"),
        Column("discount", "double", range=Range(min=0, max=1)),
        Column("placed_at", "timestamp", range=Range(min=datetime(2026, 1, 1, tzinfo=timezone.utc))),
        Column("ship_on", "date", range=Range(min=date(2026, 1, 2))),
    ),
)
BROKEN = {
    "order_id": "order_id IS NULL",
    "customer_id": "customer_id < 0",
    "amount": "amount < 0 OR amount > 999.00",
    "quantity": "quantity < 0 OR quantity > 100",
    "sku": "sku IS NULL",
    "sku length": "length(sku) > 10",
    "sku pattern": r"NOT sku RLIKE r'\A(?:SKU-[0-9]{6})\z'",
    "state": "state NOT IN ('new', 'paid', 'sent', 'back')",
    "email": r"NOT email RLIKE r'\A(?:[^@]+@[^@]+)\z'",
    "discount": "discount < 0 OR discount > 1 OR isnan(discount)",
    "placed_at": "placed_at < timestamp'2026-01-01 00:00:00Z'",
    "ship_on": "ship_on < date'2026-01-02'",
}


def measure() -> Iterator[Comparison]:
    """Measure each after it has run once, and take the fastest of three; give the comparisons."""
    with tempfile.TemporaryDirectory() as folder:
        spark = _session()
        try:
            orders = _orders(spark, Path(folder))
            expectations = _expectations(orders)
            counted = {_counts(_one_pass(orders)), _counts(_query_for_each_rule(orders)), _counts(expectations())}
            if len(counted) > 1:
                raise AssertionError(f"they do not agree on what is broken: {counted}")
            one_pass = _fastest(lambda: _one_pass(orders))
            yield Comparison(
                subject="table-contracts, 12 rules in one pass",
                seconds=one_pass,
                against="a query for each rule",
                against_seconds=_fastest(lambda: _query_for_each_rule(orders)),
                times_faster=1.5,
            )
            yield Comparison(
                subject="table-contracts, 12 rules in one pass",
                seconds=one_pass,
                against="Great Expectations",
                against_seconds=_fastest(expectations),
                times_faster=1.1,
            )
        finally:
            spark.stop()


def _fastest(run: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return min(taken)


def _counts(found: dict[str, int]) -> tuple[int, ...]:
    return tuple(sorted(found.values()))


def _one_pass(orders: DataFrame) -> dict[str, int]:
    return {str(one.rule): one.violations or 0 for one in check(orders, CONTRACT).findings}


def _query_for_each_rule(orders: DataFrame) -> dict[str, int]:
    found = {}
    for name, condition in BROKEN.items():
        broken = orders.where(condition)
        found[name] = broken.count()
        broken.limit(3).collect()
    return found


def _expectations(orders: DataFrame) -> Callable[[], dict[str, int]]:
    import great_expectations as gx  # noqa: PLC0415  # of the benchmarks' environment alone

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_spark(name="spark", persist=False).add_dataframe_asset(name="orders")
    definition = asset.add_batch_definition_whole_dataframe("orders")
    kinds = gx.expectations
    suite = gx.ExpectationSuite(
        name="orders",
        expectations=[
            kinds.ExpectColumnValuesToNotBeNull(column="order_id"),
            kinds.ExpectColumnValuesToBeBetween(column="customer_id", min_value=0),
            kinds.ExpectColumnValuesToBeBetween(column="amount", min_value=0, max_value=999),
            kinds.ExpectColumnValuesToBeBetween(column="quantity", min_value=0, max_value=100),
            kinds.ExpectColumnValuesToNotBeNull(column="sku"),
            kinds.ExpectColumnValueLengthsToBeBetween(column="sku", max_value=10),
            kinds.ExpectColumnValuesToMatchRegex(column="sku", regex="^(?:SKU-[0-9]{6})$"),
            kinds.ExpectColumnValuesToBeInSet(column="state", value_set=["new", "paid", "sent", "back"]),
            kinds.ExpectColumnValuesToMatchRegex(column="email", regex="^(?:[^@]+@[^@]+)$"),
            kinds.ExpectColumnValuesToBeBetween(column="discount", min_value=0, max_value=1),
            kinds.ExpectColumnValuesToBeBetween(
                column="placed_at", min_value=datetime(2026, 1, 1, tzinfo=timezone.utc).replace(tzinfo=None)
            ),
            kinds.ExpectColumnValuesToBeBetween(column="ship_on", min_value=date(2026, 1, 2)),
        ],
    )

    def run() -> dict[str, int]:
        batch = definition.get_batch(batch_parameters={"dataframe": orders})
        results = batch.validate(suite, result_format="BASIC").results
        return {str(number): int(one.result["unexpected_count"]) for number, one in enumerate(results)}

    return run


def _session() -> SparkSession:
    from pyspark.sql import SparkSession  # noqa: PLC0415  # of the benchmarks' environment alone

    return (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", value=False)
        .config("spark.ui.showConsoleProgress", value=False)
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "4g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )


def _orders(spark: SparkSession, folder: Path) -> DataFrame:
    path = str(folder / "orders")
    spark.range(ROWS).selectExpr(
        "id AS order_id",
        "id % 100003 AS customer_id",
        "cast(id * 7919 % 100000 / 100 AS decimal(12,2)) AS amount",
        "cast(id % 50 AS int) AS quantity",
        "concat('SKU-', lpad(cast(id % 9999 AS string), 6, '0')) AS sku",
        "element_at(array('new', 'paid', 'sent', 'back'), cast(id % 4 + 1 AS int)) AS state",
        "concat(cast(id % 1000 AS string), '@example.org') AS email",
        "if(id % 1000 = 0, null, id % 101 / 101D) AS discount",
        "timestamp_seconds(1767225600 + id % 31536000) AS placed_at",
        "date_add(date'2026-01-01', cast(id % 365 AS int)) AS ship_on",
    ).write.parquet(path)
    return spark.read.parquet(path)


if __name__ == "__main__":
    for comparison in measure():
        print(comparison, round(comparison.ratio, 2))  # what this is run for
