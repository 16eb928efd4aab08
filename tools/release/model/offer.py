"""What an index offers of a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.version import Version


@dataclass(frozen=True)
class Offer:
    """A file that an index offers, where it can be had and what its bytes are."""

    version: Version
    name: str
    url: str
    sha256: str
    requires_python: str = ""
