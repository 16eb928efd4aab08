"""Sign locks, and tell whether somebody who is trusted has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.model.promise import is_of_lock, lock_statement
from release.model.dsse import IN_TOTO, Envelope, Signature, read_envelopes
from release.model.trust import keyid_of

if TYPE_CHECKING:
    from datetime import date

    from cluster.model.lock import ClusterLock
    from release.model.trust import Trust
    from release.ports import Signatures, Signer


def sign_lock(lock: ClusterLock, signer: Signer | None) -> bytes:
    """Give the line that stands beside a lock; without signatures where nobody may sign here."""
    envelope = Envelope(lock_statement(lock))
    if signer:
        envelope = envelope.signed(Signature(signer.sign(envelope.message), keyid_of(signer.key)))
    return envelope.as_line()


def find_signed(lock: ClusterLock, bundle: bytes, trust: Trust, signatures: Signatures, today: date) -> bytes:
    """Give the line of a bundle that enough trusted keys have signed, and that is of this lock; else nothing."""
    taken = [each for each in trust.keys if each.is_taken(today)]
    for envelope in read_envelopes(bundle):
        if envelope.payload_type != IN_TOTO or not is_of_lock(envelope.payload, lock):
            continue
        signed = {
            each.key
            for each in taken
            if any(signatures.is_made_by(each.key, one.value, envelope.message) for one in envelope.signatures)
        }
        if len(signed) >= max(1, trust.threshold):
            return envelope.as_line()
    return b""
