"""What a proof is asked for, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release.model.trust import TrustedKey


class Reason(StrEnum):
    """Why a bundle does not prove a file, in the order in which it is found out."""

    EMPTY = "empty"
    MALFORMED = "malformed"
    WRONG_PAYLOAD_TYPE = "wrong-payload-type"
    UNSIGNED = "unsigned"
    UNTRUSTED = "untrusted"
    THRESHOLD = "threshold"
    EXPIRED_KEY = "expired-key"
    MALFORMED_STATEMENT = "malformed-statement"
    WRONG_TYPE = "wrong-type"
    WRONG_PREDICATE = "wrong-predicate"
    WRONG_BUILD_TYPE = "wrong-build-type"
    UNKNOWN_PARAMETER = "unknown-parameter"
    WRONG_PACKAGE = "wrong-package"
    WRONG_VERSION = "wrong-version"
    WRONG_REPOSITORY = "wrong-repository"
    WRONG_COMMIT = "wrong-commit"
    WRONG_BUILDER = "wrong-builder"
    WRONG_SUBJECT = "wrong-subject"

    @property
    def progress(self) -> int:
        """How far the proof had come."""
        return list(Reason).index(self)


class Unproven(ValueError):  # an error is named for what happened
    """A bundle that does not prove a file: why, in a word and in a sentence."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Expected:
    """What a consumer asked for, and so what has to be proven."""

    package: str
    version: str
    repository: str
    commit: str = ""
    """Any, where it is empty."""
    builder: str = ""
    """Any that a key is trusted for, where it is empty."""


@dataclass(frozen=True)
class Proven:
    """What a bundle proves of a file."""

    commit: str
    builder: str
    keys: tuple[TrustedKey, ...]
    """The unique keys that signed, and are taken today for this builder."""
    statement: bytes
    """The payload that was signed."""
