from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.model.dsse import IN_TOTO, Envelope, NotAnEnvelope, Signature, parse_envelope
from tests.corpus.verify.recipes import vector

TEXT = st.text(max_size=20)
ENVELOPES = st.builds(
    Envelope, st.binary(max_size=50), TEXT, st.lists(st.builds(Signature, st.binary(max_size=80), TEXT)).map(tuple)
)
SIGNED = Envelope(b"{}").signed(Signature(b"abc", "key"))


@given(ENVELOPES)
def test_an_envelope_comes_back_from_its_line(envelope: Envelope) -> None:
    line = envelope.as_line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    if len(envelope.signatures) <= 16:
        assert parse_envelope(line) == envelope
    else:
        with pytest.raises(NotAnEnvelope, match="at most 16"):
            parse_envelope(line)


@given(st.tuples(TEXT, st.binary(max_size=20)), st.tuples(TEXT, st.binary(max_size=20)))
def test_two_envelopes_have_one_message_only_if_they_hold_the_same(
    one: tuple[str, bytes], other: tuple[str, bytes]
) -> None:
    messages = [Envelope(payload, kind).message for kind, payload in (one, other)]
    assert (messages[0] == messages[1]) == (one == other)


def test_the_message_of_the_specification_is_signed() -> None:
    assert parse_envelope(vector.LINE).message == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_of_bytes() -> None:
    envelope = Envelope("\u00e4\u20ac".encode(), "t\u00fcp")
    assert envelope.message == b"DSSEv1 4 t\xc3\xbcp 5 \xc3\xa4\xe2\x82\xac"
    assert Envelope(b"").message == b"DSSEv1 28 application/vnd.in-toto+json 0 "


@given(st.binary(max_size=30))
def test_both_alphabets_are_read(payload: bytes) -> None:
    for encode in (base64.standard_b64encode, base64.urlsafe_b64encode):
        text = encode(payload).decode()
        line = json.dumps({"payload": text, "payloadType": IN_TOTO, "signatures": []}).encode()
        assert parse_envelope(line) == Envelope(payload)


@pytest.mark.parametrize(
    "text", ["+-==", "_/AA", "A", "AA", "AA=", "AAA==", "A===", "AA==AA==", "AA A", "AAAA\n", "\u0430AAA"]
)
def test_what_is_no_base64_of_one_alphabet_is_refused(text: str) -> None:
    document = json.loads(SIGNED.as_line())
    for broken in ({**document, "payload": text}, {**document, "signatures": [{"sig": text}]}):
        with pytest.raises(NotAnEnvelope, match="not base64"):
            parse_envelope(json.dumps(broken).encode())


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("payload", None, "payload is no string"),
        ("payloadType", 1, "payloadType is no string"),
        ("signatures", {}, "signatures is no list"),
        ("signatures", ["YQ=="], "a signature is no object"),
        ("signatures", [{}], "sig is no string"),
        ("signatures", [{"sig": "", "keyid": None}], "keyid is no string"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(field: str, value: object, why: str) -> None:
    with pytest.raises(NotAnEnvelope, match=why):
        parse_envelope(json.dumps({**json.loads(SIGNED.as_line()), field: value}).encode())


def test_what_is_no_object_is_no_envelope() -> None:
    for line in (b"[]", b"null", b'"{}"', b"", b"{", b'{"a": 1, "a": 1}'):
        with pytest.raises(NotAnEnvelope):
            parse_envelope(line)


def test_a_hint_may_be_missing_and_other_fields_are_passed_over() -> None:
    document = json.loads(SIGNED.as_line()) | {"more": [1], "signatures": [{"sig": "YWJj", "more": {}}]}
    assert parse_envelope(json.dumps(document).encode()).signatures == (Signature(b"abc"),)
