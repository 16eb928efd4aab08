"""What differs is told once for each value, and what means the same is no difference."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release.model.drift import by_type, differences

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALARS = st.booleans() | st.integers(-3, 3) | st.text("ab/*", max_size=3)
KEYS = st.sampled_from(["a", "b", "c"])
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(KEYS, SCALARS | st.lists(SCALARS), max_size=3)
PARAMETERS = st.dictionaries(KEYS, SCALARS | st.lists(SCALARS, max_size=2), max_size=2)
RULES = st.fixed_dictionaries({}, optional={"rules": st.dictionaries(KEYS, PARAMETERS, max_size=3)})
DOCUMENTS = st.builds(dict.__or__, st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), RULES)
few = settings(max_examples=60)


def leaves(node: object, *path: object) -> Iterator[tuple[object, ...]]:
    """Give the place of every value that is no document and no list."""
    if isinstance(node, dict):
        for key, each in node.items():
            yield from leaves(each, *path, key)
    elif isinstance(node, list):
        for index, each in enumerate(node):
            yield from leaves(each, *path, index)
    else:
        yield path


def shuffled(node: Any, order: st.DataObject) -> Any:  # noqa: ANN401  # a document
    """Give the same with every list in another order."""
    if isinstance(node, dict):
        return {key: shuffled(each, order) for key, each in node.items()}
    if isinstance(node, list):
        return order.draw(st.permutations([shuffled(each, order) for each in node]))
    return node


@few
@given(DOCUMENTS, st.data())
def test_the_same_in_another_order_and_with_more_around_it_does_not_differ(document: dict[str, Any], data: Any) -> None:  # noqa: ANN401
    found = {**shuffled(copy.deepcopy(document), data), "url": "https://example.org", "id": 7}
    assert list(differences(document, found)) == []


@few
@given(DOCUMENTS, st.data())
def test_any_single_change_is_told_where_it_is(document: dict[str, Any], data: Any) -> None:  # noqa: ANN401
    places = list(leaves(document))
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    found = copy.deepcopy(document)
    node: Any = found
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = data.draw(SCALARS.filter(lambda new: json.dumps(new) != json.dumps(node[place[-1]])))
    (told,) = differences(document, found)
    assert f".{'.'.join(map(str, place))}".startswith(f".{told.path}")


@few
@given(DOCUMENTS, st.data())
def test_what_is_not_said_is_told_as_such(document: dict[str, Any], data: Any) -> None:  # noqa: ANN401
    key = data.draw(st.sampled_from(sorted(document)))
    (told,) = differences(document, {name: each for name, each in document.items() if name != key})
    assert (told.path, told.is_unsaid) == (key, True)
    assert str(told).startswith(f"{key} is not said, and should be ")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"one": {}}, ['rules.two is "not there", and should be "there"']),
        ({"one": {}, "two": {"x": 1}, "three": {}}, ['rules.three is "there", and should be "not there"']),
        ({"one": {"y": []}, "two": {"x": 1, "y": False}}, []),
        ({"one": {}, "two": {"x": 1, "y": True}}, ["rules.two.y is true, and should be null"]),
        ({"one": {}, "two": {"x": True}}, ["rules.two.x is true, and should be 1"]),
        ({"one": {}, "two": {}}, ["rules.two.x is not said, and should be 1"]),
    ],
)
def test_of_rules_nothing_may_be_missing_and_nothing_too_much(found: dict[str, Any], said: list[str]) -> None:
    wanted = {"rules": {"one": {}, "two": {"x": 1}}}
    assert [str(each) for each in differences(wanted, {"rules": found})] == said


def test_rules_are_known_by_their_types() -> None:
    assert by_type([{"type": "a"}, {"type": "b", "parameters": {"x": 1}}]) == {"a": {}, "b": {"x": 1}}
    assert by_type(None) == {}


def test_a_long_value_is_cut() -> None:
    (told,) = differences({"a": "x" * 500}, {"a": ""})
    assert len(str(told)) < 300
    assert str(told).endswith("…")
