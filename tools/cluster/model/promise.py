"""What is signed of a cluster: its lock, and the pointer at the lock that its nodes install now.

Both are in-toto statements in DSSE envelopes, signed by the keys that sign releases. Their predicates are described in
`tools/cluster/promise/v1.md`. A rollback signs a new pointer, with a higher sequence, at an older lock: an old pointer
that somebody puts back is known by its sequence, and a rollback is not taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.model.provenance import write_statement
from release.model.statement import STATEMENT_TYPE

if TYPE_CHECKING:
    from cluster.model.lock import ClusterLock

DOCUMENT: Final = "https://github.com/wheelyard/wheelyard/blob/main/tools/cluster/promise/v1.md"
LOCK_TYPE: Final = f"{DOCUMENT}#lock"
POINTER_TYPE: Final = f"{DOCUMENT}#pointer"


@dataclass(frozen=True)
class Pointer:
    """Which lock a cluster's nodes install from now on."""

    cluster: str
    number: int
    """Of the lock."""
    sha256: str
    """Of the lock's text."""
    sequence: int
    """It only grows, whatever it points at."""

    def as_statement(self) -> bytes:
        """Write it down, as it is to be signed."""
        predicate = {"cluster": self.cluster, "number": self.number, "sequence": self.sequence}
        return _statement(POINTER_TYPE, "lock.txt", self.sha256, predicate)


def lock_statement(lock: ClusterLock) -> bytes:
    """Say of a lock what is signed: whose it is, its number, and its bytes."""
    predicate = {"cluster": lock.cluster, "number": lock.number, "runtime": lock.runtime}
    return _statement(LOCK_TYPE, "lock.txt", lock.sha256, predicate)


def _statement(kind: str, name: str, sha256: str, predicate: dict[str, Any]) -> bytes:
    return write_statement(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": sha256}}],
            "predicateType": kind,
            "predicate": predicate,
        }
    )
