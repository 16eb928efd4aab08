"""Whom a consumer trusts: public keys, what each may claim, and how many have to agree."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

DOCUMENT: Final = "https://github.com/wheelyard/wheelyard/blob/main/tools/release/provenance/v1.md"
"""Where the build type and the builders are described: in this repository."""
BUILD_TYPE: Final = DOCUMENT
UNNAMED: Final = "urn:wheelyard:repository:unnamed"
"""The repository of a release whose settings name none."""


class Builder(StrEnum):
    """How a release was made and signed; each claims its own level of SLSA's build track, and never a higher one."""

    WORKSTATION = f"{DOCUMENT}#workstation"
    SEPARATE_SIGNER = f"{DOCUMENT}#separate-signer"

    @property
    def short(self) -> str:
        """The name that settings and options use."""
        return self.value.rpartition("#")[2]

    @property
    def level(self) -> str:
        """What SLSA grants for it."""
        return "SLSA Build L2" if self is Builder.SEPARATE_SIGNER else "SLSA Build L1"


def keyid_of(key: bytes) -> str:
    """Give the hint at a key: the SHA-256 of its DER SubjectPublicKeyInfo."""
    return hashlib.sha256(key).hexdigest()


@dataclass(frozen=True)
class TrustedKey:
    """A public key, whose owner may claim some ways to build, until a day."""

    key: bytes
    """ECDSA P-256, as DER SubjectPublicKeyInfo."""
    name: str = ""
    builders: frozenset[str] = frozenset({Builder.WORKSTATION.value})
    expires: date | None = None
    """The last day, in UTC, on which it is taken."""

    def is_taken(self, today: date) -> bool:
        """Whether it still counts."""
        return self.expires is None or today <= self.expires


@dataclass(frozen=True)
class Trust:
    """Keys, and how many unique ones have to have signed."""

    keys: tuple[TrustedKey, ...]
    threshold: int = 1
