"""The one pass: every row rule, every sample and every newest value in a single aggregation.

Each row gets a word of bits, one for each rule it breaks, and rows are counted by word and by sample bucket. The words
are few where rules are broken in few ways, so that this costs one look-up a row however many rules there are. A second
aggregation, of those few counts, sorts them by rule. In memory are, for each task, up to 128 groups of a count and two
sampled rows; beyond these Spark sorts and spills. The driver gets, for each rule, at most 2 x samples counts with two
sampled rows each, whose texts have at most 200 characters a column.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from table_contracts.spark import literal, position_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from pyspark.sql import Column, DataFrame

    from table_contracts.literal import Value
    from table_contracts.sample import Sampler

_BITS = 62
_EVERY_ROW = -1


@dataclass(frozen=True)
class Newest:
    """A column whose newest value is asked for: where it stands, and the moments it must lie between."""

    position: int
    type: str
    oldest: Value
    now: Value


@dataclass(frozen=True)
class Tally:
    """What one pass found: rows in all, and by the rule's number the rows that break it."""

    rows: int
    broken: dict[int, int]
    sampled: dict[int, list[Any]]
    newest: list[tuple[str | None, bool | None]]
    """By column: the newest value as text, and whether it is fresh; both none where there is no value to judge by."""


def tally(
    sql: ModuleType, frame: DataFrame, broken: Sequence[Column], sampler: Sampler, newest: Sequence[Newest]
) -> Tally:
    """Count, sample and find the newest values, reading the table once."""
    found = _by_rule(sql, _by_word(sql, frame, broken, sampler, newest), len(broken), sampler, len(newest))
    rows = found.select("rule", "n", *(["low", "high"] if sampler.takes_any else []), *_judged(sql, newest)).collect()
    counts: dict[int, int] = {}
    sampled: dict[int, list[Any]] = {}
    for row in rows:
        counts[row["rule"]] = counts.get(row["rule"], 0) + row["n"]
        if sampler.takes_any:
            sampled.setdefault(row["rule"], []).append(row)
    every = next((row for row in rows if row["rule"] == _EVERY_ROW), None)
    judged = [(every[f"text{at}"], every[f"fresh{at}"]) if every else (None, None) for at in range(len(newest))]
    return Tally(counts.pop(_EVERY_ROW, 0), counts, sampled, judged)


def _by_word(
    sql: ModuleType, frame: DataFrame, broken: Sequence[Column], sampler: Sampler, newest: Sequence[Newest]
) -> DataFrame:
    names = _words(len(broken))
    words = [_word(sql, broken[at * _BITS : (at + 1) * _BITS]).alias(name) for at, name in enumerate(names)]
    used = [position_name(at) for at in sorted({*sampler.types, *(one.position for one in newest)})]
    breaks = reduce(or_, (sql.col(name) != 0 for name in names), sql.lit(False))  # noqa: FBT003  # Spark's literal
    bucket = sql.when(breaks, sampler.bucket()) if sampler.takes_any else sql.lit(0)
    return (
        frame.select(*used, *words)
        .groupBy(*names, bucket.alias("bucket"))
        .agg(
            sql.count(sql.lit(1)).alias("n"),
            *(sampler.ends(breaks) if sampler.takes_any else ()),
            *(_newest(sql, one).alias(f"newest{at}") for at, one in enumerate(newest)),
        )
    )


def _by_rule(sql: ModuleType, grouped: DataFrame, rules: int, sampler: Sampler, newest: int) -> DataFrame:
    names = _words(rules)
    breaks = [sql.when(sql.col(names[at // _BITS]).bitwiseAND(_bit(sql, at)) != 0, sql.lit(at)) for at in range(rules)]
    bucket = sql.when(sql.col("rule") != _EVERY_ROW, sql.col("bucket"))
    return (
        grouped.withColumn("rule", sql.explode(sql.array_compact(sql.array(sql.lit(_EVERY_ROW), *breaks))))
        .groupBy("rule", bucket.alias("bucket"))
        .agg(
            sql.sum("n").alias("n"),
            *(sampler.ends_of_ends() if sampler.takes_any else ()),
            *(sql.max(f"newest{at}").alias(f"newest{at}") for at in range(newest)),
        )
    )


def _words(rules: int) -> list[str]:
    return [f"w{number}" for number in range(-(-rules // _BITS))]


def _word(sql: ModuleType, broken: Sequence[Column]) -> Column:
    none = sql.lit(0).cast("bigint")
    bits = (sql.when(one, _bit(sql, at)).otherwise(none) for at, one in enumerate(broken))
    made: Column = reduce(lambda word, bit: word.bitwiseOR(bit), bits)
    return made


def _bit(sql: ModuleType, rule: int) -> Column:
    made: Column = sql.lit(1 << rule % _BITS).cast("bigint")
    return made


def _newest(sql: ModuleType, one: Newest) -> Column:
    value = sql.col(position_name(one.position))
    made: Column = sql.max(sql.when(value <= literal(sql, one.now, one.type), value))
    return made


def _judged(sql: ModuleType, newest: Sequence[Newest]) -> list[Column]:
    made = []
    for at, one in enumerate(newest):
        value = sql.col(f"newest{at}")
        text = sql.date_format(value, "yyyy-MM-dd HH:mm:ssXXX") if one.type == "timestamp" else value.cast("string")
        made += [text.alias(f"text{at}"), (value >= literal(sql, one.oldest, one.type)).alias(f"fresh{at}")]
    return made
