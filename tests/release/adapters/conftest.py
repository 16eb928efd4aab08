"""Doors that stand at stand-ins."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release.adapters.pip_audit import PipAudit

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
