"""YAML as GitHub reads it, and its parts with nothing in them that is not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from tests.workflows.values import text_of

if TYPE_CHECKING:
    from collections.abc import Hashable


class WrongWorkflowError(Exception):
    """A workflow that could not run: which file, where in it, and what is wrong."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2: `on` is a word, a date is a text, and a name stands once in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002  # the library's signature
        """Refuse a name that stands twice."""
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len({*map(str, names)}) < len(names):
            raise yaml.constructor.ConstructorError(None, None, "a name stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith((":bool", ":timestamp", ":merge"))]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), [*"tTfF"]
)


def read_yaml(place: str, text: str) -> object:
    """Read a file, or say where it is broken."""
    try:
        found: object = yaml.load(text, _Loader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        raise WrongWorkflowError(f"{place}: {error}") from None
    return found


def section(said: object, place: str, *known: str) -> dict[str, Any]:
    """Give a mapping that holds nothing but what is known; any names, where none are given."""
    if said is None:
        return {}
    if not isinstance(said, dict) or not all(isinstance(name, str) for name in said):
        raise WrongWorkflowError(f"{place}: not names with values, but {said!r}")
    if known and (unknown := said.keys() - {*known}):
        raise WrongWorkflowError(f"{place}: {', '.join(sorted(unknown))} is not known here")
    return said


def texts(said: object, place: str) -> dict[str, str]:
    """Give names with texts: numbers and truths as GitHub writes them."""
    found = section(said, place)
    if nested := [name for name, value in found.items() if isinstance(value, (dict, list))]:
        raise WrongWorkflowError(f"{place}: {nested[0]} is no text")
    return {name: text_of(value) for name, value in found.items()}


def words(said: object, place: str) -> tuple[str, ...]:
    """Give one word, or a list of them."""
    found = [said] if isinstance(said, str) else said or []
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise WrongWorkflowError(f"{place}: no word and no list of words: {said!r}")
    return tuple(found)


def truth(said: object, place: str) -> bool:
    """Give what is true or false, written so."""
    if not isinstance(said, bool):
        raise WrongWorkflowError(f"{place}: {said!r} where true or false is known alone")
    return said
