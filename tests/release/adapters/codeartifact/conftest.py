"""CodeArtifact, with staging and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.adapters.codeartifact.world import World
from tests.servers.account import NO_FILES
from tests.servers.codeartifact import CodeArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """Give CodeArtifact, and this process the variables that lead there."""
    with CodeArtifact() as server:
        for name, value in {**server.environment, **NO_FILES}.items():
            monkeypatch.setenv(name, value)
        yield World(server, tmp_path)
