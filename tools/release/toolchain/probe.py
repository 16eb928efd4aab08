"""Runs inside a smoke environment: imports what it is told to, loads every entry point, and has Spark count if asked.

Words: a file that says what to do, and one to write what was done to. Without that second file nothing was proven,
whatever the exit code.
"""

import importlib
import importlib.metadata
import json
import sys
from pathlib import Path


def attempt(name: str, action: object) -> None:
    """Do one thing, and say which it was if it ends in anything but success, leaving included."""
    try:
        action()  # type: ignore[operator]
    except BaseException as error:
        raise RuntimeError(f"{name}: {type(error).__name__}: {error}") from error


def count_with_spark() -> None:
    """Start a session, count, stop."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # only where it was brought

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        counted = spark.range(3).count()
    finally:
        spark.stop()
    if counted != 3:  # noqa: PLR2004  # what was asked
        raise RuntimeError(f"Spark counts {counted} rows in a range of 3")


if __name__ == "__main__":
    task = json.loads(Path(sys.argv[1]).read_text())
    done = []
    for module in task["modules"]:
        attempt(f"import {module}", lambda name=module: importlib.import_module(name))
        done.append(module)
    for point in importlib.metadata.distribution(task["package"]).entry_points:
        attempt(f"entry point {point.name}", point.load)
        done.append(point.name)
    if task["spark"]:
        attempt("Spark", count_with_spark)
        done.append("spark")
    Path(sys.argv[2]).write_text(json.dumps(done))
