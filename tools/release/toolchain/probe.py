"""Runs inside a smoke environment: imports every public module, then, if asked, has Spark count to three."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator


def public_modules(name: str) -> Iterator[str]:
    """Give a module and everything below it that no leading underscore hides."""
    yield name
    module = importlib.import_module(name)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        if not found.name.rpartition(".")[2].startswith("_"):
            yield from public_modules(found.name)


def count_with_spark() -> None:
    """Start a session, count, stop."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # only where it was brought

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        counted = spark.range(3).count()
    finally:
        spark.stop()
    if counted != 3:  # noqa: PLR2004  # what was asked
        raise SystemExit(f"Spark counts {counted} rows in a range of 3")


if __name__ == "__main__":
    spark_too, *names = sys.argv[1:]
    modules = [module for name in names for module in public_modules(name)]
    for module in modules:
        importlib.import_module(module)
    if spark_too == "spark":
        count_with_spark()
    print(len(modules))
