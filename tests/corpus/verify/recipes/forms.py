"""How r and s are written: canonical DER, or 32 bytes each, and in no third way."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import utils

from release.model.proof import Reason
from tests.corpus.verify.recipes.case import Case, sealed, trusting, with_signatures
from tests.corpus.verify.recipes.curve import key_of
from tests.corpus.verify.recipes.keys import ORDER, RELEASE, high, raw

if TYPE_CHECKING:
    from collections.abc import Mapping

_MESSAGE = sealed().message
_DER = RELEASE.sign(_MESSAGE)
_R, _S = utils.decode_dss_signature(_DER)
_R_PART, _S_PART = _DER[2 : 4 + _DER[3]], _DER[4 + _DER[3] :]


def _sequence(*parts: bytes) -> bytes:
    content = b"".join(parts)
    return b"\x30" + bytes([len(content)]) + content


def _integer(content: bytes) -> bytes:
    return b"\x02" + bytes([len(content)]) + content


def _raw(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


def _untrusted(name: str, why: str, signature: bytes) -> Case:
    return Case(name, why, with_signatures(signature), Reason.UNTRUSTED)


def _both_at_once() -> tuple[bytes, Mapping[str, object]]:
    """Find a key for 64 bytes that are its r and s, and are canonical DER as well, of numbers that are no signature."""
    for count in itertools.count():
        r = bytes.fromhex("303e021a01") + count.to_bytes(25) + bytes.fromhex("0220")
        signature = r + b"\x11" * 32
        if key := key_of(signature, _MESSAGE):
            return signature, trusting({"name": "found", "key": base64.b64encode(key).decode()})
    raise AssertionError


_BOTH, _FOUND = _both_at_once()
_LONG_LENGTH = b"\x30\x81" + _DER[1:]
_NO_LENGTH = b"\x30\x80" + _DER[2:] + b"\0\0"
_NEGATIVE = _sequence(_R_PART, _integer((ORDER - _S).to_bytes(32)))  # its first bit is set, as s is low
_PADDED = _sequence(_R_PART, _integer(b"\0" + _S.to_bytes(33)))

CASES = (
    Case("raw", "r and s of 32 bytes each are a signature.", with_signatures(raw(_DER))),
    Case("der_with_high_s", "s may be high: a key service makes it so.", with_signatures(high(_DER))),
    Case("raw_with_high_s", "s may be high in either form.", with_signatures(raw(high(_DER)))),
    Case("raw_beside_der", "Each signature has its own form.", with_signatures(raw(_DER), _DER)),
    Case(
        "raw_that_is_der",
        "What is canonical DER is nothing else, even if its 64 bytes are good as r and s.",
        with_signatures(_BOTH),
        Reason.UNTRUSTED,
        _FOUND,
    ),
    _untrusted("raw_zeros", "r and s of zero are nobody's.", bytes(64)),
    _untrusted("raw_r_zero", "r begins with one.", _raw(0, _S)),
    _untrusted("raw_s_zero", "s begins with one.", _raw(_R, 0)),
    _untrusted("raw_r_of_the_order", "r is less than the order.", _raw(ORDER, _S)),
    _untrusted("raw_s_of_the_order", "s is less than the order.", _raw(_R, ORDER)),
    _untrusted("raw_all_ones", "r and s are less than the order.", b"\xff" * 64),
    _untrusted("raw_63_bytes", "r and s have 32 bytes each.", raw(_DER)[:-1]),
    _untrusted("raw_65_bytes", "r and s have 32 bytes each.", raw(_DER) + b"\0"),
    _untrusted("raw_65_bytes_in_front", "Nothing says how it is written.", b"\0" + raw(_DER)),
    _untrusted("raw_65_bytes_with_zero_before_s", "r and s have 32 bytes each.", _R.to_bytes(32) + _S.to_bytes(33)),
    _untrusted("raw_66_bytes_with_zeros_before_both", "r and s have 32 bytes each.", _R.to_bytes(33) + _S.to_bytes(33)),
    _untrusted("raw_s_before_r", "r stands first.", _raw(_S, _R)),
    _untrusted(
        "raw_from_the_small_end",
        "Numbers begin with their large end.",
        _R.to_bytes(32, "little") + _S.to_bytes(32, "little"),
    ),
    _untrusted("raw_in_hexadecimal", "Bytes are not digits.", raw(_DER).hex().encode()),
    _untrusted("der_zeros", "r and s of zero are nobody's.", utils.encode_dss_signature(0, 0)),
    _untrusted("der_s_zero", "s begins with one.", utils.encode_dss_signature(_R, 0)),
    _untrusted(
        "der_r_beyond_the_order", "r is not taken for what it leaves over.", utils.encode_dss_signature(_R + ORDER, _S)
    ),
    _untrusted(
        "der_s_beyond_the_order", "s is not taken for what it leaves over.", utils.encode_dss_signature(_R, _S + ORDER)
    ),
    _untrusted("der_of_the_order", "r and s are less than the order.", utils.encode_dss_signature(ORDER, ORDER)),
    _untrusted("der_s_before_r", "r stands first.", utils.encode_dss_signature(_S, _R)),
    _untrusted("der_byte_behind", "Nothing stands behind the end.", _DER + b"\0"),
    _untrusted("der_byte_behind_inside", "Nothing stands behind the second number.", _sequence(_DER[2:], b"\0")),
    _untrusted("der_third_number", "There are two numbers.", _sequence(_DER[2:], b"\x02\x01\x01")),
    _untrusted("der_one_number", "There are two numbers.", _sequence(_R_PART)),
    _untrusted("der_long_length", "A length has one form.", _LONG_LENGTH),
    _untrusted("der_without_length", "A length is said in front.", _NO_LENGTH),
    _untrusted("der_padded_number", "A number has no zeros in front.", _PADDED),
    _untrusted("der_negative_number", "A number is not below zero.", _NEGATIVE),
    _untrusted("der_truncated", "Half of it is no signature.", _DER[:-1]),
    _untrusted("der_huge", "Numbers of 60 bytes are no signature.", _sequence(*[_integer(b"\x01" * 60)] * 2)),
    _untrusted(
        "der_of_bits", "It stands as it is, not in a bit string.", b"\x03" + bytes([len(_DER) + 1]) + b"\0" + _DER
    ),
    _untrusted("der_as_a_set", "It is a sequence.", b"\x31" + _DER[1:]),
    _untrusted("der_of_texts", "Numbers are integers.", _DER.replace(_R_PART, b"\x04" + _R_PART[1:])),
)
