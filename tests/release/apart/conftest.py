"""A release in jobs, built and signed once: its build and its package leave a mark wherever they run."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from tests.release.apart.jobs import BUNDLE, NOTHING, OTHER, TAG, Job, Jobs, policy
from tests.release.repository import Repository
from tests.servers.vulnerabilities import Vulnerabilities
from tests.servers.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.index import PackageIndex

_HOOK = """\
import pathlib

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        pathlib.Path({ran!r}).touch()
"""
_MODULE = '"""It says where it ran."""\n\nimport pathlib\n\nNAME = "alpha"\npathlib.Path({ran!r}).touch()\n'
_USES_HOOK = '[tool.hatch.build.hooks.custom]\npath = "hatch_build.py"\n'


@pytest.fixture(scope="session")
def jobs(tmp_path_factory: pytest.TempPathFactory, _index: PackageIndex, uv_cache: Path) -> Iterator[Jobs]:
    """Give a tagged repository whose build and whose package leave a mark wherever they run."""
    root = tmp_path_factory.mktemp("apart")
    ran = str(root / "ran")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with World() as world, Vulnerabilities() as vulnerabilities:
        environment = {
            **os.environ,
            **vulnerabilities.environment,
            "UV_CACHE_DIR": str(uv_cache),
            "UV_DEFAULT_INDEX": _index.url,
            "TMPDIR": str(root),
        }
        repository = Repository(root / "repository")
        repository.write("pyproject.toml", policy(world))
        repository.add("alpha", versions=("0.1.1", "0.1.0"), files={"src/alpha/__init__.py": _MODULE.format(ran=ran)})
        repository.write("packages/alpha/hatch_build.py", _HOOK.format(ran=ran))
        repository.edit("packages/alpha/pyproject.toml", "[tool.release]", f"{_USES_HOOK}\n[tool.release]")
        repository.commit()
        repository.tag(TAG, OTHER)
        world.github.repository.tag(TAG, repository.git("rev-parse", "HEAD"))
        yield Jobs(repository, environment, world)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def built(jobs: Jobs, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Give a job that has built, with its digests."""
    jobs.world.empty()
    job = jobs.open(tmp_path_factory.mktemp("built") / "clone")
    job.call("build", TAG, "--to", "github").expect(0)
    assert jobs.brought == NOTHING
    return job


@pytest.fixture(scope="session")
def signed(jobs: Jobs, built: Job, tmp_path_factory: pytest.TempPathFactory) -> Job:
    """Give a job that was given the statement alone, and has signed it."""
    job = jobs.open(tmp_path_factory.mktemp("signed") / "clone")
    job.dist.mkdir(parents=True)
    shutil.copy(built.dist / BUNDLE, job.dist)
    jobs.sign(job, "--digests", built.outputs["digests"]).expect(0)
    return job


@pytest.fixture
def ready(jobs: Jobs, built: Job, signed: Job, tmp_path: Path) -> Iterator[Job]:
    """Give a job that has everything to publish; nothing stands anywhere, and nothing of the package may run."""
    jobs.world.empty()
    mark = jobs.repository.root.parent / "ran"
    mark.unlink(missing_ok=True)
    yield jobs.open(tmp_path / "clone").take(built).take(signed)
    assert not mark.exists(), "code of the package, or of its build, has run"


@pytest.fixture
def handed(built: Job, signed: Job) -> tuple[str, ...]:
    """Give the digests that the jobs before have told."""
    return ("--digests", built.outputs["digests"], "--digests", signed.outputs["digests"])
