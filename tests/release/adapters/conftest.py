"""Doors that stand at stand-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.pip_audit import PipAudit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.vulnerabilities import Vulnerabilities


@pytest.fixture
def door(vulnerabilities: Vulnerabilities, tmp_path: Path) -> PipAudit:
    """Give the door to the vulnerability services, which have a second for an answer."""
    return PipAudit(vulnerabilities.osv_url, vulnerabilities.pypi_url, tmp_path / "audit", seconds=1)
