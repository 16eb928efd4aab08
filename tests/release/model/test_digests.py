"""Digests as one job hands them to another: what was written is read, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.errors import UsageError
from release.model.digests import names_of, parse_digests, write_digests
from release.model.tag import parse_tag

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,40}", fullmatch=True).filter(lambda name: name != "SHA256SUMS")
DIGESTS = st.dictionaries(NAMES, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), min_size=1, max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


def told(text: str) -> dict[str, str] | UsageError:
    """Give what is read, or why nothing is."""
    try:
        return parse_digests([text])
    except UsageError as error:
        return error


@given(st.lists(DIGESTS, max_size=4))
def test_the_last_word_on_a_name_counts(said: list[dict[str, str]]) -> None:
    wanted: dict[str, str] = {}
    for each in said:
        wanted |= each
    assert parse_digests(map(write_digests, said)) == wanted
    assert all("\n" not in write_digests(each) for each in said)


@given(st.text() | JSON.map(json.dumps) | st.dictionaries(st.text(), st.text()).map(json.dumps))
def test_whatever_is_no_such_object_is_refused_with_a_hint(text: str) -> None:
    if isinstance(said := told(text), UsageError):
        assert said.message.startswith("--digests")
        assert said.hint
        assert said.message.isprintable()
    else:
        assert said == json.loads(text)
        assert all(len(digest) == 64 for digest in said.values())


SHA = "a" * 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "null",
        "[]",
        "{",
        '{"a": 1}',
        f'{{"SHA256SUMS": "{SHA}"}}',
        f'{{"a": "{SHA.upper()}"}}',
        f'{{"a": "{SHA}", "a": "{SHA}"}}',
        f'{{".hidden": "{SHA}"}}',
        f'{{"a/b": "{SHA}"}}',
        f'{{"\\ud800": "{SHA}"}}',
        "\udcff",
        " " * (1024 * 1024 + 1),
        "[" * 100,
    ],
)
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_digests([text])


def test_the_names_of_two_versions_of_which_one_begins_like_the_other_differ() -> None:
    assert not set(names_of(parse_tag("alpha/v0.1.0"))) & set(names_of(parse_tag("alpha/v0.1.0.post1")))
