"""CodeArtifact, with staging and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.adapters.codeartifact.world import World
from tests.servers.codeartifact import CodeArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """Give CodeArtifact, and this process the variables that lead there."""
    with CodeArtifact() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
        yield World(server, tmp_path)
