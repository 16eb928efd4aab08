"""Doors that stand at stand-ins."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release.adapters.pip_audit import PipAudit
from release.adapters.uv import Uv
from release.settings import Settings
from tests.release.adapters.shop import Shop
from tests.servers.index import PackageIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.vulnerabilities import Vulnerabilities


@pytest.fixture
def door(vulnerabilities: Vulnerabilities, tmp_path: Path) -> PipAudit:
    """Give the door to the vulnerability services, which have a second for an answer."""
    return PipAudit(vulnerabilities.osv_url, vulnerabilities.pypi_url, tmp_path / "audit", seconds=1)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory where there is one: a hundred kills wait for the disk a thousand times."""
    place = Path("/dev/shm")  # noqa: S108  # a folder of its own is made in it
    with tempfile.TemporaryDirectory(dir=place if place.is_dir() else tmp_path) as folder:
        yield Path(folder)


@pytest.fixture
def shop(tmp_path: Path, uv_cache: Path) -> Iterator[Shop]:
    """Give an empty index, a uv that asks it alone and gives up soon, and a place for the lock."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with PackageIndex(shelf) as server:
        quick = {"UV_HTTP_TIMEOUT": "1", "UV_HTTP_RETRIES": "0", "UV_CACHE_DIR": str(uv_cache)}
        environment = Settings({**os.environ, **quick, "UV_DEFAULT_INDEX": server.url}).for_tools
        yield Shop(server, tmp_path, Uv(environment), environment)
