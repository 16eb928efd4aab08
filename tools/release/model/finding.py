"""A known vulnerability of something in a closure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """What one service knows."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every identifier it goes by."""
        return frozenset({self.id, *self.aliases})
