"""What the tools can say, read from their sources: every message, with `…` for what differs each time."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ANY = "…"
_DEEPEST = 4
SOURCES = (*sorted((ROOT / "tools").rglob("*.py")), *sorted((ROOT / "databricks").glob("*.py")))


@dataclass(frozen=True)
class Saying:
    """A message at the place that says it: which call makes it, and its words."""

    place: str
    call: str
    words: str

    def holds(self, phrase: str) -> bool:
        """Whether the words of a phrase, which may leave some out by `…`, stand in it in their order."""
        at = 0
        for part in phrase.split(_ANY):
            found = self.words.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return True


@dataclass(frozen=True)
class _Reader:
    """Reads the messages of one module: what a name stands for in a function is looked up in it, and in its callers."""

    place: str
    tree: ast.Module

    def read(self, calls: Collection[str]) -> Iterator[Saying]:
        for call, function in self._calls:
            if call.args and _name_of(call) in calls:
                for words in self._word(call.args[0], function, _DEEPEST):
                    yield Saying(f"{self.place}:{call.lineno}", _name_of(call), words)

    @cached_property
    def _calls(self) -> tuple[tuple[ast.Call, ast.AST], ...]:
        """Every call, and the function in whose body it stands."""
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        return tuple((call, function) for function in (self.tree, *functions) for call in _own_calls(function))

    def _word(self, node: ast.expr, scope: ast.AST, depth: int) -> list[str]:
        """Give the words of an expression; several where callers of its function give it several."""
        match node:
            case ast.Constant(value=str() as text):
                words = [text]
            case ast.JoinedStr(values=parts):
                words = _joined([self._word(each, scope, depth) for each in parts])
            case ast.FormattedValue(value=inner):
                words = self._word(inner, scope, depth)
            case ast.BoolOp(values=parts):
                words = [_ANY.join(said[0] for said in (self._word(each, scope, depth) for each in parts))]
            case ast.IfExp(body=one, orelse=other):
                words = self._word(one, scope, depth) + self._word(other, scope, depth)
            case ast.Name(id=name) if depth:
                words = self._look_up(name, scope, depth - 1)
            case _:
                words = [_ANY]
        return words

    def _look_up(self, name: str, scope: ast.AST, depth: int) -> list[str]:
        given = [
            each.value
            for each in ast.walk(scope)
            if isinstance(each, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in each.targets)
        ]
        if given:
            return [word for value in given for word in self._word(value, scope, depth)]
        if not isinstance(scope, ast.FunctionDef) or name not in (names := [each.arg for each in scope.args.args]):
            return [_ANY] if scope is self.tree else self._look_up(name, self.tree, depth)
        at = names.index(name)
        told = [
            self._word(call.args[at], function, depth)
            for call, function in self._calls
            if _name_of(call) == scope.name and len(call.args) > at
        ]
        return [word for words in told for word in words] or [_ANY]


def _joined(parts: list[list[str]]) -> list[str]:
    made = [""]
    for words in parts:
        made = [f"{begun}{word}" for begun in made for word in words]
    return made


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """Give the calls in a function's body, and not those of functions within it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def _name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def read_sayings(source: str, place: str, calls: Collection[str]) -> list[Saying]:
    """Give every message of a module that one of these calls is given as its first argument."""
    return list(_Reader(place, ast.parse(source)).read(calls))


@cache
def say(*calls: str) -> tuple[Saying, ...]:
    """Give every message of the tools that one of these calls makes and that has words of its own."""
    wanted = re.compile(rf"\b(?:{'|'.join(calls)})\(")
    made = [
        each
        for path in SOURCES
        if wanted.search(source := path.read_text())
        for each in read_sayings(source, str(path.relative_to(ROOT)), calls)
    ]
    return tuple(each for each in dict.fromkeys(made) if re.search(r"\w{2}", each.words))


@cache
def all_texts() -> tuple[Saying, ...]:
    """Give every text of the tools, whoever says it."""
    return tuple(
        Saying(str(path.relative_to(ROOT)), "", text)
        for path in SOURCES
        for text in _texts_of(ast.parse(path.read_text()))
    )


def _texts_of(tree: ast.Module) -> Iterator[str]:
    """Give every text but those that stand alone: docstrings are said to nobody."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) not in alone and isinstance(text := _text_of(node), str):
            yield text


def _text_of(node: ast.AST) -> object:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else _ANY for each in node.values)
    return node.value if isinstance(node, ast.Constant) else None
