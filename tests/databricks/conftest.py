"""A release to verify, and where the job that renews the index's secret runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databricks.provenance import Release
from tests.databricks.rotation import give_words, open_workspace
from tests.servers.codeartifact import CodeArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.databricks import Databricks


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-python", action="store_true", help="fail where a Python that the verifier has to run on is missing"
    )


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Give a folder with a wheel that is proven."""
    return Release(tmp_path).write()


@pytest.fixture
def codeartifact() -> Iterator[CodeArtifact]:
    """Give the domain that the job asks for a token."""
    with CodeArtifact() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Databricks]:
    """Give the workspace whose secret the job renews."""
    with open_workspace(tmp_path) as server:
        yield server


@pytest.fixture
def words(codeartifact: CodeArtifact, workspace: Databricks, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the job's words, and this process what the job has."""
    return give_words(codeartifact, workspace, monkeypatch)
