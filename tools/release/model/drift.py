"""What differs between how a setting is and how it should be, one line for each difference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = Mapping[str, Any]
_LONGEST: Final = 200


class _Unsaid:
    """What stands in for a value that the answer does not have."""


UNSAID: Final = _Unsaid()


@dataclass(frozen=True)
class Difference:
    """One value, by the path at which it stands in the file."""

    path: str
    has: object
    should: object

    @property
    def is_unsaid(self) -> bool:
        """Whether it was not told what the value is: it may be hidden from the token."""
        return self.has is UNSAID

    def __str__(self) -> str:
        has = "not said" if self.is_unsaid else _written(self.has)
        return f"{self.path} is {has}, and should be {_written(self.should)}"


def differences(wanted: Document, found: Document, path: str = "") -> Iterator[Difference]:
    """Compare everything that is wanted; lists have no order, and what else was found is nobody's matter.

    But for a ruleset's `rules`: one, or a parameter, that was not asked for is a difference, unless it says nothing.
    """
    for key, should in wanted.items():
        place = f"{path}.{key}" if path else key
        has = found.get(key, UNSAID)
        if isinstance(should, Mapping) and isinstance(has, Mapping):
            compare = _differences_of_rules if place == "rules" else differences
            yield from compare(should, has, place)
        elif _text(should) != _text(has):
            yield Difference(place, has, should)


def by_type(rules: object) -> dict[str, Document]:
    """Give a ruleset's rules by their types, each with its parameters: their order means nothing."""
    listed = rules if isinstance(rules, list) else []
    return {str(each.get("type")): each.get("parameters") or {} for each in listed if isinstance(each, Mapping)}


def _differences_of_rules(wanted: Document, found: Document, path: str) -> Iterator[Difference]:
    for kind in sorted(wanted.keys() | found.keys()):
        place = f"{path}.{kind}"
        if kind not in found or kind not in wanted:
            there = {True: "there", False: "not there"}
            yield Difference(place, there[kind in found], there[kind in wanted])
            continue
        more = {key: None for key, has in found[kind].items() if has and key not in wanted[kind]}
        yield from differences({**wanted[kind], **more}, found[kind], place)


def _canonical(value: object) -> object:
    """Give a value so that two of the same meaning are equal: lists in order, nothing where nothing is said."""
    if isinstance(value, Mapping):
        return {key: _canonical(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return sorted((_canonical(each) for each in value), key=_text)
    return value


def _text(value: object) -> str:
    return json.dumps(_canonical(value), sort_keys=True, default=str)


def _written(value: object) -> str:
    text = _text(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
