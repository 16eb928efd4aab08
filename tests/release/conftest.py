"""A repository to release from, and the command that releases from it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from release.adapters.uv import Uv
from release.settings import Settings
from tests.release.adapters.shop import Shop
from tests.release.command import ReleaseCommand
from tests.release.repository import Repository
from tests.release.scene import Scene
from tests.servers.index import PackageIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Give an empty monorepo: `repository.add("alpha").commit()`, then `repository.tag("alpha/v0.1.0")`."""
    return Repository(tmp_path / "repository")


@pytest.fixture
def release(repository: Repository, outside: dict[str, str]) -> Iterator[ReleaseCommand]:
    """Give the command: `release("status", "--json")` in this process, `release.apart(…)` as one of its own."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield ReleaseCommand(repository.root, outside)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def scene(repository: Repository, release: ReleaseCommand) -> Scene:
    """Give both, with a watch over what a call leaves behind."""
    return Scene.around(repository, release)


@pytest.fixture
def shop(tmp_path: Path, uv_cache: Path) -> Iterator[Shop]:
    """Give an empty index, a uv that asks it alone and gives up soon, and a place for the lock."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with PackageIndex(shelf) as server:
        quick = {"UV_HTTP_TIMEOUT": "1", "UV_HTTP_RETRIES": "0", "UV_CACHE_DIR": str(uv_cache)}
        environment = Settings({**os.environ, **quick, "UV_DEFAULT_INDEX": server.url}).for_tools
        yield Shop(server, tmp_path, Uv(environment), environment)
