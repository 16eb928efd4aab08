"""What holds for every test: no network but loopback, no one's home, one identity, one time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings
from pytest_socket import socket_allow_hosts

from release.toolchain import TOOLCHAIN
from tests.planted import SEARCH, planted_environment, watch_arguments, watch_errors
from tests.servers.index import PackageIndex
from tests.servers.stand_in import closed_address
from tests.servers.vulnerabilities import Vulnerabilities
from tests.summary import SUMMARY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
COMMITTED = "2026-01-02T03:04:05+00:00"
"""When every commit was made, if a test does not say otherwise."""
_GIT = "[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[tag]\n\tgpgSign = false\n[gc]\n\tauto = 0\n"
_OUTSIDE = dict(os.environ)
"""The environment as it was: the toolchain's wheels are fetched with it, once for all runs."""
_NOT_OURS = ("AWS_", "DATABRICKS_", "GIT_", "GITHUB_", "HATCH_", "PIP_", "RELEASE_", "SETUPTOOLS_SCM_", "TWINE_", "UV_")

watch_arguments(SEARCH)
watch_errors(SEARCH)
settings.register_profile("busy", deadline=None)  # two cores, and more than one test run
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def _closed_network() -> None:
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(autouse=True, scope="session")
def _plain_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take away what a machine or a user has set; what a test starts finds no way out but loopback either.

    Every variable that keeps a secret has one that is marked, and at the end no file that is left may hold a mark.
    """
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(_GIT)
    nowhere = closed_address()
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name.startswith(_NOT_OURS) or name in {"FORCE_COLOR", "SOURCE_DATE_EPOCH"}:
                patch.delenv(name)
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_NAME", "Ada Lovelace")
            patch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")
            patch.setenv(f"GIT_{who}_DATE", COMMITTED)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.setenv(name, nowhere)
            patch.setenv(name.upper(), nowhere)
        for name in ("no_proxy", "NO_PROXY"):
            patch.setenv(name, ",".join(LOOPBACK))
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("NO_COLOR", "1")
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("UV_NO_CONFIG", "1")
        for name, secret in planted_environment().items():
            patch.setenv(name, secret)
        yield
        SEARCH.look_below(tmp_path_factory.getbasetemp())
        assert not SEARCH.found, f"secrets left by {sorted(set(SEARCH.found))}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Search what a test printed."""
    SEARCH.look(f"what {report.nodeid} printed", report.capstdout + report.capstderr)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests have counted, whichever process they ran in."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, said in report.user_properties:
            if name == SUMMARY:
                terminalreporter.section(report.nodeid.rpartition("::")[2])
                terminalreporter.line(str(said))


@pytest.fixture(scope="session")
def wheelhouse(pytestconfig: pytest.Config) -> Path:
    """Give a folder with the wheels of the locked toolchain, fetched by digest when one is missing."""
    cache = pytestconfig.cache
    assert cache is not None, "the toolchain's wheels are kept in pytest's cache: run without -p no:cacheprovider"
    folder = cache.mkdir("wheelhouse")
    with FileLock(folder / ".lock"):  # tests run in several processes
        for name in ("build", "test"):
            _fetch_wheels(name, folder)
    return folder


def _fetch_wheels(name: str, folder: Path) -> None:
    lock, kept = (TOOLCHAIN / f"{name}.txt").read_text(), folder / f"{name}.kept.txt"
    wanted = re.sub(r" ; [^\\\n]+", "", lock) if name == "build" else lock  # other Pythons build here too
    if kept.is_file() and kept.read_text() == wanted:
        return
    asked = folder / f"{name}.asked.txt"
    asked.write_text(wanted)
    words = ["download", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", str(folder)]
    words += ["--disable-pip-version-check", "--requirement", str(asked)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *words], env=_OUTSIDE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"the toolchain's wheels could not be fetched:\n{done.stderr}"
    asked.rename(kept)


@pytest.fixture(scope="session")
def _index(wheelhouse: Path) -> Iterator[PackageIndex]:
    with PackageIndex(wheelhouse) as server:
        yield server


@pytest.fixture
def index(_index: PackageIndex, tmp_path: Path) -> Iterator[PackageIndex]:
    """Give the index that every test's uv and pip ask; what is put into its last folder is gone after the test."""
    shelf = tmp_path / "index"
    shelf.mkdir()
    _index.folders.append(shelf)
    _index.forget()
    yield _index
    _index.folders.remove(shelf)
    _index.mend()


@pytest.fixture(scope="session")
def uv_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache for uv that all tests of a run share."""
    return tmp_path_factory.mktemp("uv-cache")


@pytest.fixture
def vulnerabilities() -> Iterator[Vulnerabilities]:
    """Give a stand-in for OSV and PyPI's JSON API that knows the canary alone."""
    with Vulnerabilities() as server:
        yield server


@pytest.fixture
def outside(index: PackageIndex, uv_cache: Path, vulnerabilities: Vulnerabilities) -> dict[str, str]:
    """Give the variables with which git, uv and a release find the stand-ins and nothing else."""
    return {
        **os.environ,
        **vulnerabilities.environment,
        "PIP_INDEX_URL": index.url,
        "UV_CACHE_DIR": str(uv_cache),
        "UV_DEFAULT_INDEX": index.url,
    }
