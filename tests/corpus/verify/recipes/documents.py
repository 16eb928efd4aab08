"""How an envelope is written down: JSON that has one meaning for every reader."""

from __future__ import annotations

import json

from release.model.proof import Reason
from tests.corpus.verify.recipes.case import Case, fields, line, signed

_LINE = signed().rstrip(b"\n")
_ESCAPED = _LINE.replace(b"/", rb"\/").replace(b'"payload"', rb'"\u0070ayload"') + b"\n"
_IN_OBJECTS = '"a":' + '{"b":' * 32 + "1" + "}" * 32
_OPEN = _LINE.removesuffix(b"}")


def _malformed(name: str, why: str, bundle: bytes) -> Case:
    return Case(name, why, bundle, Reason.MALFORMED)


def _beside(member: str) -> bytes:
    """Add a member to the envelope that a reader who is not strict would pass over."""
    return _OPEN + b"," + member.encode() + b"}\n"


CASES = (
    _malformed("no_json", "A text is no JSON.", b"payload=eyJ9\n"),
    _malformed("truncated", "Half an envelope is none.", _LINE[: len(_LINE) // 2] + b"\n"),
    _malformed("truncated_by_one", "An envelope that does not end is none.", _OPEN + b"\n"),
    _malformed("something_behind", "Two documents on a line are none.", _LINE + b"{}\n"),
    _malformed("two_envelopes_on_a_line", "Two envelopes on a line are none.", _LINE + _LINE + b"\n"),
    _malformed("single_quotes", "JSON has double quotes.", _LINE.replace(b'"', b"'") + b"\n"),
    _malformed("comma_behind", "JSON has no comma behind the last.", _OPEN + b",}\n"),
    _malformed("comment", "JSON has no comments.", _LINE + b" // signed\n"),
    _malformed("byte_order_mark", "JSON begins without a mark.", b"\xef\xbb\xbf" + _LINE + b"\n"),
    _malformed("utf_16", "JSON is UTF-8.", _LINE.decode().encode("utf-16-le") + b"\n"),
    _malformed("no_utf_8", "Bytes that are no UTF-8 are no JSON.", _beside('"a":"?"').replace(b"?", b"\xc3\x28")),
    _malformed("surrogate_as_bytes", "Half of a pair is no UTF-8.", _beside('"a":"?"').replace(b"?", b"\xed\xa0\x80")),
    _malformed("lone_surrogate", "Half of a pair is no text.", _beside(r'"a":"\ud800"')),
    _malformed("nul_in_front", "A NUL byte is no white space.", b"\0" + _LINE + b"\n"),
    _malformed("nul_behind", "A NUL byte ends nothing.", _LINE + b"\0\n"),
    _malformed("nul_in_text", "A control character stands in no text.", _beside('"a":"\0"')),
    _malformed("tab_in_text", "A control character stands in no text.", _beside('"a":"\t"')),
    _malformed("form_feed_around", "JSON knows four kinds of white space.", b"\f" + _LINE + b"\n"),
    _malformed("no_break_space_around", "JSON knows four kinds of white space.", b"\xc2\xa0" + _LINE + b"\n"),
    _malformed(
        "payload_twice", "Which of two payloads counts differs from reader to reader.", _beside('"payload":"e30="')
    ),
    _malformed(
        "payload_twice_and_equal", "A key stands once, whatever it says.", _beside(f'"payload":"{fields()["payload"]}"')
    ),
    _malformed("payload_twice_by_escape", "An escaped key is the same key.", _beside(r'"p\u0061yload":"e30="')),
    _malformed(
        "payload_type_twice",
        "Which of two types counts differs from reader to reader.",
        _beside('"payloadType":"text/plain"'),
    ),
    _malformed(
        "signatures_twice", "Which of two lists counts differs from reader to reader.", _beside('"signatures":[]')
    ),
    _malformed(
        "sig_twice",
        "Which of two signatures counts differs from reader to reader.",
        _LINE.replace(b'"sig":', b'"sig":"AAAA","sig":') + b"\n",
    ),
    _malformed("unknown_key_twice", "A key stands once wherever it stands.", _beside('"a":[{"b":1,"b":1}]')),
    _malformed("number_of_31_digits", "A number has at most 30 characters.", _beside(f'"a":{"9" * 31}')),
    _malformed("number_of_5000_digits", "Python reads no such number.", _beside(f'"a":{"9" * 5000}')),
    _malformed("number_too_large", "A number that is infinite is none.", _beside('"a":1e999')),
    _malformed("number_too_large_below_zero", "A number that is infinite is none.", _beside('"a":-1E+400')),
    _malformed("not_a_number", "NaN is no JSON.", _beside('"a":NaN')),
    _malformed("infinity", "Infinity is no JSON.", _beside('"a":-Infinity')),
    _malformed("number_with_zero_in_front", "JSON has no octal numbers.", _beside('"a":01')),
    _malformed("nested_33_deep", "Readers give up at different depths.", _beside(f'"a":{"[" * 32}{"]" * 32}')),
    _malformed("nested_33_deep_in_objects", "Readers give up at different depths.", _beside(_IN_OBJECTS)),
    _malformed("nested_100000_deep", "It ends no reader.", b"[" * 100_000 + b"\n"),
    _malformed("text_without_end", "It keeps no reader busy.", _OPEN + b',"a":"' + b'\\"' * 20_000 + b"\n"),
    Case("escaped_text", "JSON may escape what it likes.", _ESCAPED),
    Case(
        "spaced_json",
        "JSON may have white space between its parts.",
        json.dumps(fields(), indent="\t").replace("\n", " \r").encode() + b"\n",
    ),
    Case("nested_32_deep", "As deep as anybody may go.", _beside(f'"a":{"[" * 31}{"]" * 31}')),
    Case("brackets_in_text", "Brackets in a text nest nothing.", _beside(f'"a":"{"[{" * 50}","b":"\\"[["')),
    Case("number_of_30_digits", "As long as a number may be.", _beside(f'"a":{"9" * 30},"b":-1.5e300')),
    Case("text_beyond_ascii", "UTF-8 may say anything.", _beside('"a":"\u00e9\u4e2d\U0001f600","b":"\\ud83d\\ude00"')),
    Case("other_order", "The order of an object's keys says nothing.", line(dict(reversed(fields().items())))),
)
