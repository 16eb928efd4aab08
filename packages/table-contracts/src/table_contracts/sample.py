"""A few of many rows, in bounded memory: the lowest and the highest by hash in each of a few buckets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from table_contracts.errors import TableContractError
from table_contracts.spark import position_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

    from pyspark.sql import Column

Sample = dict[str, "str | None"]
"""One row as text: column to Spark's own text of the value, at most 200 characters; binary in hexadecimal."""

LONGEST_TEXT = 200
MOST_SAMPLES = 20
_NESTED = ("array<", "map<", "struct<", "variant", "interval")


@dataclass(frozen=True)
class Sampler:
    """Takes samples of the columns at the positions given, whose types it is told.

    Which rows it takes depends on their values alone and not on how the table is laid out. Of two rows that differ both
    are found; of more, one may be pushed out by those that fall into its bucket.
    """

    sql: ModuleType
    types: Mapping[int, str]
    samples: int

    @property
    def takes_any(self) -> bool:
        """Whether there is anything to sample, and anyone asks for it."""
        return bool(self.types) and self.samples > 0

    def bucket(self) -> Column:
        """Tell the bucket of a row."""
        return self._made(self.sql.pmod(self._hash(), self.sql.lit(2 * self.samples)).cast("int"))

    def ends(self, wanted: Column) -> list[Column]:
        """Aggregate a group's wanted rows to the two at its ends, `low` and `high`, each a struct of hash and texts."""
        hashed = self.sql.when(wanted, self._hash())
        row = self.sql.struct(self._hash().alias("hash"), self._texts().alias("texts"))
        return [
            self.sql.min_by(row, hashed).alias("low"),
            self.sql.max_by(row, hashed).alias("high"),
            self._grouping_aid(),
        ]

    def ends_of_ends(self) -> list[Column]:
        """Aggregate the ends of groups to the two at the ends of all."""
        return [
            self.sql.min_by("low", "low.hash").alias("low"),
            self.sql.max_by("high", "high.hash").alias("high"),
            self._grouping_aid(),
        ]

    def read(self, rows: Iterable[Any], names: Mapping[int, str]) -> tuple[Sample, ...]:
        """Read the samples out of aggregated rows, each once, showing the columns named."""
        ends = {end["hash"]: end["texts"] for row in rows for end in (row["low"], row["high"]) if end is not None}
        shown: list[Sample] = []
        places = list(self.types)
        for _, texts in sorted(ends.items()):
            sample = {name: texts[places.index(position)] for position, name in names.items()}
            if sample not in shown:
                shown.append(sample)
        return tuple(shown[: self.samples])

    def _grouping_aid(self) -> Column:
        # Only with a function of this kind does Spark group by hash and not by sorting the table. It collects nothing.
        return self._made(self.sql.collect_set(self.sql.lit(None).cast("int")).alias("aid"))

    def _hash(self) -> Column:
        plain = [position_name(at) for at, spelled in self.types.items() if not spelled.startswith(_NESTED)]
        return self._made(self.sql.xxhash64(*plain) if plain else self.sql.xxhash64(self._texts()))

    def _texts(self) -> Column:
        return self._made(self.sql.array(*(self._text(at, spelled) for at, spelled in self.types.items())))

    def _text(self, position: int, spelled: str) -> Column:
        value = self.sql.col(position_name(position))
        text = self.sql.hex(value) if spelled == "binary" else value.cast("string")
        return self._made(self.sql.substring(text, 1, LONGEST_TEXT))

    @staticmethod
    def _made(column: Column) -> Column:
        return column


def check_samples(samples: int) -> None:
    """Refuse a number of samples that is none; raises `TableContractError`."""
    if not 0 <= samples <= MOST_SAMPLES:
        raise TableContractError(f"samples is {samples}; it takes 0 to {MOST_SAMPLES}")
