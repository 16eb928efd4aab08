"""Which rows break a rule, as an expression of Spark that is true or false and never null."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from table_contracts.errors import ContractError
from table_contracts.literal import FLOATING
from table_contracts.pattern import whole
from table_contracts.spark import literal, position_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from pyspark.sql import Column as SparkColumn
    from pyspark.sql import DataFrame

    from table_contracts.bounds import Length, Range
    from table_contracts.column import Column
    from table_contracts.rule import Rule


def broken(sql: ModuleType, rule: Rule, column: Column, position: int) -> SparkColumn:
    """Say of the column at a position when it breaks a row rule.

    A null breaks `nullable` alone. NaN, which Spark holds for greater than every number, breaks every range.
    """
    value = sql.col(position_name(position))
    made: SparkColumn = sql.coalesce(_broken(sql, rule.kind, column, value), sql.lit(False))  # noqa: FBT003  # Spark's literal
    return made


def check_patterns(sql: ModuleType, frame: DataFrame, columns: Sequence[Column]) -> None:
    """Have Spark compile the patterns before any row is read; raises `ContractError` that names the column."""
    from pyspark.errors import PySparkException  # noqa: PLC0415  # PySpark is the cluster's, and may be missing

    for column in columns:
        if column.pattern is not None:
            try:
                frame.sparkSession.sql("SELECT ''").select(sql.lit("").rlike(whole(column.pattern))).collect()
            except PySparkException as error:
                reason = str(error).partition("JVM stacktrace")[0].strip()
                raise ContractError(
                    f"columns.{column.name}.pattern: {column.pattern!r} is no pattern to Spark: {reason}"
                ) from error


def _broken(sql: ModuleType, kind: str, column: Column, value: SparkColumn) -> SparkColumn:
    if kind == "range" and column.range is not None:
        return _outside(sql, column.range, column.type, value)
    if kind == "length" and column.length is not None:
        return _wrong_length(sql, column.length, value)
    if kind == "allowed" and column.allowed is not None:
        return ~value.isin(*(literal(sql, each, column.type) for each in column.allowed))
    if kind == "pattern" and column.pattern is not None:
        return ~value.rlike(whole(column.pattern))
    return value.isNull()


def _outside(sql: ModuleType, bounds: Range, spelled: str, value: SparkColumn) -> SparkColumn:
    given = {name: literal(sql, bound, spelled) for name, bound in bounds.given().items()}
    outside = {
        "min": lambda bound: value < bound,
        "above": lambda bound: value <= bound,
        "max": lambda bound: value > bound,
        "below": lambda bound: value >= bound,
    }
    parts = [outside[name](bound) for name, bound in given.items()]
    made: SparkColumn = reduce(or_, [*parts, sql.isnan(value)] if spelled in FLOATING else parts)
    return made


def _wrong_length(sql: ModuleType, length: Length, value: SparkColumn) -> SparkColumn:
    parts = []
    if length.min is not None:
        parts.append(sql.length(value) < length.min)
    if length.max is not None:
        parts.append(sql.length(value) > length.max)
    made: SparkColumn = reduce(or_, parts)
    return made
