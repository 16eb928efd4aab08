"""Markers: what says beside a version's files that the version was taken off offer, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.standing import Standing, parse_standing

if TYPE_CHECKING:
    from pathlib import Path


def read_marker(marker: Path) -> Standing:
    """Give how a version is to be listed; Incomplete where its marker can't be read."""
    return parse_standing(marker.read_bytes(), str(marker)) if marker.exists() else Standing()
