"""What an expression comes to, given its contexts and how things went until now."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.workflows.expression import (
    Call,
    Context,
    Index,
    Literal,
    Operation,
    WrongExpressionError,
    parse_condition,
    parse_template,
)
from tests.workflows.values import Value, is_equal, is_less, is_object, is_true, part_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.workflows.expression import Node

_PLACES: Final = re.compile(r"\{\{|\}\}|\{(\d+)\}|[{}]")


@dataclass(frozen=True)
class Scope:
    """What an expression can name."""

    contexts: Mapping[str, Value]
    status: Mapping[str, bool] = field(default_factory=dict)
    """What `success()` and the like say, by name."""
    folder: Path | None = None
    """Where `hashFiles` looks."""

    def value(self, node: Node) -> Value:
        """Give what an expression comes to; what it names must be there."""
        if isinstance(node, Literal):
            return node.value
        if isinstance(node, Context):
            return self._context(node.name)
        if isinstance(node, Index):
            return part_of(self.value(node.of), self.value(node.key))
        if isinstance(node, Call):
            return self._call(node)
        return self._operate(node)

    def text(self, template: str) -> str:
        """Fill in the expressions of a text."""
        return "".join(
            each if isinstance(each, str) else text_of(self.value(each)) for each in parse_template(template)
        )

    def whole(self, template: str) -> Value:
        """Give the value of a text that is one expression, and the text filled in where it is more."""
        parts = parse_template(template)
        if len(parts) == 1 and not isinstance(parts[0], str):
            return self.value(parts[0])
        return self.text(template)

    def holds(self, condition: str) -> bool:
        """Say whether what stands behind `if:` is so; nothing there asks whether all went well."""
        return is_true(self.value(parse_condition(condition or "success()")))

    def _context(self, name: str) -> Value:
        if name not in self.contexts:
            raise WrongExpressionError(f"there is no context {name!r} here, but {', '.join(sorted(self.contexts))}")
        return self.contexts[name]

    def _operate(self, node: Operation) -> Value:
        operator, (left, *right) = node.operator, node.sides
        first = self.value(left)
        if operator == "!":
            return not is_true(first)
        if operator in {"&&", "||"}:
            return first if is_true(first) == (operator == "||") else self.value(right[0])
        second = self.value(right[0])
        comparisons: dict[str, Callable[[], bool]] = {
            "==": lambda: is_equal(first, second),
            "!=": lambda: not is_equal(first, second),
            "<": lambda: is_less(first, second),
            ">": lambda: is_less(second, first),
            "<=": lambda: is_less(first, second) or is_equal(first, second),
            ">=": lambda: is_less(second, first) or is_equal(first, second),
        }
        return comparisons[operator]()

    def _call(self, node: Call) -> Value:
        given = [self.value(each) for each in node.arguments]
        if node.name in self.status and not given:
            return self.status[node.name]
        if node.name == "hashFiles":
            return self._hash([text_of(each) for each in given])
        least, most, function = FUNCTIONS.get(node.name, (1, 0, None))
        if function is None:
            raise WrongExpressionError(f"there is no function {node.name}() here")
        if not least <= len(given) <= most:
            raise WrongExpressionError(f"{node.name}() of {len(given)} values")
        return function(given)

    def _hash(self, patterns: Sequence[str]) -> str:
        if self.folder is None:
            raise WrongExpressionError("there are no files here for hashFiles()")
        paths = sorted({path for each in patterns for path in self.folder.glob(each) if path.is_file()})
        whole = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in paths))
        return whole.hexdigest() if paths else ""


def _contains(given: list[Value]) -> bool:
    where, what = given
    if isinstance(where, (list, tuple)):
        return any(is_equal(each, what) for each in where)
    return not is_object(where) and text_of(what).upper() in text_of(where).upper()


def _format(given: list[Value]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match[0] in {"{{", "}}"}:
            return match[0][0]
        if match[1] is None or int(match[1]) >= len(given) - 1:
            raise WrongExpressionError(f"format(): {match[0]} in {text_of(given[0])!r} leads nowhere")
        return text_of(given[int(match[1]) + 1])

    return _PLACES.sub(fill, text_of(given[0]))


def _join(given: list[Value]) -> str:
    separator = text_of(given[1]) if len(given) > 1 else ","
    return separator.join(map(text_of, given[0])) if isinstance(given[0], (list, tuple)) else text_of(given[0])


def _from_json(given: list[Value]) -> Value:
    try:
        found: Value = json.loads(text_of(given[0]))
    except ValueError as error:
        raise WrongExpressionError(f"fromJSON() of {text_of(given[0])!r}: {error}") from None
    return found


FUNCTIONS: Final[Mapping[str, tuple[int, int, Callable[[list[Value]], Value]]]] = {
    "contains": (2, 2, _contains),
    "startsWith": (2, 2, lambda given: text_of(given[0]).upper().startswith(text_of(given[1]).upper())),
    "endsWith": (2, 2, lambda given: text_of(given[0]).upper().endswith(text_of(given[1]).upper())),
    "format": (1, 99, _format),
    "join": (1, 2, _join),
    "toJSON": (1, 1, lambda given: json.dumps(given[0], indent=2, ensure_ascii=False)),
    "fromJSON": (1, 1, _from_json),
}
"""By name: how many values each takes at least and at most, and what it makes of them."""
