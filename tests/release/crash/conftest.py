"""Three packages to release, and how much of the matrix is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.scene import Scene

TAGS = ("alpha/v0.1.0", "beta/v0.1.0", "gamma/v0.1.0")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-case", action="store_true", help="try every fault at every call of a release")


@pytest.fixture
def three(scene: Scene) -> Scene:
    """Give a repository with a package that needs another, and one that stands alone."""
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).add("gamma")
    return scene.tagged(*TAGS)
