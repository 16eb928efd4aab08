"""Spark's data types as text: one spelling for each, whether written as DDL or told by a DataFrame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    SchemaType: TypeAlias = str | Mapping[str, Any]

SPELLINGS = {
    "tinyint": ("byte",),
    "smallint": ("short",),
    "int": ("integer",),
    "bigint": ("long",),
    "float": ("real",),
    "double": (),
    "decimal": ("dec", "numeric"),
    "string": (),
    "boolean": (),
    "binary": (),
    "date": (),
    "timestamp": ("timestamp_ltz",),
    "timestamp_ntz": (),
    "variant": (),
    "void": (),
}
ONE_SPELLING = {word: name for name, words in SPELLINGS.items() for word in (name, *words)}


def from_schema(described: SchemaType) -> str:
    """Spell a type as a DataFrame's schema describes it in JSON (`DataType.jsonValue()`)."""
    if isinstance(described, str):
        return ONE_SPELLING.get(described, described)
    match described["type"]:
        case "array":
            return f"array<{from_schema(described['elementType'])}>"
        case "map":
            return f"map<{from_schema(described['keyType'])},{from_schema(described['valueType'])}>"
        case "struct":
            return spell_struct([(field["name"], from_schema(field["type"])) for field in described["fields"]])
    return str(described.get("class", described["type"]))


def decimal_shape(spelled: str) -> tuple[int, int]:
    """Tell digits in all and digits after the point of a canonical decimal."""
    digits, scale = spelled.removeprefix("decimal(").removesuffix(")").split(",")
    return int(digits), int(scale)


def spell_struct(fields: list[tuple[str, str]]) -> str:
    """Spell a struct of fields, each a name and a canonical type."""
    return f"struct<{','.join(f'{_quoted(name)}:{spelled}' for name, spelled in fields)}>"


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"\w+", name) else f"`{name.replace('`', '``')}`"
