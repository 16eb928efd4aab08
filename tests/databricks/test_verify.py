"""The verifier's judgement: every example has the one right answer, and nothing that was changed is proven."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from tests.databricks.examples import EXAMPLES, ORDER, TODAY, Example
from tests.databricks.node import node
from tests.databricks.provenance import (
    COMMIT,
    CONTENT,
    NEXT,
    RELEASE,
    REPOSITORY,
    SEPARATE_SIGNER,
    WHEEL,
    WORKSTATION,
    make_statement,
    make_trust,
    sign,
    spki,
    trusted,
)

EXPECTED = node.Expected(WHEEL, hashlib.sha256(CONTENT).hexdigest(), "paper-plane", "1.2.0", REPOSITORY)
TRUST = node.read_trust(json.dumps(make_trust()).encode())
LINE = sign()
SIGNED = json.loads(LINE)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(), lambda inner: st.lists(inner, max_size=3)
)


def trust_of(document: object) -> node.Trust:
    return node.read_trust(json.dumps(document).encode())


def refusal_of(bundle: bytes) -> str:
    with pytest.raises(node.Unproven) as caught:
        node.prove(bundle, EXPECTED, TRUST, TODAY)
    return caught.value.code


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_has_its_answer(example: Example) -> None:
    document = json.dumps(example.trust).encode()
    if example.reason == "misused":
        with pytest.raises(node.Misused):
            node.read_trust(document)
        return
    expected = node.Expected(**{**vars(EXPECTED), **example.asked})
    if example.reason is None:
        assert node.prove(example.bundle, expected, node.read_trust(document), TODAY).builder == WORKSTATION
        return
    with pytest.raises(node.Unproven) as caught:
        node.prove(example.bundle, expected, node.read_trust(document), TODAY)
    assert caught.value.code == example.reason


def test_every_reason_has_an_example() -> None:
    assert {example.reason for example in EXAMPLES} == {None, "misused", *node.CODES}


def test_a_name_says_whether_an_example_is_proven() -> None:
    assert not [each.name for each in EXAMPLES if each.name.endswith("_fail") != (each.reason is not None)]


def test_what_is_proven_is_told() -> None:
    proven = node.prove(LINE, EXPECTED, TRUST, TODAY)
    assert proven == node.Proven(COMMIT, WORKSTATION, (hashlib.sha256(spki(RELEASE)).hexdigest()[:12],))


def test_each_key_that_signed_is_told_once_by_its_name() -> None:
    trust = trust_of(make_trust(trusted(RELEASE, name="old"), trusted(RELEASE, name="new"), trusted(NEXT, name="next")))
    assert set(node.prove(sign(None, RELEASE, NEXT), EXPECTED, trust, TODAY).keys) in ({"old", "next"}, {"new", "next"})


def test_a_key_that_is_trusted_for_both_builders_proves_either() -> None:
    trust = trust_of(make_trust(trusted(RELEASE, builders=[WORKSTATION, SEPARATE_SIGNER])))
    other = sign(make_statement(predicate__runDetails__builder__id=SEPARATE_SIGNER))
    assert node.prove(LINE, EXPECTED, trust, TODAY).builder == WORKSTATION
    assert node.prove(other, EXPECTED, trust, TODAY).builder == SEPARATE_SIGNER


def test_a_key_is_taken_until_the_end_of_its_last_day() -> None:
    trust = trust_of(make_trust(trusted(RELEASE, expires="2027-12-31")))
    assert node.prove(LINE, EXPECTED, trust, date(2027, 12, 31)).commit == COMMIT
    with pytest.raises(node.Unproven, match="2028-01-01"):
        node.prove(LINE, EXPECTED, trust, date(2028, 1, 1))


def test_a_trust_that_nothing_would_have_to_fulfil_can_not_be_made() -> None:
    with pytest.raises(node.Misused, match="no keys"):
        node.Trust(())
    with pytest.raises(node.Misused, match="threshold 0"):
        node.Trust(TRUST.keys, 0)


@given(place=st.integers(0, len(base64.b64decode(SIGNED["payload"])) - 1), bit=st.integers(0, 7))
def test_a_payload_with_one_other_bit_is_untrusted(place: int, bit: int) -> None:
    payload = bytearray(base64.b64decode(SIGNED["payload"]))
    payload[place] ^= 1 << bit
    changed = {**SIGNED, "payload": base64.b64encode(payload).decode()}
    assert refusal_of(json.dumps(changed).encode()) == "untrusted"


@given(place=st.integers(0, 69), bit=st.integers(0, 7))
def test_a_signature_with_one_other_bit_is_untrusted(place: int, bit: int) -> None:
    signature = bytearray(base64.b64decode(SIGNED["signatures"][0]["sig"]))
    signature[place % len(signature)] ^= 1 << bit
    changed = {**SIGNED, "signatures": [{"sig": base64.b64encode(signature).decode()}]}
    assert refusal_of(json.dumps(changed).encode()) == "untrusted"


@given(st.binary(max_size=100))
def test_no_bytes_are_a_signature_that_nobody_made(signature: bytes) -> None:
    changed = {**SIGNED, "signatures": [{"sig": base64.b64encode(signature).decode()}]}
    assert refusal_of(json.dumps(changed).encode()) == "untrusted"


@given(st.binary(max_size=100))
def test_what_is_read_of_a_signature_is_written_the_same_way(signature: bytes) -> None:
    r, s = node.read_signature(signature)
    ways = {encode_dss_signature(r, s)} | ({(r << 256 | s).to_bytes(64, "big")} if r >> 256 == 0 else set())
    assert (r, s) == (0, 0) or signature in ways


@given(st.binary(max_size=200))
def test_no_bytes_make_the_verifier_do_anything_but_refuse(bundle: bytes) -> None:
    assert refusal_of(bundle) in {"empty", "malformed"}


@given(st.sampled_from(["payload", "payloadType", "signatures"]), JSON)
def test_an_envelope_of_any_shape_is_refused(key: str, value: object) -> None:
    assert refusal_of(json.dumps({**SIGNED, key: value}).encode()) in {
        "malformed",
        "wrong-payload-type",
        "unsigned",
        "untrusted",
    }


@given(
    st.sampled_from(["_type", "subject", "predicateType", "predicate", "predicate__buildDefinition"])
    | st.sampled_from(
        ["predicate__runDetails__builder", "predicate__buildDefinition__externalParameters", "subject__0"]
    ),
    JSON,
)
def test_a_statement_of_any_shape_is_refused(path: str, value: object) -> None:
    codes = list(node.CODES)
    refusal = refusal_of(sign(make_statement(**{path: value})))
    assert codes.index(refusal) >= codes.index("malformed-statement")


@given(st.recursive(JSON, lambda inner: st.dictionaries(st.text(), inner, max_size=3)))
def test_json_that_is_strict_is_read_as_json_reads_it(document: object) -> None:
    assert node.parse_strictly(json.dumps(document).encode()) == document


@given(st.binary(max_size=50), st.booleans())
def test_both_alphabets_are_read(content: bytes, url_safe: bool) -> None:  # noqa: FBT001  # drawn
    text = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(content).decode()
    assert node.decode_base64(text) == content


def test_the_order_is_the_one_of_the_curve() -> None:
    assert node.ORDER == ORDER
