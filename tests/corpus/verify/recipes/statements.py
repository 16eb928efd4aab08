"""Whether what was signed is JSON that has one meaning."""

from __future__ import annotations

import json

from release.model.proof import Reason
from tests.corpus.verify.recipes.case import Case, changed, payload, signed, statement

_PAYLOAD = payload(statement())
_OPEN = _PAYLOAD.removesuffix(b"}")


def _malformed(name: str, why: str, content: object) -> Case:
    """Have the right key sign what is no statement; bytes as they are, other things as JSON."""
    return Case(f"statement_{name}", why, signed(content), Reason.MALFORMED_STATEMENT)


def _beside(member: str) -> bytes:
    return _OPEN + b"," + member.encode() + b"}"


CASES = (
    _malformed("empty", "Nothing states nothing.", b""),
    _malformed("of_text", "A text is no JSON.", b"paper-plane 1.2.0"),
    _malformed("truncated", "Half a statement is none.", _PAYLOAD[:-1]),
    _malformed("twice", "Two statements are none.", _PAYLOAD * 2),
    _malformed("in_a_list", "A list is no statement.", [statement()]),
    _malformed("null", "Nothing is no statement.", b"null"),
    _malformed("encoded_twice", "Base64 is no JSON.", b"eyJfdHlwZSI6ImEifQ=="),
    _malformed("with_byte_order_mark", "JSON begins without a mark.", b"\xef\xbb\xbf" + _PAYLOAD),
    _malformed("with_nul_behind", "A NUL byte ends nothing.", _PAYLOAD + b"\0"),
    _malformed("of_other_bytes", "Bytes that are no UTF-8 are no JSON.", _PAYLOAD.replace(b"plane", b"pl\xe4ne")),
    _malformed(
        "type_twice",
        "Which of two types counts differs from reader to reader.",
        _beside('"_type":"https://in-toto.io/Statement/v1"'),
    ),
    _malformed("subject_twice", "Which of two lists counts differs from reader to reader.", _beside('"subject":[]')),
    _malformed(
        "digest_twice",
        "Which of two digests counts differs from reader to reader.",
        _PAYLOAD.replace(b'"sha256":', b'"sha256":"' + b"0" * 64 + b'","sha256":', 1),
    ),
    _malformed("nested_33_deep", "Readers give up at different depths.", _beside(f'"a":{"[" * 32}{"]" * 32}')),
    _malformed("number_too_large", "A number that is infinite is none.", _beside('"a":1e999')),
    _malformed("number_too_long", "A number has at most 30 characters.", _beside(f'"a":0.{"1" * 29}')),
    _malformed("lone_surrogate", "Half of a pair is no text.", _beside(r'"a":"\udfff"')),
    Case(
        "statement_of_everything",
        "Fields that are not known are ignored.",
        signed(changed("more", {"a": [None, True, -1.5e3]}, changed("predicate.runDetails.more", 1))),
    ),
    Case("statement_spaced", "JSON may have white space.", signed(json.dumps(statement(), indent=2).encode())),
    Case(
        "statement_beyond_ascii",
        "UTF-8 may say anything.",
        signed(changed("predicate.runDetails.metadata", {"invocationId": "\u00e9\u4e2d\U0001f600\u202e"})),
    ),
    Case("statement_escaped", "JSON may escape what it likes.", signed(_PAYLOAD.replace(b"/", rb"\/"))),
)
