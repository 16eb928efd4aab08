"""The target `index`, opened by a test: with little patience, and asked for one version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from release.adapters.index import open_target
from release.model.tag import Tag
from release.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.adapters.index.target import PackageIndex

ALPHA = Tag("alpha", Version("0.1.0"))


def opened(environment: Mapping[str, str], *, seconds: float = 10, patience: float = 5) -> PackageIndex:
    """Open the index that the variables name."""
    return open_target(Settings(environment), seconds, patience=patience)


def digests(target: PackageIndex, tag: Tag = ALPHA) -> dict[str, str]:
    """Give what it holds of a version: SHA-256 by file name."""
    return {each.name: each.sha256 for each in target.held(tag)}
