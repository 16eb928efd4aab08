"""A job ends where a node of a real cluster does not run what its lock says."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.version import Version

from cluster.model.lock import ClusterLock, Locked
from tests.databricks.standalone import Standalone, make_environment, write_distributions
from tests.repository.tree import ROOT

if missing := [name for name in ("cluster-inventory", "env-drift") if not (ROOT / "packages" / name).is_dir()]:
    pytest.skip(f"check_lock.py needs what has left this repository: {', '.join(missing)}", allow_module_level=True)
env_drift = import_module("env_drift")

HERE = Path(__file__).parent
CHECK_LOCK = ROOT / "databricks" / "check_lock.py"
DRIFT = "wheelyard: FAIL check=lock code=drift cluster=nightly-etl lock=7"


def write_lock(folder: Path, number: int, **versions: str) -> Path:
    """Write a lock as `cluster lock` writes it."""
    wheels = tuple(
        Locked(name, Version(version), f"{name}-{version}-py3-none-any.whl", 64 * "a", "asked for")
        for name, version in versions.items()
    )
    head = ("nightly-etl", number, "15.4", 64 * "b", "3.11", "x86_64", "stable", "2026-01-02T03:04:05Z")
    path = folder / f"lock-{number}.txt"
    path.write_text(ClusterLock(*head, wanted=("parser",), wheels=wheels).as_text())
    return path


def write_status(path: Path, **versions: str) -> Path:
    """Write what the init script leaves on a node."""
    wheels = {name: {"version": version, "sha256": 64 * "a"} for name, version in versions.items()}
    said = {"cluster": "nightly-etl", "role": "driver", "lock": "7", "lock_sha256": 64 * "b", "wheels": wheels}
    path.write_text(json.dumps(said))
    return path


@dataclass(frozen=True)
class Said:
    """What came of the cells, in their order, and of the job after them."""

    cells: tuple[tuple[int | str, str, str], ...]
    code: int
    job: str
    """What it printed."""
    errors: str


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Ask a cluster of two workers, of which the second has missed an update, with every question of this module."""
    spec = find_spec("pyspark")
    assert spec is not None, "PySpark is part of the tests' environment"
    assert spec.origin is not None
    folder = tmp_path_factory.mktemp("cluster")
    driver = write_distributions(folder / "driver", parser="1.0", writer="2.0")
    status = write_status(folder / "installed.json", parser="1.0", writer="2.0")
    agreed = str(write_lock(folder, 6, parser="1.0"))
    cells = [
        ["--lock", agreed],
        ["--lock", agreed, "--uniform"],
        ["--lock", agreed, "--executors", "3", "--patience", "0"],
        ["--lock", agreed, "--no-driver"],
    ]
    with Standalone(Path(spec.origin).parent, folder) as cluster:
        cluster.add_worker("first", parser="1.0", writer="2.0")
        cluster.add_worker("second", parser="1.0", writer="1.9")
        words = json.dumps(["--status", str(status)])
        done = cluster.run(HERE / "cells.py", CHECK_LOCK, driver, json.dumps(cells), words)
    heard, job = done.stdout.splitlines()[: len(cells) + 1], done.stdout.splitlines()[len(cells) + 1 :]
    assert job, done.stderr
    return Said(tuple(tuple(json.loads(line)) for line in heard), done.returncode, "\n".join(job), done.stderr)


@pytest.mark.spark
def test_a_job_ends_with_12_and_names_the_node_that_missed_an_update(said: Said) -> None:
    assert said.code == 12, said.errors
    lines = said.job.splitlines()
    assert "1 of 3 nodes differ" in lines[0]
    differing = [line for line in lines if line.endswith(": differs")]
    assert len(differing) == 1
    assert differing[0].startswith("executor ")
    assert lines[lines.index(differing[0]) + 1] == "  writer: 2.0 is locked, 1.9 is installed"
    assert lines[-1] == DRIFT
    assert "hint: restart the cluster" in said.errors


