"""The one door to Spark: its functions, for a table of a classic session or of Spark Connect."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from table_contracts.errors import SparkMissing
from table_contracts.literal import as_text
from table_contracts.schema import read_fields

if TYPE_CHECKING:
    from types import ModuleType

    from pyspark.sql import Column, DataFrame

    from table_contracts.literal import Value
    from table_contracts.schema import Field


def functions_for(frame: DataFrame) -> ModuleType:
    """Give Spark's functions of the same kind as the table; raises `SparkMissing`."""
    try:
        found = import_module("pyspark.sql.functions")
    except ImportError as error:
        raise SparkMissing(
            f"PySpark is needed and cannot be imported: {error}\n"
            "hint: on Databricks it is there; elsewhere install pyspark 3.5 or newer beside this library"
        ) from error
    kind = type(frame)
    if kind.__name__ != "DataFrame" or not kind.__module__.startswith("pyspark.sql."):
        raise SparkMissing(f"{kind.__module__}.{kind.__name__} is no Spark DataFrame")
    # Which functions are right is the table's to say: the process may hold sessions of both kinds.
    if kind.__module__.startswith("pyspark.sql.connect."):
        return import_module("pyspark.sql.connect.functions")
    return found


def fields_of(frame: DataFrame) -> list[Field]:
    """Read a table's columns and their types, which reads no rows."""
    return read_fields(frame.schema.jsonValue())


def is_case_sensitive(frame: DataFrame) -> bool:
    """Tell whether the table's session tells `id` from `ID`."""
    return str(frame.sparkSession.conf.get("spark.sql.caseSensitive", "false")).lower() == "true"


def position_name(position: int) -> str:
    """Name a column by its place."""
    return f"c{position}"


def by_position(frame: DataFrame, fields: list[Field]) -> DataFrame:
    """Rename the columns to their places, so that no name, however odd or ambiguous, has to be quoted."""
    return frame.toDF(*map(position_name, range(len(fields))))


def literal(sql: ModuleType, value: Value, spelled: str) -> Column:
    """Write a fitted value as a constant of a column's type."""
    made: Column = sql.lit(as_text(value)).cast(spelled)
    return made
