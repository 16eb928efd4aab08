"""Nothing that was not signed, for this cluster and this purpose, is believed: one bit is enough."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster.model.promise import POINTER_TYPE, Pointer
from tests.databricks.programs import node as program
from tests.databricks.programs import promises
from tests.databricks.provenance import NEXT, RELEASE, STRANGER, make_trust, sign, trusted
from tests.nodes.shelf import CLUSTER, Shelf

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("cluster", "number", "sequence")
POINTER = Pointer(CLUSTER, 3, "a" * 64, 5)
SIGNED = sign(POINTER.as_statement())
SAID = ({"cluster": CLUSTER, "number": 3, "sequence": 5}, "a" * 64)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> program.Node:
    """Give a node as it is told by settings, in this process."""
    return make_node(tmp_path_factory.mktemp("told"), make_trust())


def make_node(folder: Path, trust: dict[str, Any]) -> program.Node:
    settings = replace(Shelf(folder).settings, trust=trust, place=str(folder))
    (folder / "settings.json").write_text(json.dumps(asdict(settings)))
    return program.Node(folder / "settings.json")


def prove(node: program.Node, bundle: bytes) -> tuple[dict[str, Any], str]:
    return promises.prove(node, bundle, "the pointer", POINTER_TYPE, KEYS)


def test_what_was_signed_is_believed_wherever_it_stands_in_a_bundle(node: program.Node) -> None:
    assert prove(node, SIGNED) == SAID
    assert prove(node, b"no envelope\n\n" + sign(POINTER.as_statement(), STRANGER) + SIGNED) == SAID


def test_the_pointer_of_a_rollback_is_believed(node: program.Node) -> None:
    said, sha256 = prove(node, sign(replace(POINTER, rolled_back_from=4).as_statement()))
    assert (said, sha256) == ({**SAID[0], "rolled_back_from": 4}, SAID[1])


@given(bit=st.integers(0, len(SIGNED) * 8 - 1))
def test_a_bit_that_is_flipped_changes_nothing_that_is_believed(node: program.Node, bit: int) -> None:
    content = bytearray(SIGNED)
    content[bit // 8] ^= 1 << bit % 8
    try:
        said = prove(node, bytes(content))
    except program.Failed as error:
        refused = error.code
    else:
        refused = "untrusted" if said == SAID else "believed"  # hints at keys and unused bits of base64 say nothing
    assert refused == "untrusted"


@pytest.mark.parametrize(
    "change",
    [
        {"cluster": "other"},
        {"number": "3"},
        {"number": True},
        {"more": 1},
        {"sequence": None},
        {"rolled_back_from": "4"},
        {"rolled_back_from": True},
    ],
)
def test_a_statement_of_another_shape_is_not_believed(node: program.Node, change: dict[str, object]) -> None:
    document = json.loads(POINTER.as_statement())
    document["predicate"] = {
        key: value for key, value in {**document["predicate"], **change}.items() if value is not None
    }
    with pytest.raises(program.Failed, match="proves nothing"):
        prove(node, sign(document))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("_type", "https://in-toto.io/Statement/v0.1"),
        ("predicateType", "https://slsa.dev/provenance/v1"),
        ("subject", []),
    ],
)
def test_a_statement_of_another_kind_is_not_believed(node: program.Node, key: str, value: object) -> None:
    with pytest.raises(program.Failed) as refused:
        prove(node, sign({**json.loads(POINTER.as_statement()), key: value}))
    assert refused.value.code == "untrusted"


def test_two_keys_have_to_sign_where_two_are_asked_for(tmp_path: Path) -> None:
    node = make_node(tmp_path, make_trust(trusted(RELEASE), trusted(NEXT), threshold=2))
    with pytest.raises(program.Failed, match="not 2"):
        prove(node, SIGNED)
    assert prove(node, sign(POINTER.as_statement(), RELEASE, NEXT)) == SAID


def test_a_key_that_has_expired_is_believed_no_more(tmp_path: Path) -> None:
    node = make_node(tmp_path, make_trust(trusted(RELEASE, expires="2020-01-01")))
    with pytest.raises(program.Failed, match="of the keys that signed are taken"):
        prove(node, SIGNED)


def test_every_code_has_an_exit_code_of_its_own_and_a_hint() -> None:
    statuses = [status for status, _ in program.CODES.values()]
    assert len(set(statuses)) == len(statuses)
    assert set(statuses) == {1, *range(20, 37)}
    assert all(hint for _, hint in program.CODES.values())