@pytest.mark.spark
def test_a_notebook_stops_at_drift(said: Said) -> None:
    raised, message, hint = said.cells[-1]
    assert raised == "Drifted"
    assert "writer: 2.0 is locked, 1.9 is installed" in message
    assert hint.startswith("restart the cluster")


@pytest.mark.spark
def test_what_every_node_has_is_no_drift(said: Said) -> None:
    code, printed, hint = said.cells[0]
    assert (code, hint) == (0, "")
    assert printed.splitlines()[-1] == "wheelyard: OK check=lock cluster=nightly-etl lock=6 nodes=3"


@pytest.mark.spark
def test_what_is_not_locked_has_to_be_the_same_only_where_that_is_asked(said: Said) -> None:
    code, printed, _ = said.cells[1]
    assert "writer: 2.0 on " in said.cells[0][1]
    assert (code, printed.splitlines()[-1].split()[3]) == (12, "code=drift")


@pytest.mark.spark
def test_an_executor_that_is_not_there_is_no_good_news(said: Said) -> None:
    code, printed, hint = said.cells[2]
    assert (code, printed.splitlines()[-1].split()[3]) == (15, "code=unheard")
    assert "2 of 3 executors are registered" in printed
    assert "executors=" in hint


@pytest.mark.spark
def test_the_driver_can_be_left_out(said: Said) -> None:
    code, printed, _ = said.cells[3]
    assert (code, printed.splitlines()[-1].split()[-1]) == (0, "nodes=2")
    assert "driver" not in printed


def test_every_pin_of_a_lock_is_read(tmp_path: Path) -> None:
    versions = {"parser": "1.0", "reader-two": "2!3.0.post1", "writer": "1.0+local"}
    pins = env_drift.read_lock(write_lock(tmp_path, 7, **versions)).pins()
    assert pins == tuple(env_drift.Pin(name, version, (f"sha256:{64 * 'a'}",)) for name, version in versions.items())


def run(python: str | Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [python, "-I", "-W", "error", CHECK_LOCK, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "written", [None, "", "[]", "{}", '{"lock": 7, "sha256": ""}', "\x00", '{"lock": "/gone.txt"}']
)
def test_a_status_that_names_no_lock_is_refused_before_spark_starts(tmp_path: Path, written: str | None) -> None:
    status = tmp_path / "installed.json"
    if written is not None:
        status.write_text(written)
    done = run(sys.executable, "--status", status)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "wheelyard: FAIL check=lock code=no-lock")
    assert str(status) in done.stdout
    assert "--lock PATH" in done.stderr


def test_a_lock_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run(sys.executable, "--lock", tmp_path / "lock.txt")
    assert (done.returncode, str(tmp_path / "lock.txt") in done.stdout) == (2, True)


def test_a_lock_that_pins_nothing_is_none(tmp_path: Path) -> None:
    for words in (
        ("--lock", write_lock(tmp_path, 7)),
        ("--status", write_status(tmp_path / "installed.json")),
    ):
        done = run(sys.executable, *words)
        assert done.stdout.splitlines() == [f"{words[1]}: pins nothing", DRIFT.replace("drift", "no-lock")]
        assert done.returncode == 2


def test_nothing_is_good_where_nobody_can_ask(tmp_path: Path) -> None:
    done = run(make_environment(tmp_path / "bare"), "--lock", write_lock(tmp_path, 7, parser="1.0"))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (15, DRIFT.replace("drift", "unheard"))
    assert "No module named 'env_drift': no node was asked" in done.stdout
    assert "name cluster-inventory in the cluster file" in done.stderr


@pytest.mark.parametrize("words", [("--executors", "0"), ("--executors", "two"), ("--patience", "long"), ("--pip",)])
def test_words_that_mean_nothing_are_refused(words: tuple[str, ...]) -> None:
    done = run(sys.executable, *words)
    assert (done.returncode, done.stdout, words[0] in done.stderr) == (2, "", True)
