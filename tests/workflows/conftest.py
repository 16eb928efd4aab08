"""GitHub, AWS and a machine for jobs, and a release as far as all its endings have in common: made once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from tests.release.repository import Repository
from tests.servers.index import PackageIndex
from tests.servers.wheel import write_wheel
from tests.workflows.event import push_tag
from tests.workflows.hub import Hub
from tests.workflows.machine import Machine
from tests.workflows.origin import Origin
from tests.workflows.outside import Outside
from tests.workflows.small import begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.workflows.run import Run

TAG: Final = "env-drift/v0.1.0"
STAND_INS: Final = dict.fromkeys(("hatch run lint", "hatch run matrix", "hatch run test", "hatch run types"), 0)
"""What is not run in these tests: each takes minutes, and runs beside them anyway."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-ending", action="store_true", help="try everything that can become of a workflow")


@pytest.fixture
def fully(pytestconfig: pytest.Config) -> None:
    """Leave a test out that continuous integration has no time for."""
    if not pytestconfig.getoption("--every-ending", default=False):
        pytest.skip("hatch run workflows tries this")


@pytest.fixture(scope="session")
def outside(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory, uv_cache: Path) -> Iterator[Outside]:
    """Give everything that jobs can reach."""
    shelf = tmp_path_factory.mktemp("shelf")
    write_wheel(shelf, "tomli", "2.0.1")  # env-drift needs it on Python 3.10
    with PackageIndex(wheelhouse, shelf) as index, Outside(index, uv_cache) as found:
        yield found


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Give the machine that all jobs run on, one after the other.

    Builds run on the Python that the tests run on, as its wheels alone are at hand for tests of packages; the build
    that is compared with it runs on another.
    """
    return Machine(tmp_path_factory.mktemp("machine"), "3.12")


@pytest.fixture(scope="session")
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
def daily(outside: Outside, machine: Machine, tmp_path: Path) -> Hub:
    """Give GitHub with a repository of a test's own: nothing is tagged, and its two packages are quickly tried."""
    outside.empty()
    origin = Origin.of_this_repository(tmp_path, outside.world.kms.key)
    origin.keep("env-drift")
    made = Repository(tmp_path / "made").add("quiet", files={"README.md": "# quiet\n\nA package.\n"}).root
    shutil.copytree(made / "packages" / "quiet", origin.clone / "packages" / "quiet")
    origin.commit("Take other packages")
    origin.push("main")
    return Hub(origin, machine, outside, STAND_INS)


@pytest.fixture(scope="session")
def gated(github: Hub) -> Run:
    """Give a release that the gate let through."""
    github.outside.empty()
    tag = github.origin.tag(TAG)
    github.outside.world.github.repository.tag(TAG, github.origin.head, tag)
    run = github.begin("release.yml", push_tag(TAG, github.origin.head))
    return _well(github.go(run, before=["build", "rebuild"]))


@pytest.fixture(scope="session")
def built(github: Hub, gated: Run) -> Run:
    """Give a release that was built, and built again."""
    github.outside.empty()
    return _well(github.go(gated.fork(), before=["verify"]))


@pytest.fixture(scope="session")
def signed(github: Hub, built: Run) -> Run:
    """Give a release that was verified and signed too, and that is nowhere yet."""
    github.outside.empty()
    return _well(github.go(built.fork(), before=["publish"]))


def _well(run: Run) -> Run:
    logs = "\n".join(each.log for each in run.jobs.values())
    assert {*run.results.values()} == {"success"}, f"{run.results}\n{logs}"
    return run


@pytest.fixture
def small(tmp_path: Path, machine: Machine, outside: Outside) -> Hub:
    """Give GitHub with a repository that has no workflow yet."""
    outside.lock_out()
    return Hub(begin(tmp_path), machine, outside, {})
