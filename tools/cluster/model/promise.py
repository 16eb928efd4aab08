"""What is signed of a cluster: its lock, and the pointer at the lock that its nodes install now.

Both are in-toto statements in DSSE envelopes, signed by the keys that sign releases. Their predicates are described in
`tools/cluster/promise/v1.md`. A rollback signs a new pointer, with a higher sequence, at an older lock: an old pointer
that somebody puts back is known by its sequence, and a rollback is not taken for one. It also says which lock it went
back from, so that nobody points there again without knowing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.model.provenance import write_statement
from release.model.statement import STATEMENT_TYPE
from release.model.strict_json import NotStrict, parse_strictly

if TYPE_CHECKING:
    from cluster.model.lock import ClusterLock

DOCUMENT: Final = "https://github.com/wheelyard/wheelyard/blob/main/tools/cluster/promise/v1.md"
LOCK_TYPE: Final = f"{DOCUMENT}#lock"
POINTER_TYPE: Final = f"{DOCUMENT}#pointer"
SUBJECT: Final = "lock.txt"
LOCK_FIELDS: Final = ("cluster", "number", "runtime")
POINTER_FIELDS: Final = ("cluster", "number", "sequence")
ROLLED_BACK_FROM: Final = "rolled_back_from"
"""The field that only the pointer of a rollback has."""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotAPromise(ValueError):
    """A payload that is none of these statements, though somebody trusted has signed it."""


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
    rolled_back_from: int | None = None
    """The newest lock that was pointed at before somebody went back; None where nobody did."""

    def as_statement(self) -> bytes:
        """Write it down, as it is to be signed."""
        predicate = {"cluster": self.cluster, "number": self.number, "sequence": self.sequence}
        if self.rolled_back_from is not None:
            predicate[ROLLED_BACK_FROM] = self.rolled_back_from
        return _statement(POINTER_TYPE, SUBJECT, self.sha256, predicate)

    def has_left(self, number: int) -> bool:
        """Whether somebody has gone back from a lock of this number, or over it."""
        return self.number < number <= (self.rolled_back_from or 0)


def read_pointer(payload: bytes) -> Pointer:
    """Read a pointer back; NotAPromise where it is anything else."""
    sha256, said = _read(payload, POINTER_TYPE, POINTER_FIELDS, (ROLLED_BACK_FROM,))
    numbers = (said["number"], said["sequence"])
    if not isinstance(said["cluster"], str) or not all(type(each) is int and each > 0 for each in numbers):
        raise NotAPromise("cluster is no text, or number or sequence no whole number above nothing")
    left = said.get(ROLLED_BACK_FROM)
    if ROLLED_BACK_FROM in said and not (type(left) is int and left > said["number"]):
        raise NotAPromise(f"{ROLLED_BACK_FROM} is no whole number above {said['number']}, the lock's own")
    return Pointer(said["cluster"], said["number"], sha256, said["sequence"], left)


def lock_statement(lock: ClusterLock) -> bytes:
    """Say of a lock what is signed: whose it is, its number, and its bytes."""
    predicate = {"cluster": lock.cluster, "number": lock.number, "runtime": lock.runtime}
    return _statement(LOCK_TYPE, SUBJECT, lock.sha256, predicate)


def is_of_lock(payload: bytes, lock: ClusterLock) -> bool:
    """Whether a payload says of this lock, byte for byte, what is signed of it."""
    try:
        sha256, said = _read(payload, LOCK_TYPE, LOCK_FIELDS)
    except NotAPromise:
        return False
    return (sha256, *said.values()) == (lock.sha256, lock.cluster, lock.number, lock.runtime)


def _statement(kind: str, name: str, sha256: str, predicate: dict[str, Any]) -> bytes:
    return write_statement(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": sha256}}],
            "predicateType": kind,
            "predicate": predicate,
        }
    )


def _read(
    payload: bytes, kind: str, fields: tuple[str, ...], optional: tuple[str, ...] = ()
) -> tuple[str, dict[str, Any]]:
    """Give the digest of the lock and the predicate's fields in their order; nothing more may stand there."""
    try:
        document = parse_strictly(payload)
    except NotStrict as error:
        raise NotAPromise(f"it is no JSON: {error}") from None
    said = document.get("predicate") if isinstance(document, dict) else None
    if not isinstance(said, dict) or said.keys() - set(optional) != set(fields):
        raise NotAPromise(f"its predicate does not hold {', '.join(fields)}, and nothing else")
    digest = _digest(document.get("subject"))
    if (document.get("_type"), document.get("predicateType")) != (STATEMENT_TYPE, kind) or not digest:
        raise NotAPromise(f"it is no {kind.rpartition('#')[2]}")
    return digest, {name: said[name] for name in (*fields, *optional) if name in said}


def _digest(subjects: object) -> str:
    """Give the SHA-256 of the one subject that there may be; nothing where it is another."""
    match subjects:
        case [{"name": name, "digest": {"sha256": str(sha256)}}] if name == SUBJECT and _SHA256.fullmatch(sha256):
            return sha256
    return ""
