"""What an envelope is made of: three fields of the right kind, and what it says that it holds."""

from __future__ import annotations

from typing import Any

from release.model.dsse import IN_TOTO
from release.model.proof import Reason
from tests.corpus.verify.recipes.case import Case, fields, line, sealed, signed, statement, trusted, trusting
from tests.corpus.verify.recipes.keys import NEXT, RELEASE, SIGNER


def _with(**more: object) -> bytes:
    return line({**fields(), **more})


def _lacking(name: str) -> bytes:
    return line({key: value for key, value in fields().items() if key != name})


def _signature(**more: object) -> bytes:
    """Change the one signature's own fields; what is None here is taken away."""
    document = fields()
    entry: dict[str, Any] = {**document["signatures"][0], **more}
    document["signatures"] = [{key: value for key, value in entry.items() if value is not None}]
    return line(document)


def _malformed(name: str, why: str, bundle: bytes) -> Case:
    return Case(name, why, bundle, Reason.MALFORMED)


def _mistyped(name: str, kind: str) -> Case:
    return Case(name, f"It says that it holds {kind or 'nothing'}.", signed(kind=kind), Reason.WRONG_PAYLOAD_TYPE)


_SWAPPED = line({**fields(sealed(kind="text/plain")), "payloadType": IN_TOTO})
_SIGNATURE = fields()["signatures"][0]

CASES = (
    _malformed("payload_missing", "An envelope without payload is none.", _lacking("payload")),
    _malformed("payload_null", "A payload that is null is none.", _with(payload=None)),
    _malformed("payload_number", "A payload that is a number is none.", _with(payload=1)),
    _malformed("payload_object", "A payload that is not encoded is none.", _with(payload=statement())),
    _malformed("payload_type_missing", "What it holds has to be said.", _lacking("payloadType")),
    _malformed("payload_type_null", "What it holds has to be said in words.", _with(payloadType=None)),
    _malformed("payload_type_list", "What it holds is one thing.", _with(payloadType=[IN_TOTO])),
    _malformed("signatures_missing", "An envelope without signatures is none.", _lacking("signatures")),
    _malformed("signatures_null", "Signatures are a list.", _with(signatures=None)),
    _malformed("signatures_object", "One signature is a list of one.", _with(signatures=_SIGNATURE)),
    _malformed("signatures_strings", "A signature is an object.", _with(signatures=[_SIGNATURE["sig"]])),
    _malformed("signatures_seventeen", "Seventeen are more than anybody needs.", _with(signatures=[_SIGNATURE] * 17)),
    _malformed(
        "signature_null_beside", "One that is no object spoils the envelope.", _with(signatures=[_SIGNATURE, None])
    ),
    _malformed("sig_missing", "A signature without value is none.", _signature(sig=None)),
    _malformed("sig_number", "A signature's value is text.", _signature(sig=5)),
    _malformed(
        "sig_empty_object_beside", "One that says nothing spoils the envelope.", _with(signatures=[_SIGNATURE, {}])
    ),
    _malformed(
        "keyid_null", "A hint at a key is text where there is one.", _with(signatures=[{**_SIGNATURE, "keyid": None}])
    ),
    _malformed("keyid_number", "A hint at a key is text where there is one.", _signature(keyid=1001)),
    _malformed("line_is_string", "A text is no envelope.", line(_SIGNATURE["sig"])),
    _malformed("line_is_null", "Nothing is no envelope.", line(None)),
    _malformed("line_is_number", "A number is no envelope.", line(1)),
    _malformed(
        "names_in_capitals",
        "Names are what they are: Payload is not payload.",
        line({key.capitalize(): value for key, value in fields().items()}),
    ),
    _mistyped("type_plain_text", "text/plain"),
    _mistyped("type_of_older_links", "application/vnd.in-toto.link+json"),
    _mistyped("type_in_capitals", IN_TOTO.upper()),
    _mistyped("type_with_parameter", f"{IN_TOTO}; charset=utf-8"),
    _mistyped("type_with_space_behind", f"{IN_TOTO} "),
    _mistyped("type_with_nul_behind", f"{IN_TOTO}\0"),
    _mistyped("type_empty", ""),
    Case("type_swapped", "The type is signed: one that was exchanged has no signature.", _SWAPPED, Reason.UNTRUSTED),
    Case("signatures_empty", "Nobody has signed.", _with(signatures=[]), Reason.UNSIGNED),
    Case("signatures_empty_on_each_line", "Nobody has signed either.", _with(signatures=[]) * 2, Reason.UNSIGNED),
    Case(
        "signatures_empty_with_type_swapped",
        "What it holds is looked at first.",
        _with(signatures=[], payloadType="text/plain"),
        Reason.WRONG_PAYLOAD_TYPE,
    ),
    Case("signatures_sixteen", "Sixteen signatures are taken.", _with(signatures=[_SIGNATURE] * 16)),
    Case("keyid_missing", "A hint at a key may be missing.", _signature(keyid=None)),
    Case("keyid_empty", "A hint at a key may be empty.", _signature(keyid="")),
    Case("keyid_of_a_stranger", "A hint at another key decides nothing.", _signature(keyid=SIGNER.keyid)),
    Case(
        "keyid_of_another_trusted_key",
        "A hint at another trusted key decides nothing.",
        _signature(keyid=NEXT.keyid),
        trust=trusting(trusted(NEXT, "next"), trusted(RELEASE, "release")),
    ),
    Case("keyid_with_nul", "A hint may hold anything.", _signature(keyid="\0../\u202e")),
    Case("more_fields", "Fields that are not known are ignored.", _with(payloadtype="text/plain", comment={"a": [1]})),
    Case(
        "more_fields_of_a_signature",
        "Fields that are not known are ignored.",
        _signature(cert="-----BEGIN CERTIFICATE-----", extension={"kind": "x"}),
    ),
)
