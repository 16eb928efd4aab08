"""Keys that everybody knows: their private numbers stand here, so that nobody takes them for anything but test keys."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@cache
def _private(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, ec.SECP256R1())


@dataclass(frozen=True)
class KnownKey:
    """A key pair on P-256, by its private number."""

    number: int

    @property
    def spki(self) -> bytes:
        """The public key as DER."""
        return _private(self.number).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def text(self) -> str:
        """The public key as a line of base64."""
        return base64.b64encode(self.spki).decode()

    @property
    def pem(self) -> str:
        """The public key as PEM."""
        return _private(self.number).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def keyid(self) -> str:
        """The hint at the key."""
        return hashlib.sha256(self.spki).hexdigest()

    def sign(self, message: bytes, digest: HashAlgorithm | None = None) -> bytes:
        """Sign as RFC 6979 has it, so that making it again gives the same; DER with a low s."""
        made = _private(self.number).sign(message, ec.ECDSA(digest or SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(made)
        return utils.encode_dss_signature(r, min(s, ORDER - s))

    def sign_with_nonce(self, message: bytes, nonce: int) -> bytes:
        """Sign with a nonce that is known, for a second signature of the same key."""
        r = _private(nonce).public_key().public_numbers().x % ORDER
        digest = int.from_bytes(hashlib.sha256(message).digest())
        return utils.encode_dss_signature(r, pow(nonce, -1, ORDER) * (digest + r * self.number) % ORDER)


def raw(signature: bytes) -> bytes:
    """Write a signature as r and s of 32 bytes each."""
    r, s = utils.decode_dss_signature(signature)
    return r.to_bytes(32) + s.to_bytes(32)


def high(signature: bytes) -> bytes:
    """Write the other signature that is as good: the one with a high s."""
    r, s = utils.decode_dss_signature(signature)
    return utils.encode_dss_signature(r, max(s, ORDER - s))


RELEASE = KnownKey(1001)
NEXT = KnownKey(1002)
SIGNER = KnownKey(1003)
STRANGER = KnownKey(6666)
