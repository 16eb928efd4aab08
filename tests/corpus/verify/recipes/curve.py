"""Points of P-256, in whole numbers: enough to find the key that a given signature belongs to."""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.corpus.verify.recipes.keys import ORDER

_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
Point = tuple[int, int]
BASE: Point = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def _add(one: Point | None, other: Point | None) -> Point | None:
    """Add two points; None is the point at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % _FIELD == 0:
        return None
    rise, run = (y2 - y1, x2 - x1) if one != other else (3 * x1 * x1 - 3, 2 * y1)
    slope = rise * pow(run, -1, _FIELD)
    x = (slope * slope - x1 - x2) % _FIELD
    return x, (slope * (x1 - x) - y1) % _FIELD


def _times(number: int, point: Point | None) -> Point | None:
    total = None
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


def _point_at(x: int) -> Point | None:
    """Give a point of the curve with this x, if there is one."""
    square = (x**3 - 3 * x + _B) % _FIELD
    y = pow(square, (_FIELD + 1) // 4, _FIELD)
    return (x, y) if y * y % _FIELD == square else None


def key_of(signature: bytes, message: bytes) -> bytes | None:
    """Give the public key, as DER, that this raw signature of a message belongs to, if r is on the curve."""
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    point = _point_at(r)
    if point is None:
        return None
    digest = int.from_bytes(hashlib.sha256(message).digest())
    inverse = pow(r, -1, ORDER)
    found = _add(_times(s * inverse % ORDER, point), _times(-digest * inverse % ORDER, BASE))
    assert found is not None
    public = ec.EllipticCurvePublicNumbers(*found, ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
