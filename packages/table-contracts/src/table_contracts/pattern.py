"""Patterns are regular expressions of Java, as Spark has them, and match a whole value."""

from __future__ import annotations

import re

from table_contracts.errors import ContractError

_PYTHON_ONLY = {
    "(?P": "name a group (?<name>…) and refer to it as \\k<name>",
    "(?(": "Java has no conditional groups",
    "(?#": "Java has no such comments",
}
_COMMENTS_MODE = re.compile(r"\(\?[a-wyzA-Z]*x")


def whole(pattern: str) -> str:
    """Bind a pattern to the whole value, for Spark's `rlike` finds a match anywhere."""
    return rf"\A(?:{pattern})\z"


def check_form(pattern: str) -> None:
    r"""Refuse what is no Java pattern by its form: brackets, what only Python has, and what would undo the whole match.

    The rest is Spark's to say, and `check` asks it before it reads the table. Raises `ContractError`.
    """
    for opening, advice in _PYTHON_ONLY.items():
        if opening in pattern:
            raise ContractError(f"{pattern!r}: patterns are Java's, not Python's: {advice}")
    if _COMMENTS_MODE.search(pattern):
        raise ContractError(f"{pattern!r}: the flag x would make the end of the pattern a comment; leave it out")
    _check_brackets(pattern)


def _check_brackets(pattern: str) -> None:
    groups = classes = position = 0
    while position < len(pattern):
        here = pattern[position]
        if here == "\\":
            position = _after_escape(pattern, position)
            continue
        if here == "[":
            classes += 1
            # Java takes a ] that comes first in a class for the character.
            position += re.compile(r"\^?\]?").match(pattern, position + 1).end() - position - 1  # type: ignore[union-attr]  # matches nothing, too
        elif here == "]" and classes:
            classes -= 1
        elif here in "()" and not classes:
            groups += 1 if here == "(" else -1
        if groups < 0:
            raise ContractError(f"{pattern!r}: the ) at {position} closes nothing")
        position += 1
    if groups or classes:
        raise ContractError(f"{pattern!r}: a {'[' if classes else '('} is not closed")


def _after_escape(pattern: str, position: int) -> int:
    if position + 1 == len(pattern):
        raise ContractError(f"{pattern!r}: the backslash at the end escapes nothing")
    if pattern[position + 1] != "Q":
        return position + 2
    end = pattern.find("\\E", position)
    if end < 0:
        raise ContractError(f"{pattern!r}: a \\Q needs its \\E")
    return end + 2
