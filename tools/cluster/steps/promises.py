"""Sign locks, and tell whether somebody who is trusted has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.model.promise import is_of_lock, lock_statement
from cluster.steps.seal import is_believed
from release.model.dsse import Envelope, read_envelopes
from release.steps.signing import add_signature

if TYPE_CHECKING:
    from datetime import date

    from cluster.model.lock import ClusterLock
    from release.model.trust import Trust
    from release.ports import Signatures, Signer


def sign_lock(lock: ClusterLock, signer: Signer | None) -> bytes:
    """Give the line that stands beside a lock; without signatures where nobody may sign here."""
    envelope = Envelope(lock_statement(lock))
    return (add_signature(envelope, signer) if signer else envelope).as_line()


def find_signed(lock: ClusterLock, bundle: bytes, trust: Trust, signatures: Signatures, today: date) -> bytes:
    """Give the line of a bundle that enough trusted keys have signed, and that is of this lock; else nothing."""
    for envelope in read_envelopes(bundle):
        if is_of_lock(envelope.payload, lock) and is_believed(envelope, trust, signatures, today):
            return envelope.as_line()
    return b""
