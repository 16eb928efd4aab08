"""Terraform's language, as far as it is written here: blocks within blocks, attributes, and values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Value: TypeAlias = "str | int | Expression | Mapping[str, Value]"
    Attribute: TypeAlias = "tuple[str, Value | Encoded]"
    Body: TypeAlias = "Sequence[Block | Attribute]"


@dataclass(frozen=True)
class Expression:
    """What Terraform works out: `var.node_type_id`."""

    text: str


@dataclass(frozen=True)
class Encoded:
    """A value that Terraform makes a JSON text of."""

    value: Mapping[str, Value]


@dataclass(frozen=True)
class Block:
    """A block: its type with its labels, and what stands in it, in order."""

    header: str
    body: Body = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Write it, line by line; attributes that take a line each have one column."""
        indent = "  " * depth
        yield f"{indent}{self.header} {{"
        attributes = (each for each in self.body if isinstance(each, tuple))
        width = max((len(name) for name, value in attributes if _is_short(value)), default=0)
        for each in self.body:
            if isinstance(each, Block):
                yield from each.lines(depth + 1)
            else:
                name, value = each
                yield f"{indent}  {name:<{width if _is_short(value) else 0}} = {_show(value, depth + 1)}"
        yield f"{indent}}}"


def quote(text: str) -> str:
    """Write a text that means itself, whatever stands in it."""
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _is_short(value: Value | Encoded) -> bool:
    """Whether it is written on the line of its name."""
    return isinstance(value, str | int | Expression)


def _show(value: Value | Encoded, depth: int) -> str:
    if isinstance(value, Encoded):
        return f"jsonencode({_show(value.value, depth)})"
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, int):
        return str(value)
    rows = {quote(key): _show(each, depth + 1) for key, each in value.items()}
    if all(isinstance(each, str | int) for each in value.values()):
        return f"{{ {', '.join(f'{key} = {each}' for key, each in rows.items())} }}" if rows else "{}"
    indent, width = "  " * depth, max(map(len, rows))
    return "".join(["{\n", *(f"{indent}  {key:<{width}} = {each}\n" for key, each in rows.items()), f"{indent}}}"])
