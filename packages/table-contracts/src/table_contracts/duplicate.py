"""Rows that share a key, found by grouping: a task holds its distinct keys in memory and spills beyond that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from table_contracts.spark import position_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from pyspark.sql import Column, DataFrame

    from table_contracts.sample import Sampler


@dataclass(frozen=True)
class Shared:
    """How many keys more than one row has, how many rows have one of these, and aggregated samples of them."""

    keys: int
    rows: int
    sampled: list[Any]


def shared_keys(sql: ModuleType, frame: DataFrame, positions: Sequence[int]) -> DataFrame:
    """Find the keys that more than one row has, with their number of rows as `n`; keys with a null are left out.

    As for Spark everywhere, NaN is the same as NaN here, and -0.0 as 0.0.
    """
    key = [position_name(at) for at in positions]
    complete = frame.where(is_complete(sql, positions))
    return complete.groupBy(*key).agg(sql.count(sql.lit(1)).alias("n")).where("n > 1")


def count_shared(sql: ModuleType, frame: DataFrame, positions: Sequence[int], sampler: Sampler) -> Shared:
    """Count and sample the keys that more than one row has, in one job of its own."""
    shared = shared_keys(sql, frame, positions)
    bucket = sampler.bucket() if sampler.takes_any else sql.lit(0)
    ends = sampler.ends(sql.lit(True)) if sampler.takes_any else ()  # noqa: FBT003  # Spark's literal
    rows = (
        shared.groupBy(bucket.alias("bucket"))
        .agg(sql.count(sql.lit(1)).alias("keys"), sql.sum("n").alias("rows"), *ends)
        .collect()
    )
    return Shared(sum(row["keys"] for row in rows), sum(row["rows"] for row in rows), rows if sampler.takes_any else [])


def is_complete(sql: ModuleType, positions: Sequence[int]) -> Column:
    """Say that none of the columns is null."""
    made: Column = reduce(and_, (sql.col(position_name(at)).isNotNull() for at in positions))
    return made
