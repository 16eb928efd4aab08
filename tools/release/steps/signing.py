"""Signatures of envelopes: put there by whoever holds a key, and found by whoever trusts some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.dsse import Signature
from release.model.trust import keyid_of

if TYPE_CHECKING:
    from release.model.dsse import Envelope
    from release.model.trust import Trust, TrustedKey
    from release.ports import Signatures, Signer


def add_signature(envelope: Envelope, signer: Signer) -> Envelope:
    """Give the envelope with one more signature."""
    keyid = keyid_of(signer.key)  # whoever can't say it can't sign
    return envelope.signed(Signature(signer.sign(envelope.message), keyid))


def find_signers(envelope: Envelope, trust: Trust, signatures: Signatures) -> tuple[TrustedKey, ...]:
    """Give the trusted keys that signed, whether they are still taken or not; a hint at a key is not looked at."""
    message = envelope.message
    return tuple(
        trusted
        for trusted in trust.keys
        if any(signatures.is_made_by(trusted.key, each.value, message) for each in envelope.signatures)
    )
