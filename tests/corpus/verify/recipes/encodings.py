"""How payload and signatures are encoded: base64 of either alphabet."""

from __future__ import annotations

import base64
import string

from release.model.proof import Reason
from tests.corpus.verify.recipes.case import Case, changed, fields, line, sealed, signed, with_signatures
from tests.corpus.verify.recipes.keys import RELEASE

_LINE = signed().rstrip(b"\n")
_MARKED = sealed(changed("predicate.runDetails.metadata", {"invocationId": "???>>>~~~\u00ff\u00fe"}))
_MARKED_FIELDS = fields(_MARKED)
_PAYLOAD = _MARKED_FIELDS["payload"]
assert {"+", "/"} < set(_PAYLOAD), "what differs between the alphabets has to stand there"
_SIGNATURE = _MARKED_FIELDS["signatures"][0]["sig"]
_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def _malformed(name: str, why: str, bundle: bytes) -> Case:
    return Case(name, why, bundle, Reason.MALFORMED)


def _encoded(payload: str = _PAYLOAD, sig: str = _SIGNATURE) -> bytes:
    return line({**_MARKED_FIELDS, "payload": payload, "signatures": [{"sig": sig}]})


def _with_unused_bits(text: str) -> str:
    """Set the bits of the last letter that stand for nothing."""
    body = text.rstrip("=")
    unused = {0: 0, 1: 3, 2: 15}[len(text) - len(body)]
    return body[:-1] + _LETTERS[_LETTERS.index(body[-1]) | unused] + text[len(body) :]


def _url_safe(text: str) -> str:
    return text.translate(str.maketrans("+/", "-_"))


def _of_length(remainder: int) -> dict[str, str]:
    """Give an envelope's texts, with a payload whose base64 ends in unused bits."""
    for size in range(3):
        envelope = sealed(changed("predicate.runDetails.metadata", {"invocationId": "x" * size}))
        if len(envelope.payload) % 3 == remainder:
            return {"payload": fields(envelope)["payload"], "sig": fields(envelope)["signatures"][0]["sig"]}
    raise AssertionError(remainder)


_TWO_LEFT, _FOUR_LEFT = _of_length(2), _of_length(1)

CASES = (
    _malformed("both_alphabets_in_payload", "One text has one alphabet.", _encoded(_PAYLOAD.replace("/", "_", 1))),
    _malformed(
        "both_alphabets_plus_and_underscore", "One text has one alphabet.", _encoded(_PAYLOAD.replace("/", "_"))
    ),
    _malformed("both_alphabets_minus_and_slash", "One text has one alphabet.", _encoded(_PAYLOAD.replace("+", "-"))),
    _malformed("both_alphabets_in_signature", "One text has one alphabet.", _encoded(sig="A-_+" + _SIGNATURE[4:])),
    _malformed("base64_with_space", "Base64 has no white space.", _encoded(_PAYLOAD[:8] + " " + _PAYLOAD[8:])),
    _malformed("base64_with_newlines", "Base64 has no lines.", _encoded(base64.encodebytes(_MARKED.payload).decode())),
    _malformed("base64_without_padding", "Base64 is padded.", _encoded(_FOUR_LEFT["payload"].rstrip("="), "")),
    _malformed("base64_with_much_padding", "Base64 is padded once.", _encoded(_PAYLOAD + "====")),
    _malformed("base64_with_padding_inside", "Padding stands at the end.", _encoded("e30=" + _PAYLOAD)),
    _malformed(
        "base64_with_other_letters",
        "A letter of another script is no base64.",
        _encoded(_PAYLOAD[:-4] + "\u0430\u0430\u0430\u0430"),
    ),
    _malformed(
        "base64_with_wide_digits", "A digit of another script is no base64.", _encoded(_PAYLOAD[:-4] + "\uff11" * 4)
    ),
    _malformed("base64_with_newline_behind", "Nothing stands behind the end.", _encoded(sig=_SIGNATURE + "\n")),
    _malformed(
        "base64_of_a_signature_broken",
        "Every signature has to be base64.",
        _LINE.replace(b'"signatures":[', b'"signatures":[{"sig":"*"},') + b"\n",
    ),
    _malformed(
        "hexadecimal_signature",
        "Hexadecimal of odd length is no base64.",
        _encoded(sig=RELEASE.sign(_MARKED.message).hex()[:-1]),
    ),
    Case("standard_alphabet", "The standard alphabet is taken.", _encoded()),
    Case("url_safe_alphabet", "The URL-safe alphabet is taken.", _encoded(_url_safe(_PAYLOAD), _url_safe(_SIGNATURE))),
    Case("an_alphabet_for_each_text", "Each text has its own alphabet.", _encoded(_url_safe(_PAYLOAD))),
    Case(
        "two_unused_bits",
        "Bits that stand for nothing are not looked at.",
        _encoded(_with_unused_bits(_TWO_LEFT["payload"]), _TWO_LEFT["sig"]),
    ),
    Case(
        "four_unused_bits",
        "Bits that stand for nothing are not looked at.",
        _encoded(_with_unused_bits(_FOUR_LEFT["payload"]), _FOUR_LEFT["sig"]),
    ),
    Case(
        "unused_bits_of_a_signature",
        "Bits that stand for nothing are not looked at.",
        _encoded(sig=_with_unused_bits(_SIGNATURE)),
    ),
    Case(
        "signature_of_nothing_beside",
        "A signature that is empty spoils nothing.",
        with_signatures(b"", RELEASE.sign(sealed().message)),
    ),
)
