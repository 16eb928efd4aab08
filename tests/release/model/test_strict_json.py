from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model.strict_json import DEEPEST, NotStrict, parse_strictly

NUMBERS = st.one_of(st.integers(-(10**28), 10**28), st.floats(allow_nan=False, allow_infinity=False))
DOCUMENTS = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=20,
)


@given(DOCUMENTS, st.booleans())
def test_what_json_writes_is_read(document: object, ascii_only: bool) -> None:  # noqa: FBT001  # drawn
    assert parse_strictly(json.dumps(document, ensure_ascii=ascii_only).encode()) == document


@given(st.dictionaries(st.text(), st.integers(0, 9), min_size=1, max_size=4), st.data())
def test_no_object_has_a_key_twice(document: dict[str, int], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(sorted(document)))
    text = json.dumps(document).removesuffix("}") + f", {json.dumps(again)}: 1}}"
    with pytest.raises(NotStrict, match="twice"):
        parse_strictly(text.encode())


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        document = parse_strictly(content)
    except NotStrict:
        return
    assert parse_strictly(json.dumps(document).encode()) == document


@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_nesting_is_counted_outside_texts(pair: str) -> None:
    begin, end = pair[0] + ('"a":' if pair == "{}" else ""), pair[1]
    assert parse_strictly(f"{begin * DEEPEST}0{end * DEEPEST}".encode())
    with pytest.raises(NotStrict, match="nested more than 32 deep"):
        parse_strictly(f"{begin * (DEEPEST + 1)}0{end * (DEEPEST + 1)}".encode())
    assert parse_strictly(json.dumps(["[" * 100, '\\"{{' * 100, "{" * 100]).encode())


@pytest.mark.parametrize("text", ['"' + '\\"' * 2_000_000, '"' * 2_000_001, "[" * 4_000_000, '{"a":' + "1" * 4_000_000])
def test_the_largest_bundle_keeps_nobody_waiting(text: str) -> None:
    with pytest.raises(NotStrict):  # a pattern that begins again at every quotation mark takes hours
        parse_strictly(text.encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("9" * 31, "too many digits"),
        ("-" + "9" * 30, "too many digits"),
        ("0." + "1" * 29, "too many digits"),
        ("1e999", "too large"),
        ("[-1e999]", "too large"),
        ("NaN", "no JSON"),
        ("-Infinity", "no JSON"),
        (r'"\ud800"', "surrogates"),
        (r'{"\udfff": 1}', "surrogates"),
        ('"\0"', "control character"),
        ("\ufeff1", "BOM"),
        ("", "Expecting value"),
        ("1 2", "Extra data"),
    ],
)
def test_what_readers_disagree_about_is_refused(text: str, why: str) -> None:
    with pytest.raises(NotStrict, match=why):
        parse_strictly(text.encode())


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    with pytest.raises(NotStrict, match="utf-8"):
        parse_strictly(b'"\xff"')


def test_numbers_up_to_thirty_characters_are_read_as_they_are() -> None:
    assert parse_strictly(b"[" + b"9" * 30 + b", -1.5e300]") == [10**30 - 1, -1.5e300]
