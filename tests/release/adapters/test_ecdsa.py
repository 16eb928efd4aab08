from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from release.adapters.ecdsa import Ecdsa, read_public_key
from release.errors import UsageError
from release.model.dsse import parse_envelope
from tests.corpus.verify.recipes import vector
from tests.corpus.verify.recipes.keys import ORDER, RELEASE, STRANGER, high, raw

MESSAGE = b"DSSEv1 0  0 "
DER = RELEASE.sign(MESSAGE)
POINT = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), RELEASE.spki[-65:])
COMPRESSED = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + POINT.public_bytes(
    Encoding.X962, PublicFormat.CompressedPoint
)


def other_key(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_the_signature_of_the_specification_is_verified() -> None:
    (signature,) = parse_envelope(vector.LINE).signatures
    assert len(signature.value) == 64
    assert Ecdsa().is_made_by(vector.SPKI, signature.value, vector.PAE)
    assert not Ecdsa().is_made_by(vector.SPKI, signature.value, vector.PAE + b" ")
    assert not Ecdsa().is_made_by(RELEASE.spki, signature.value, vector.PAE)


@given(st.binary(max_size=50), st.sampled_from([bytes, raw, high, lambda made: raw(high(made))]))
def test_a_signature_is_its_keys_and_its_messages_alone(message: bytes, form: type[bytes]) -> None:
    signature = form(RELEASE.sign(message))
    assert Ecdsa().is_made_by(RELEASE.spki, signature, message)
    assert not Ecdsa().is_made_by(STRANGER.spki, signature, message)
    assert not Ecdsa().is_made_by(RELEASE.spki, signature, message + b"\0")


@given(st.binary(max_size=80))
def test_any_bytes_are_nobodys_signature(signature: bytes) -> None:
    assert not Ecdsa().is_made_by(RELEASE.spki, signature, MESSAGE)


@pytest.mark.parametrize("r", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, ORDER - 1, ORDER, 2**256 - 1])
def test_numbers_at_the_edges_are_nobodys_signature(r: int, s: int) -> None:
    for signature in (utils.encode_dss_signature(r, s), r.to_bytes(32) + s.to_bytes(32)):
        assert not Ecdsa().is_made_by(RELEASE.spki, signature, MESSAGE)


def test_der_has_one_form() -> None:
    length = bytes([len(DER) - 2])
    for other in (b"\x30\x81" + length + DER[2:], b"\x30\x80" + DER[2:] + b"\0\0", DER + b"\0", DER[:-1]):
        assert not Ecdsa().is_made_by(RELEASE.spki, other, MESSAGE)
    assert Ecdsa().is_made_by(RELEASE.spki, b"\x30" + length + DER[2:], MESSAGE)


def test_a_key_is_read_from_pem_and_from_base64() -> None:
    for text in (RELEASE.pem, RELEASE.text, f"\n{RELEASE.pem.strip()}  ", f" {RELEASE.text}\n"):
        assert read_public_key(text) == RELEASE.spki


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"\0" * 91,
        RELEASE.spki[:-1],
        RELEASE.spki + b"\0",
        RELEASE.spki[:-1] + bytes([RELEASE.spki[-1] ^ 1]),
        COMPRESSED,
        other_key(ec.derive_private_key(1001, ec.SECP384R1())),
        other_key(ec.derive_private_key(1001, ec.SECP256K1())),
        other_key(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))),
    ],
    ids=["empty", "zeros", "truncated", "longer", "off-the-curve", "compressed", "P-384", "secp256k1", "ed25519"],
)
def test_only_p_256_in_one_form_is_a_key(der: bytes) -> None:
    with pytest.raises(UsageError, match="is no P-256 public key") as refused:
        read_public_key(base64.b64encode(der).decode())
    assert "openssl ec -pubout" in refused.value.hint


def test_the_compressed_key_would_have_been_the_same_key() -> None:
    assert load_der_public_key(COMPRESSED) == load_der_public_key(RELEASE.spki)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "release-2026",
        "arn:aws:kms:eu-central-1:111122223333:key/1",
        RELEASE.pem * 2,
        RELEASE.pem + "and more",
        RELEASE.pem.replace("PUBLIC", "PRIVATE"),
        RELEASE.text.rstrip("="),
        RELEASE.text.replace("/", "_"),
        "caf\u00e9",
    ],
)
def test_another_text_is_no_key_and_is_shown(text: str) -> None:
    with pytest.raises(UsageError, match="a key that should be trusted") as refused:
        read_public_key(text)
    assert refused.value.message.replace("\u2026", "").isascii()


def test_cryptography_is_imported_by_whoever_needs_it() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import release.adapters.ecdsa, sys; print('cryptography' in sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == "False\n"
