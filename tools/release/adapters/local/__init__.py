"""The target `local`: an index of files below `dist/index`, from which any pip or uv installs."""

from __future__ import annotations

from release.adapters.local.rows import offer_of
from release.adapters.local.target import LocalIndex

__all__ = ["LocalIndex", "offer_of"]
