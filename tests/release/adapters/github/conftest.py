"""A desk at a repository that has the tag of every parcel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.adapters.github.desk import COMMIT, TAG, Desk
from tests.servers.github import GitHub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a desk; the tag of its parcel is pushed."""
    with GitHub() as github:
        github.repository.tag(TAG, COMMIT)
        yield Desk(github, tmp_path)
