"""Values of a TOML document, asked for by the type they must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from env_drift.errors import LockError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Table:
    """A table and where it stands; every question raises LockError where the value is not of the type."""

    values: Mapping[str, object]
    where: str

    def text(self, key: str) -> str:
        """Give a string that must be there and not be empty."""
        value = self.text_or_none(key)
        if value is None:
            raise LockError(f"{self.where}: has no {key}")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Give a string that may be absent."""
        value = self.values.get(key)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise LockError(f"{self.where}: {key} is not a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of strings; none where it is absent."""
        values = self.values.get(key, [])
        if not isinstance(values, list):
            raise LockError(f"{self.where}: {key} is not a list of texts")
        texts = tuple(value for value in values if isinstance(value, str))
        if len(texts) != len(values):
            raise LockError(f"{self.where}: {key} is not a list of texts")
        return texts

    def table(self, key: str) -> Table:
        """Give a table that must be there."""
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise LockError(f"{self.where}: has no table {key}")
        return Table(value, f"{self.where}, {key}")

    def tables(self, key: str) -> tuple[Table, ...]:
        """Give a list of tables that must be there and not be empty."""
        values = self.values.get(key)
        if not isinstance(values, list) or not values or not all(isinstance(value, dict) for value in values):
            raise LockError(f"{self.where}: {key} is empty, or is not a list of tables")
        return tuple(Table(value, f"{self.where}, {key} {number}") for number, value in enumerate(values, 1))
