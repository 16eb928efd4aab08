"""Everything a wheel brings with it, exactly: the hash-locked closure of its dependencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, order=True)
class Pin:
    """One version of one distribution, and the digests its files may have."""

    name: str
    version: str
    marker: str = ""
    sha256: tuple[str, ...] = ()
    """Digests of all its files, those of a wheel for every platform first."""
    first_party: bool = False

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class Component:
    """A pin together with what its own metadata says."""

    pin: Pin
    needs: tuple[str, ...] = ()
    """Names of the pins it needs itself."""
    licence: str = ""
    author: str = ""
    is_described: bool = True
    """Whether its metadata could be read; a wheel for another platform alone can't be unpacked here."""


@dataclass(frozen=True)
class Closure:
    """What is installed beside the wheel, for every Python and platform at once."""

    lock: Path
    """A `pylock.toml` (PEP 751) from which it is installed."""
    components: tuple[Component, ...]
    direct: tuple[str, ...]
    """Names that the wheel itself asks for."""
    as_of: datetime | None
    """The index was read as it stood then; as it stands today if this is missing."""

    optional: tuple[Pin, ...] = ()
    """What only the wheel's extras bring: audited, and neither installed nor part of the SBOM."""

    @property
    def pages(self) -> Path:
        """A folder with pages of our own names, as it was resolved with; missing where it needs nothing."""
        return self.lock.parent / "ours"

    @property
    def pins(self) -> tuple[Pin, ...]:
        """Its pins, in the order of their names."""
        return tuple(component.pin for component in self.components)
