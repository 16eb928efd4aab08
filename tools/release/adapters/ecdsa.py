"""ECDSA over P-256 with SHA-256, by `cryptography`, which every Databricks runtime ships as well.

securesystemslib was looked at: it tries a key only if the hint at it agrees, and imports an AWS client first (0.7 s).
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from release.adapters.libraries import await_library
from release.errors import UsageError
from release.model.tag import shown

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

_LIBRARY = "cryptography.hazmat.primitives.asymmetric.ec"
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----")
_HEAD: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
"""What every P-256 key begins with that stands as an uncompressed point: other forms would give one key two names."""
_KEY_SIZE = 91
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_LONGEST = 72
_RAW = 64


class Ecdsa:
    """The door to `cryptography`."""

    def is_made_by(self, key: bytes, signature: bytes, message: bytes) -> bool:
        """Whether a key, as DER, made a signature: canonical DER, or else r and s of 32 bytes each; s may be high."""
        await_library(_LIBRARY)
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  # 0.1 s that only a proof pays
        from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

        pair = _read_canonical(signature) or _read_raw(signature)
        if pair is None or not all(1 <= each < _ORDER for each in pair):
            return False
        try:
            _load(key).verify(utils.encode_dss_signature(*pair), message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def read_public_key(text: str) -> bytes:
    """Read a public key, as PEM or as the base64 of its DER SubjectPublicKeyInfo, to DER; UsageError if it is none."""
    await_library(_LIBRARY)
    pem = _PEM.fullmatch(text.strip())
    try:
        key = base64.b64decode("".join((pem[1] if pem else text).split()), validate=True)
        _load(key)
    except (binascii.Error, ValueError) as error:
        raise UsageError(
            f"a key that should be trusted, {shown(text.strip()[:40])}…, is no P-256 public key: {error}",
            hint="give what `openssl ec -pubout` or `aws kms get-public-key` prints: PEM, or one line of base64",
        ) from None
    return key


@cache
def _load(key: bytes) -> EllipticCurvePublicKey:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if len(key) != _KEY_SIZE or not key.startswith(_HEAD):
        raise ValueError("it is not the DER of an uncompressed point of P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key[len(_HEAD) - 1 :])


def _read_canonical(signature: bytes) -> tuple[int, int] | None:
    """Read DER in its one canonical form: what else is taken for DER differs from version to version."""
    from cryptography.hazmat.primitives.asymmetric import utils  # noqa: PLC0415

    try:
        pair = utils.decode_dss_signature(signature)
        is_canonical = min(pair) >= 0 and utils.encode_dss_signature(*pair) == signature
    except ValueError:
        return None
    return pair if is_canonical and len(signature) <= _LONGEST else None


def _read_raw(signature: bytes) -> tuple[int, int] | None:
    half = len(signature) // 2
    return (int.from_bytes(signature[:half]), int.from_bytes(signature[half:])) if len(signature) == _RAW else None
