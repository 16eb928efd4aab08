"""Targets: whether their settings are there, and whether a package would be new to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.diagnosis import Diagnosis, ok
from release.model.tag import Channel
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release.ports import Target


def look_at_names(target: Target, packages: Sequence[str]) -> Iterator[Diagnosis]:
    """Say which names a release would be the first of: whoever does not expect that has the wrong target."""
    offered = side_by_side(lambda package: target.offered(package, Channel.DEV), packages)
    new = [package for package, offers in zip(packages, offered, strict=True) if not offers]
    check = f"{target.name} names"
    if new:
        yield ok(check, f"nothing is offered there yet of {', '.join(new)}: a release would be the first of its name")
    else:
        yield ok(check, f"it offers versions of {'it' if len(packages) == 1 else 'all'} already")
