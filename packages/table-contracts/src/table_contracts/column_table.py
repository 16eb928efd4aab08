"""A column as the table `[columns.<name>]` of a contract in TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from table_contracts.bounds import Length, Range
from table_contracts.column import Column
from table_contracts.document import expect_table
from table_contracts.duration import parse_duration, write_duration
from table_contracts.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable

    from table_contracts.document import Table

_KEYS = {
    "type": str,
    "nullable": bool,
    "required": bool,
    "range": dict,
    "length": dict,
    "allowed": list,
    "pattern": str,
    "fresh_within": str,
}
_WORDS = {str: "text", bool: "true or false", dict: "a table", list: "a list"}


def read_column(name: str, given: object) -> Column:
    """Make a column of its table; raises `ContractError` that names the key."""
    where = f"columns.{name}"
    table = expect_table(given, _KEYS, where)
    for key, value in table.items():
        if not isinstance(value, _KEYS[key]):
            raise ContractError(f"{where}.{key}: {value!r} is not {_WORDS[_KEYS[key]]}")
    if "type" not in table:
        raise ContractError(f"{where}.type: it is missing; every column has one, such as 'bigint'")
    values: dict[str, Any] = dict(table)
    readers: dict[str, Callable[[object, str], object]] = {
        "range": lambda value, place: Range(**cast("dict[str, Any]", expect_table(value, Range.WORDS, place))),
        "length": lambda value, place: Length(**cast("dict[str, Any]", expect_table(value, Length.WORDS, place))),
        "allowed": lambda value, _: tuple(cast("list[object]", value)),
        "fresh_within": parse_duration,
    }
    for key, read in readers.items():
        if key in values:
            values[key] = read(values[key], f"{where}.{key}")
    return Column(name, **values)


def column_table(column: Column) -> Table:
    """Make a column's table, with nothing in it that goes without saying."""
    table: Table = {"type": column.type}
    for flag in ("nullable", "required"):
        if not getattr(column, flag):
            table[flag] = False
    for key in ("range", "length"):
        bounds = getattr(column, key)
        if bounds is not None:
            table[key] = bounds.given()
    for key in ("allowed", "pattern"):
        if getattr(column, key) is not None:
            table[key] = getattr(column, key)
    if column.fresh_within is not None:
        table["fresh_within"] = write_duration(column.fresh_within)
    return table
