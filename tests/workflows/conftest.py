"""GitHub, AWS and a machine for jobs, made once for all tests of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.index import PackageIndex
from tests.servers.wheel import write_wheel
from tests.workflows.hub import Hub
from tests.workflows.machine import Machine
from tests.workflows.origin import Origin
from tests.workflows.outside import Outside
from tests.workflows.small import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAND_INS = dict.fromkeys(("hatch run lint", "hatch run matrix", "hatch run test", "hatch run types"), 0)
"""What is not run in these tests: each takes minutes, and runs beside them anyway."""


@pytest.fixture(scope="module")
def outside(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory, uv_cache: Path) -> Iterator[Outside]:
    """Give everything that jobs can reach."""
    shelf = tmp_path_factory.mktemp("shelf")
    write_wheel(shelf, "tomli", "2.0.1")  # env-drift needs it on Python 3.10
    with PackageIndex(wheelhouse, shelf) as index, Outside(index, uv_cache) as found:
        yield found


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Give the machine that all jobs run on, one after the other.

    Builds run on the Python that the tests run on, as its wheels alone are at hand for tests of packages; the build that
    is compared with it runs on another.
    """
    return Machine(tmp_path_factory.mktemp("machine"), "3.12")


@pytest.fixture(scope="module")
def github(outside: Outside, machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """Give GitHub with this repository, and the key that signs its releases."""
    origin = Origin.of_this_repository(tmp_path_factory.mktemp("github"), outside.world.kms.key)
    return Hub(origin, machine, outside, STAND_INS)


@pytest.fixture
def hub(github: Hub) -> Hub:
    """Give GitHub, with nothing published and nobody told."""
    github.outside.empty()
    return github


@pytest.fixture
def small(tmp_path: Path, machine: Machine, outside: Outside) -> Hub:
    """Give GitHub with a repository that has no workflow yet."""
    outside.lock_out()
    return Hub(begin(tmp_path), machine, outside, {})
