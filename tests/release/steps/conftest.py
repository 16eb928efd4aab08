"""A world to publish into, and a machine that does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.steps.dock import Dock
from tests.servers.account import NO_FILES
from tests.servers.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Give everything outside, and this process the variables that lead there."""
    with World() as found:
        for name, value in {**found.environment, **NO_FILES}.items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def dock(world: World, tmp_path: Path) -> Dock:
    """Give a machine."""
    return Dock(world, tmp_path / "here")


@pytest.fixture
def elsewhere(world: World, tmp_path: Path) -> Dock:
    """Give another machine, which makes the same bytes and has another key."""
    return Dock(world, tmp_path / "elsewhere")
