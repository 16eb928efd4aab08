"""A session of Spark Connect, in a process of its own, for a classic one would be in its way: it checks and splits."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from pyspark.sql import SparkSession

from table_contracts import Column, Contract, ContractError, Range, check, split

CONTRACT = Contract(
    "orders",
    (
        Column("order id", "bigint", nullable=False),
        Column("sku", "string", pattern="S-[0-9]+", allowed=("S-1", "S-2")),
        Column("price", "double", range=Range(min=0)),
        Column("at", "timestamp", fresh_within=timedelta(days=1), nullable=False),
    ),
    keys=(("order id",),),
)


def main() -> None:
    spark = SparkSession.builder.remote("local[2]").config("spark.sql.shuffle.partitions", 2).getOrCreate()
    table = spark.sql(
        "SELECT * FROM VALUES (1L, 'S-1', 1.0D, timestamp'2026-01-01 00:00:00Z'), (1L, 'S-3', double('NaN'), null),"
        " (2L, null, null, timestamp'2026-01-01 00:00:00Z') AS t(`order id`, sku, price, at)"
    )
    report = check(table, CONTRACT, now=datetime(2026, 1, 2, tzinfo=timezone.utc))
    halves = split(table, CONTRACT)
    try:
        check(table.select("sku"), Contract("t", (Column("sku", "string", pattern="a{2,1}"),)))
    except ContractError as error:
        refused = str(error)
    found = {
        "kind": type(table).__module__,
        "report": report.as_json(),
        "good": [row["order id"] for row in halves.good.collect()],
        "bad": sorted(row["reasons"] for row in halves.bad.collect()),
        "refused": refused,
    }
    print(json.dumps(found))  # noqa: T201  # how the test hears of it
    spark.stop()


if __name__ == "__main__":
    main()
