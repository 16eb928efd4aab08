"""Text in TOML to plain tables and back, with the place named where something is wrong."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from table_contracts.errors import ContractError
from table_contracts.literal import as_text

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Table: TypeAlias = dict[str, object]

_ESCAPES = {"\x7f": "\\u007f"}


def parse(text: str) -> Table:
    """Read TOML, its floats as exact decimals; raises `ContractError` where it is none."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"this is no TOML: {error}") from error


def expect_table(value: object, allowed: Mapping[str, object], where: str) -> Table:
    """Refuse what is no table, and keys that mean nothing, with the list of those that do."""
    place = f"{where}: " if where else ""
    if not isinstance(value, dict):
        raise ContractError(f"{place}{value!r} is no table; it takes {', '.join(allowed)}")
    for key in value:
        if key not in allowed:
            raise ContractError(
                f"{where}{'.' if where else ''}{key}: there is no such key; allowed are {', '.join(allowed)}"
            )
    return value


def write(table: Mapping[str, object], name: str = "") -> str:
    """Write a table, those within it after its own values, as TOML that `parse` reads back."""
    own = [f"{_key(key)} = {_inline(value)}" for key, value in table.items() if not _is_section(key, name)]
    lines = [f"[{name}]"] * bool(name) + own
    sections = [
        write(inner, f"{key}.{_key(each)}")
        for key, value in table.items()
        if _is_section(key, name) and isinstance(value, dict)
        for each, inner in value.items()
    ]
    return "\n".join(["\n".join(lines) + "\n", *sections])


def _is_section(key: str, name: str) -> bool:
    return key == "columns" and not name


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _text(key)


def _inline(value: object) -> str:
    match value:
        case str():
            return _text(value)
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_inline(inner)}" for key, inner in value.items()) + " }"
        case list() | tuple():
            return f"[{', '.join(map(_inline, value))}]"
        case bool() | int() | float() | Decimal() | datetime() | date():
            return as_text(value)
    raise TypeError(f"{value!r} cannot be written as TOML")


def _text(text: str) -> str:
    # What JSON escapes, TOML escapes alike, except for one control character.
    return "".join(_ESCAPES.get(character, character) for character in json.dumps(text, ensure_ascii=False))
