"""What pip would do with requirements on a runtime: what is there already, what is added, what would be replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, order=True)
class Action:
    """What an install would do with one distribution."""

    name: str
    """Normalised."""
    version: str
    action: str
    """`installed` or `uninstalled`; a replacement is both, of two versions."""


@dataclass(frozen=True)
class Answer:
    """What an install would do with a runtime, and what led there."""

    actions: tuple[Action, ...]
    needs: Mapping[str, tuple[str, ...]]
    """Names that each version needs (`requests==2.31.0`), of every version that was looked at."""

    ranges: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Who asks for which versions of a name, nobody where it is asked for itself: `("requests==2.31.0", "<3")`."""

    @property
    def installed(self) -> dict[str, str]:
        """Versions that are new, by name."""
        return {each.name: each.version for each in self.actions if each.action == "installed"}


class Effect(StrEnum):
    """What becomes of one distribution."""

    SATISFIED = "satisfied"
    ADDED = "added"
    REPLACED = "would replace"


@dataclass(frozen=True, order=True)
class Fate:
    """One distribution of a closure, on one runtime."""

    name: str
    """Normalised."""
    effect: Effect
    shipped: str = ""
    """The runtime's version; empty where it ships none."""
    chosen: str = ""
    """The version after an install; the runtime's own where it satisfies."""
    allowed: str = ""
    """Why the package may replace it, where its settings say so."""

    def __str__(self) -> str:
        versions = f"{self.shipped} → {self.chosen}" if self.effect is Effect.REPLACED else self.chosen
        return f"{self.name} {versions}"


@dataclass(frozen=True)
class Compatibility:
    """Requirements on one runtime."""

    runtime: str
    """Its name."""
    fates: tuple[Fate, ...] = ()
    """Everything that is asked for, and what that needs, by name."""
    breaks: Mapping[str, tuple[str, ...]] | None = None
    """Untouched distributions of the runtime that a replacement would break, each with the needs that are not met."""
    refusal: str = ""
    """Why there is no answer that could be installed: nothing fits, or pyspark is asked for."""

    @property
    def replaced(self) -> tuple[Fate, ...]:
        """What would be replaced without leave."""
        return tuple(each for each in self.fates if each.effect is Effect.REPLACED and not each.allowed)

    @property
    def is_good(self) -> bool:
        """Whether nothing of the runtime is touched that may not be."""
        return not self.refusal and not self.replaced

    def having(self, effect: Effect) -> tuple[Fate, ...]:
        """Give the distributions with one fate."""
        return tuple(each for each in self.fates if each.effect is effect)
