from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.volumes.harbour import VOLUME, Harbour
from tests.servers.databricks import Databricks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Databricks]:
    """Give a workspace with one volume."""
    with Databricks(tmp_path / "volumes") as server:
        server.volumes.add_volume(VOLUME)
        yield server


@pytest.fixture
def harbour(workspace: Databricks, tmp_path: Path) -> Harbour:
    return Harbour(workspace, tmp_path / "here")
