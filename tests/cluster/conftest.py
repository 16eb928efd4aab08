"""A repository with cluster files, and the command that locks them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.cluster.locksmith import Locksmith

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.index import PackageIndex


@pytest.fixture
def locksmith(tmp_path: Path, index: PackageIndex, outside: dict[str, str]) -> Iterator[Locksmith]:
    """Give a repository with two packages and the runtime `tiny`: `locksmith.cluster("etl", alpha=">=0.1")`."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield Locksmith.at(tmp_path / "repository", index, outside)
    for number, handler in before.items():
        signal.signal(number, handler)
