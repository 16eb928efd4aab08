"""What an index has of one distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from packaging.version import Version

    from release.model.offer import Offer


@dataclass(frozen=True)
class Found:
    """One version, with the wheels that may fit."""

    name: str
    """Normalised."""
    version: Version
    wheels: tuple[Offer, ...]
    added: datetime | None = None
    """When it came there, where the index says."""
