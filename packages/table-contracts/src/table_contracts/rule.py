"""The rules a contract comes down to, each with the words a report says it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from table_contracts.duration import write_duration
from table_contracts.literal import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from table_contracts.column import Column
    from table_contracts.contract import Contract


@dataclass(frozen=True)
class Rule:
    """One rule: its kind, the columns it is about, and what it asks in words.

    `kind` is one of `nullable`, `range`, `length`, `allowed`, `pattern` (judged row by row), `key` and `fresh`.
    """

    kind: str
    columns: tuple[str, ...]
    asks: str

    def __str__(self) -> str:
        """Say the rule: `amount: at least 0.00`."""
        return f"{', '.join(self.columns)}: {self.asks}"


def row_rules(contract: Contract) -> list[tuple[Rule, Column]]:
    """List the rules that one row alone keeps or breaks, in the contract's order."""
    return [
        (Rule(kind, (column.name,), asks), column)
        for column in contract.columns
        for kind, asks in _asked_of_rows(column)
    ]


def key_rules(contract: Contract) -> list[Rule]:
    """List the rules that rows keep or break together."""
    return [Rule("key", key, "unique") for key in contract.keys]


def fresh_rules(contract: Contract) -> list[tuple[Rule, Column]]:
    """List the rules that the table as a whole keeps or breaks."""
    return [
        (Rule("fresh", (column.name,), f"newest at most {write_duration(column.fresh_within)} old"), column)
        for column in contract.columns
        if column.fresh_within is not None
    ]


def _asked_of_rows(column: Column) -> Iterator[tuple[str, str]]:
    if not column.nullable:
        yield "nullable", "not null"
    if column.range is not None:
        yield "range", str(column.range)
    if column.length is not None:
        yield "length", str(column.length)
    if column.allowed is not None:
        yield "allowed", f"one of {', '.join(as_text(value) for value in column.allowed)}"
    if column.pattern is not None:
        yield "pattern", f"matches {column.pattern}"
