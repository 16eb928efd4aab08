"""A release to verify, and the verifier as a process that may do nothing but read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databricks.provenance import Release

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-python", action="store_true", help="fail where a Python that the verifier has to run on is missing"
    )


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Give a folder with a wheel that is proven."""
    return Release(tmp_path).write()
