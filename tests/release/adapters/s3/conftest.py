"""A bucket, and the target that leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.s3 import open_target
from release.settings import Settings
from tests.servers.account import NO_FILES
from tests.servers.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.adapters.s3.target import S3Target


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """Give an S3 with an empty bucket, and this process the variables that lead there."""
    with S3() as server:
        for name, value in {**server.environment, **NO_FILES}.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def target(s3: S3) -> S3Target:
    """Give the target that a release would open."""
    return open_target(Settings(s3.environment), seconds=20)
