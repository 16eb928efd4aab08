"""Whether a trusted key signed just these bytes."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1, SHA512

from release.model.dsse import IN_TOTO, Envelope
from release.model.proof import Reason
from tests.corpus.verify.recipes import vector
from tests.corpus.verify.recipes.case import Case, changed, fields, line, sealed, signed, trusted, trusting
from tests.corpus.verify.recipes.case import with_signatures as carrying
from tests.corpus.verify.recipes.keys import RELEASE, STRANGER

_ENVELOPE = sealed()
_MESSAGE, _PAYLOAD, _TYPE = _ENVELOPE.message, _ENVELOPE.payload, IN_TOTO.encode()
_DER = RELEASE.sign(_MESSAGE)
_OTHER = sealed(changed("predicate.runDetails.metadata", {"invocationId": "another"}))
_ACCENTED = Envelope(_PAYLOAD.replace(b"Statement", "Stat\u00e9ment".encode()))
_ACCENTED_SHORT = b"DSSEv1 %d %b %d %b" % (len(_TYPE), _TYPE, len(_ACCENTED.payload) - 1, _ACCENTED.payload)
_PADDED = b"DSSEv1 0%d %b 0%d %b" % (len(_TYPE), _TYPE, len(_PAYLOAD), _PAYLOAD)
_MOVED = Envelope(b" " + _PAYLOAD)
_LARGER = ec.derive_private_key(1001, ec.SECP384R1()).sign(_MESSAGE, ec.ECDSA(SHA512(), deterministic_signing=True))
_LYING = fields(sealed(None, STRANGER))
_LYING["signatures"][0] |= {"keyid": RELEASE.keyid, "key": STRANGER.text, "cert": STRANGER.pem}


def _untrusted(name: str, why: str, *signatures: bytes, envelope: Envelope = _ENVELOPE) -> Case:
    return Case(name, why, carrying(*signatures, envelope=envelope), Reason.UNTRUSTED)


def _over(name: str, why: str, message: bytes, envelope: Envelope = _ENVELOPE) -> Case:
    """Have the right key sign something else than what it should."""
    return _untrusted(name, why, RELEASE.sign(message), envelope=envelope)


CASES = (
    Case("wrong_key", "A key that nobody trusts has signed.", signed(None, STRANGER), Reason.UNTRUSTED),
    Case("wrong_key_with_right_hint", "A hint makes nobody trusted.", line(_LYING), Reason.UNTRUSTED),
    Case("other_key_pinned", "Another is pinned.", signed(), Reason.UNTRUSTED, trusting({"key": STRANGER.pem})),
    Case("key_pinned_as_pem", "A key may be pinned as PEM.", signed(), trust=trusting({"key": RELEASE.pem})),
    Case("key_of_no_name", "A key needs no name.", signed(), trust=trusting({"key": RELEASE.text})),
    Case(
        "second_key_pinned",
        "Every key that is pinned is tried.",
        signed(),
        trust=trusting(trusted(STRANGER, "other"), trusted(RELEASE, "release")),
    ),
    Case("strangers_signature_before", "A stranger's signature spoils nothing.", signed(None, STRANGER, RELEASE)),
    Case("strangers_signature_behind", "A stranger's signature spoils nothing.", signed(None, RELEASE, STRANGER)),
    Case("zeros_before", "A signature that nobody made spoils nothing.", carrying(bytes(64), _DER)),
    Case(
        "swapped_envelope",
        "The signature is of another statement.",
        line({**fields(), "signatures": fields(_OTHER)["signatures"]}),
        Reason.UNTRUSTED,
    ),
    Case(
        "changed_payload",
        "The payload is another than was signed.",
        line({**fields(), "payload": fields(_OTHER)["payload"]}),
        Reason.UNTRUSTED,
    ),
    Case(
        "payload_with_newline_behind",
        "The payload is signed to its last byte.",
        carrying(_DER, envelope=Envelope(_PAYLOAD + b"\n")),
        Reason.UNTRUSTED,
    ),
    Case(
        "payload_moved_into_the_type",
        "Lengths keep type and payload apart.",
        carrying(_DER, envelope=_MOVED),
        Reason.UNTRUSTED,
    ),
    Case(
        "specification_vector",
        "What the specification signed is good, and no provenance.",
        vector.LINE,
        Reason.WRONG_PAYLOAD_TYPE,
        trusting({"name": "specification", "key": vector.TEXT}),
    ),
    _untrusted("changed_signature", "One bit of r is another.", _DER[:10] + bytes([_DER[10] ^ 1]) + _DER[11:]),
    _untrusted("signature_empty", "Nothing is no signature.", b""),
    _untrusted("signature_of_other_curve", "The curve is P-256.", _LARGER),
    _untrusted("signature_with_sha_512", "The digest is SHA-256.", RELEASE.sign(_MESSAGE, SHA512())),
    _untrusted("signature_with_sha_1", "The digest is SHA-256.", RELEASE.sign(_MESSAGE, SHA1())),  # noqa: S303
    _over("signed_payload_alone", "The type has to be signed as well.", _PAYLOAD),
    _over("signed_base64", "Bytes are signed, not how they are written.", fields()["payload"].encode()),
    _over("signed_other_version", "The format's version is signed.", _MESSAGE.replace(b"v1", b"v2", 1)),
    _over("signed_lengths_with_zeros", "A length has no zero in front.", _PADDED),
    _over("signed_without_lengths", "Lengths are signed.", b" ".join((b"DSSEv1", _TYPE, _PAYLOAD))),
    _over("signed_length_in_characters", "A length is in bytes.", _ACCENTED_SHORT, _ACCENTED),
    _over("signed_whole_line", "The payload is signed, not the line.", line(fields())),
)
