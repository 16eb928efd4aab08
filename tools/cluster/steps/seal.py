"""Sign what is promised about a cluster, and believe it only where somebody trusted has signed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from cluster.model.promise import NotAPromise, Pointer, is_of_lock, read_pointer
from release.errors import VerificationFailed
from release.model.dsse import IN_TOTO, Envelope, read_envelopes
from release.steps.signing import add_signature, find_signers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cluster.model.lock import ClusterLock
    from release.model.trust import Trust
    from release.ports import Signatures, Signer

LARGEST: Final = 1024 * 1024
"""Bytes of a bundle that are looked at."""


def is_believed(envelope: Envelope, trust: Trust, signatures: Signatures, today: date) -> bool:
    """Whether it is a statement that enough keys have signed that are trusted on a day."""
    made = {each.key for each in find_signers(envelope, trust, signatures) if each.is_taken(today)}
    return envelope.payload_type == IN_TOTO and len(made) >= max(1, trust.threshold)


@dataclass(frozen=True)
class Seal:
    """Whose signatures count for clusters, and how they are looked at."""

    trust: Trust
    signatures: Signatures

    def sign(self, statement: bytes, signer: Signer) -> bytes:
        """Sign a statement, and give the line of its bundle; VerificationFailed where nobody would believe it."""
        line = add_signature(Envelope(statement), signer).as_line()
        if not any(self._believed(line)):
            raise VerificationFailed(
                f"what {signer.name} signs would not be believed: {self._wanted}",
                hint="sign with a key of trusted-keys in [tool.release]: RELEASE_KMS_KEY_ID names one in AWS KMS",
            )
        return line

    def open_pointer(self, bundle: bytes, cluster: str, place: str) -> Pointer:
        """Read the newest pointer of a bundle that is believed and of this cluster; VerificationFailed without one."""
        found = []
        for payload in self._believed(bundle):
            try:
                found.append(read_pointer(payload))
            except NotAPromise:
                continue
        ours = [each for each in found if each.cluster == cluster]
        if not ours:
            others = sorted({each.cluster for each in found})
            said = f"it is of {', '.join(others)}" if others else f"it is signed by nobody who counts: {self._wanted}"
            raise VerificationFailed(
                f"{place}: no pointer of {cluster}: {said}",
                hint="see who wrote it and when; it is left as it is, and nodes refuse it. Only once you know why: "
                "remove it by hand, and push again",
            )
        return max(ours, key=lambda each: each.sequence)

    def is_signed(self, lock: ClusterLock, bundle: bytes) -> bool:
        """Whether somebody trusted has signed this lock, byte for byte."""
        return any(is_of_lock(payload, lock) for payload in self._believed(bundle))

    def require_signed(self, lock: ClusterLock, bundle: bytes, place: str) -> None:
        """Refuse a lock that nobody trusted has signed: VerificationFailed."""
        if not self.is_signed(lock, bundle):
            raise VerificationFailed(
                f"{place}: lock {lock.number} of {lock.cluster} is not signed by whoever has to: {self._wanted}",
                hint="hatch run cluster lock signs the lock of the work tree; what is in a volume is left as it is",
            )

    def _believed(self, bundle: bytes) -> Iterator[bytes]:
        """Give every payload that enough keys have signed that are trusted today."""
        today = datetime.now(timezone.utc).date()
        for envelope in read_envelopes(bundle[:LARGEST]):
            if is_believed(envelope, self.trust, self.signatures, today):
                yield envelope.payload

    @property
    def _wanted(self) -> str:
        keys = len({each.key for each in self.trust.keys})
        return f"{max(1, self.trust.threshold)} of {keys} trusted keys {'has' if keys == 1 else 'have'} to have signed"
