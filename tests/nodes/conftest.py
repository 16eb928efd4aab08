"""Volumes, services and nodes for one test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from tests.nodes.environments import HERE, make_environment
from tests.nodes.node import CREDENTIALS, Node, base_of, cluster_variables
from tests.nodes.shelf import Shelf
from tests.servers.codeartifact import CodeArtifact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMON = "15.4"
"""The runtime of what is alike on all."""


@pytest.fixture(scope="session")
def environment(pytestconfig: pytest.Config) -> Callable[[str], Path]:
    """Give what makes a runtime's environment, or finds it in pytest's cache."""
    cache = pytestconfig.cache
    assert cache is not None, "environments are kept in pytest's cache: run without -p no:cacheprovider"
    kept = cache.mkdir("nodes")

    def make(name: str) -> Path:
        with FileLock(kept / f"{name}.lock"):  # tests run in several processes
            return make_environment(name, kept)

    return make


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Give a volume with two wheels, one of which needs the other, for a cluster of the common runtime."""
    shelf = Shelf(tmp_path / "volume")
    shelf.add("paper-plane", "1.2.0", requires=["origami>=1"])
    shelf.add("origami", "1.4")
    return shelf


@pytest.fixture
def node(make_node: Callable[[str], Node]) -> Node:
    """Give a node of the common runtime, which the volume is mounted on."""
    return make_node(COMMON)


@pytest.fixture
def make_node(tmp_path: Path, environment: Callable[[str], Path]) -> Iterator[Callable[[str], Node]]:
    """Give what makes a node of a runtime."""
    made: list[Node] = []

    def make(name: str, role: str = "executor") -> Node:
        if name not in HERE:
            pytest.fail(f"there is no Python of runtime {name} here")
        lower, volume = environment(name), tmp_path / "volume"
        volume.mkdir(exist_ok=True)
        variables = {**cluster_variables(role, name), **CREDENTIALS}
        made.append(Node(lower, base_of(lower), tmp_path / f"node-{len(made)}", volume, variables))
        return made[-1]

    yield make
    for each in made:
        shutil.rmtree(each.state / "aside", ignore_errors=True)


@pytest.fixture
def codeartifact() -> Iterator[CodeArtifact]:
    """Give CodeArtifact, with its guards."""
    with CodeArtifact() as service:
        yield service
