"""What tests of commands have beside the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.commands.diagnosis import Doctor, Programs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import ReleaseCommand


@pytest.fixture
def doctor(release: ReleaseCommand) -> Doctor:
    """Give `doctor`, asked about one check at a time."""
    return Doctor(release)


@pytest.fixture
def programs(tmp_path: Path, outside: dict[str, str]) -> Programs:
    """Give a folder to put programs into."""
    return Programs(tmp_path / "programs", outside["PATH"])
