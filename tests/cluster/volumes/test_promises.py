"""What is signed of clusters reads back as it was written, and as its page describes it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.model.lock import ClusterLock
from cluster.model.promise import (
    DOCUMENT,
    LOCK_FIELDS,
    LOCK_TYPE,
    POINTER_FIELDS,
    POINTER_TYPE,
    ROLLED_BACK_FROM,
    SUBJECT,
    NotAPromise,
    Pointer,
    is_of_lock,
    lock_statement,
    read_pointer,
)
from tests.repository.tree import ROOT

PAGE = (ROOT / "tools" / "cluster" / "promise" / "v1.md").read_text()
LOCK = ClusterLock("etl", 7, "15.4", "0" * 64, "3.11", "x86_64", "stable", "2026-01-02T03:04:05Z", ("six",), ())
POINTER = Pointer("etl", 7, "f" * 64, 9)
BACK = replace(POINTER, rolled_back_from=8)
FIELDS_BACK = (*POINTER_FIELDS, ROLLED_BACK_FROM)


def section(kind: str) -> str:
    """Give what the page says below a heading."""
    return PAGE.partition(f"\n## {kind}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(("kind", "fields"), [(LOCK_TYPE, LOCK_FIELDS), (POINTER_TYPE, FIELDS_BACK)])
def test_the_page_describes_every_field_in_its_order(kind: str, fields: tuple[str, ...]) -> None:
    address, _, heading = kind.partition("#")
    assert address == DOCUMENT
    assert tuple(re.findall(r"^\| `(\w+)` \|", section(heading), re.MULTILINE)) == fields


@pytest.mark.parametrize(
    ("statement", "kind", "fields"),
    [
        (lock_statement(LOCK), LOCK_TYPE, LOCK_FIELDS),
        (POINTER.as_statement(), POINTER_TYPE, POINTER_FIELDS),
        (BACK.as_statement(), POINTER_TYPE, FIELDS_BACK),
    ],
)
def test_a_statement_holds_what_the_page_says(statement: bytes, kind: str, fields: tuple[str, ...]) -> None:
    document = json.loads(statement)
    assert (document["predicateType"], tuple(document["predicate"])) == (kind, fields)
    assert [each["name"] for each in document["subject"]] == [SUBJECT]
    assert f"`{SUBJECT}`" in PAGE


def test_the_page_stands_where_its_address_leads() -> None:
    assert DOCUMENT.endswith("/blob/main/tools/cluster/promise/v1.md")


@given(
    st.builds(
        Pointer, st.text(), st.integers(1, 2**40), st.from_regex(r"[0-9a-f]{64}", fullmatch=True), st.integers(1, 2**40)
    ),
    st.none() | st.integers(1, 2**40),
)
def test_every_pointer_reads_back(pointer: Pointer, left: int | None) -> None:
    pointer = replace(pointer, rolled_back_from=left and pointer.number + left)
    try:
        statement = pointer.as_statement()
    except UnicodeEncodeError:  # half of a surrogate pair is no name
        return
    assert read_pointer(statement) == pointer


def test_a_lock_is_known_by_every_one_of_its_facts() -> None:
    statement = lock_statement(LOCK)
    assert is_of_lock(statement, LOCK)
    others = (replace(LOCK, number=8), replace(LOCK, cluster="other"), replace(LOCK, runtime="16.4"))
    assert not [each for each in others if is_of_lock(statement, each)]
    assert not is_of_lock(POINTER.as_statement(), LOCK)
    assert not is_of_lock(statement.replace(LOCK.sha256.encode(), b"f" * 64), LOCK)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"[]",
        b'{"predicate": []}',
        lock_statement(LOCK),
        POINTER.as_statement().replace(b"Statement/v1", b"Statement/v2"),
        POINTER.as_statement().replace(b"#pointer", b"#lock"),
        POINTER.as_statement().replace(b'"etl"', b"1"),
        POINTER.as_statement().replace(b":9", b":0"),
        POINTER.as_statement().replace(b":9", b":true"),
        POINTER.as_statement().replace(b":9", b":9.0"),
        POINTER.as_statement().replace(b'"sequence":9', b'"sequence":9,"sequence":10'),
        POINTER.as_statement().replace(b'"sequence":9', b'"sequence":9,"until":1'),
        POINTER.as_statement().replace(b'"sequence":9', b'"order":9'),
        BACK.as_statement().replace(b":8", b":7"),
        BACK.as_statement().replace(b":8", b":8.0"),
        BACK.as_statement().replace(b":8", b":null"),
        BACK.as_statement().replace(b":8", b":true"),
        BACK.as_statement().replace(b'"sequence":9,', b""),
        lock_statement(LOCK).replace(b'"number":7', b'"number":7,"rolled_back_from":8'),
        POINTER.as_statement().replace(b"f" * 64, b"F" * 64),
        POINTER.as_statement().replace(b'"subject":[', b'"subject":[{"name":"lock.txt","digest":{"sha256":"a"}},'),
        POINTER.as_statement().replace(b"lock.txt", b"other.txt"),
    ],
)
def test_anything_else_is_no_pointer(broken: bytes) -> None:
    with pytest.raises(NotAPromise):
        read_pointer(broken)


def test_what_was_left_lies_between_where_it_points_and_what_it_came_from() -> None:
    pointer = replace(POINTER, rolled_back_from=9)
    assert [each for each in range(1, 12) if pointer.has_left(each)] == [8, 9]
    assert not any(POINTER.has_left(each) for each in range(1, 12))


@given(st.integers(0, 400), st.integers(0, 255))
def test_no_byte_can_be_changed_unseen(at: int, byte: int) -> None:
    statement = bytearray(POINTER.as_statement())
    at %= len(statement)
    is_same = statement[at] == byte
    statement[at] = byte
    try:
        assert (read_pointer(bytes(statement)) == POINTER) is is_same or bytes([byte]).isspace()
    except NotAPromise:
        assert not is_same
