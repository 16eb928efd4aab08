"""GitHub's expressions, as text and as a tree: `needs.build.result == 'success'`.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions. Filters (`.*`) are not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.workflows.values import Value, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.]))"
    r"|(?P<string>'(?:[^']|'')*')"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>&&|\|\||==|!=|<=|>=|[<>!()\[\].,]))"
)
_TEMPLATE: Final = re.compile(r"\$\{\{((?:[^'}]|'(?:[^']|'')*'|\}(?!\}))*)\}\}")
_WORDS: Final = {"true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf")}
_LEVELS: Final = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))
"""Operators of two sides, those that bind least first."""


class WrongExpressionError(Exception):
    """An expression that GitHub would refuse to read."""


@dataclass(frozen=True)
class Literal:
    """A value that is written out."""

    value: Value


@dataclass(frozen=True)
class Context:
    """A context by its name: `github`."""

    name: str


@dataclass(frozen=True)
class Index:
    """A part of a value: `.name`, or anything in brackets."""

    of: Node
    key: Node


@dataclass(frozen=True)
class Call:
    """A function with what it is given."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Operation:
    """An operator between its sides; `!` has one."""

    operator: str
    sides: tuple[Node, ...]


Node = Literal | Context | Index | Call | Operation


def parse(text: str) -> Node:
    """Read an expression, or say what in it cannot be read."""
    return _Parser(text).whole()


def parse_template(text: str) -> tuple[str | Node, ...]:
    """Read a text with expressions in it: what stands between them is left as it is."""
    parts: list[str | Node] = []
    end = 0
    for match in _TEMPLATE.finditer(text):
        parts += [text[end : match.start()], parse(match[1])]
        end = match.end()
    parts.append(text[end:])
    if any(isinstance(each, str) and "${{" in each for each in parts):
        raise WrongExpressionError(f"an expression that does not end: {text}")
    return tuple(each for each in parts if each != "")


def parse_condition(text: str) -> Node:
    """Read what stands behind `if:`: without a function of the status, `success()` is asked first."""
    whole = _TEMPLATE.fullmatch(text.strip())
    if whole is None and "${{" in text:
        raise WrongExpressionError(f"a condition that is text, and so always true: {text}")
    node = parse(whole[1] if whole else text)
    asks = any(isinstance(each, Call) and each.name in STATUS for each in walk(node))
    return node if asks else Operation("&&", (Call("success", ()), node))


STATUS: Final = frozenset({"always", "cancelled", "failure", "success"})
"""Functions that say how it went until now."""


def walk(node: Node) -> Iterator[Node]:
    """Give an expression and everything in it."""
    yield node
    if isinstance(node, Index):
        yield from walk(node.of)
        yield from walk(node.key)
    for each in node.arguments if isinstance(node, Call) else node.sides if isinstance(node, Operation) else ():
        yield from walk(each)


class _Parser:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        end, whole = 0, text.rstrip()
        while end < len(whole):
            match = _TOKEN.match(whole, end)
            if match is None or match.lastgroup is None:
                raise WrongExpressionError(f"{text!r}: what is {whole[end:]!r}?")
            self._tokens.append((match.lastgroup, match[match.lastgroup]))
            end = match.end()
        self._tokens.reverse()

    def whole(self) -> Node:
        node = self._two_sided(0)
        if self._tokens:
            self._refuse(f"{self._tokens[-1][1]!r} is too much")
        return node

    def _two_sided(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._one_sided()
        node = self._two_sided(level + 1)
        while self._next() in _LEVELS[level]:
            node = Operation(self._take(), (node, self._two_sided(level + 1)))
        return node

    def _one_sided(self) -> Node:
        if self._next() == "!":
            return Operation(self._take(), (self._one_sided(),))
        return self._parts(self._first())

    def _first(self) -> Node:
        if not self._tokens:
            self._refuse("it ends too early")
        kind, text = self._tokens.pop()
        if kind == "number":
            return Literal(number_of(text))
        if kind == "string":
            return Literal(text[1:-1].replace("''", "'"))
        if kind == "name" and text in _WORDS:
            return Literal(_WORDS[text])
        if kind == "name":
            return Call(_FUNCTIONS.get(text.lower(), text), self._arguments()) if self._next() == "(" else Context(text)
        if text == "(":
            node = self._two_sided(0)
            self._require(")")
            return node
        return self._refuse(f"{text!r} stands where a value should")

    def _parts(self, node: Node) -> Node:
        while self._next() in {".", "["}:
            if self._take() == ".":
                kind, text = self._tokens.pop() if self._tokens else ("", "")
                if kind != "name":
                    self._refuse(f"{text!r} is no name of a part")
                node = Index(node, Literal(text))
            else:
                node = Index(node, self._two_sided(0))
                self._require("]")
        return node

    def _arguments(self) -> tuple[Node, ...]:
        self._require("(")
        given: list[Node] = []
        while self._next() != ")":
            if given:
                self._require(",")
            given.append(self._two_sided(0))
        self._require(")")
        return tuple(given)

    def _next(self) -> str:
        kind, text = self._tokens[-1] if self._tokens else ("", "")
        return text if kind == "sign" else ""

    def _take(self) -> str:
        return self._tokens.pop()[1]

    def _require(self, sign: str) -> None:
        if self._next() != sign:
            self._refuse(f"{sign!r} is missing")
        self._tokens.pop()

    def _refuse(self, why: str) -> Node:
        raise WrongExpressionError(f"{self._text!r}: {why}")


_NAMES: Final = ("contains", "endsWith", "format", "fromJSON", "hashFiles", "join", "startsWith", "toJSON", *STATUS)
_FUNCTIONS: Final = {name.lower(): name for name in _NAMES}
"""Functions by their names in lower case: GitHub does not mind how they are written."""
