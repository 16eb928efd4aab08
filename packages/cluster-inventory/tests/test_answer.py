"""What a node says of itself, where there is no Spark."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cluster_inventory.answer import find_executor, find_turn, read_distributions, write_answer
from cluster_inventory.node import read_answer
from cluster_inventory.report import find_disagreements
from env_drift import installed, marker_environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXECUTORS_PYTHON = """
import pickle
import sys
sys.modules.update(dict.fromkeys(("cluster_inventory", "env_drift", "packaging")))  # an import of one fails
print(pickle.loads(sys.stdin.buffer.read())("executor", "10.0.0.1:4040"))
"""


def test_the_first_task_of_each_executor_speaks() -> None:
    addresses = ["a:1", "b:1", "a:1", "b:1", "a:2"]
    assert [find_turn(partition, addresses) for partition in range(5)] == ["a:1", "b:1", None, None, "a:2"]


def test_a_shadowed_distribution_comes_after_the_one_that_shadows_it(
    tmp_path: Path, write_distributions: Callable[..., Path]
) -> None:
    first, second = (write_distributions(tmp_path / name, parser=name) for name in ("2.0", "1.0"))
    found = list(read_distributions([str(first), str(second)]))
    assert found == [("parser", "2.0", str(first)), ("parser", "1.0", str(second))]


def test_a_folder_that_stands_twice_on_the_path_is_read_once(
    tmp_path: Path, write_distributions: Callable[..., Path]
) -> None:
    folder = write_distributions(tmp_path / "one", parser="1.0")
    (tmp_path / "other").symlink_to(folder)
    assert len(list(read_distributions([str(folder), str(tmp_path / "other"), f"{folder}/"]))) == 1


def test_what_an_interrupted_removal_leaves_is_not_installed(
    tmp_path: Path, write_distributions: Callable[..., Path]
) -> None:
    folder = write_distributions(tmp_path, parser="1.0")
    (folder / "parser-1.0.dist-info").rename(folder / "~arser-1.0.dist-info")
    assert list(read_distributions([str(folder)])) == []


def test_a_distribution_without_metadata_has_the_name_of_its_folder_and_no_version(tmp_path: Path) -> None:
    (tmp_path / "parser-1.0.dist-info").mkdir()
    assert list(read_distributions([str(tmp_path)])) == [("parser", "", str(tmp_path))]


def test_the_driver_finds_what_env_drift_finds() -> None:
    node = read_answer(write_answer("driver", ""))
    assert {(one.name, one.version, one.location) for one in node.distributions} == {
        (one.name, one.version, one.location) for one in installed()
    }


def test_markers_are_those_of_env_drift() -> None:
    assert read_answer(write_answer("driver", "")).environment == marker_environment()


def test_a_process_below_no_executor_has_no_executor_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPARK_EXECUTOR_ID", raising=False)
    assert find_executor() == ""


def test_the_id_that_kubernetes_gives_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_EXECUTOR_ID", "7")
    assert find_executor() == "7"


def test_the_id_is_found_in_the_command_of_a_process_above() -> None:
    asked = f"import sys; sys.path = {sys.path}; from cluster_inventory.answer import find_executor as f; print(f())"
    above = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    command = [sys.executable, "-c", above, asked, "--executor-id", "12"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "12\n"


@pytest.mark.spark
def test_the_answer_needs_nothing_of_ours_where_it_is_given() -> None:
    cloudpickle = pytest.importorskip("pyspark.cloudpickle")
    from cluster_inventory.session import send_by_value  # noqa: PLC0415  # it needs PySpark

    send_by_value()
    sent = cloudpickle.dumps(write_answer)
    command = [sys.executable, "-c", EXECUTORS_PYTHON]
    answer = subprocess.run(command, input=sent, capture_output=True, check=True).stdout
    assert read_answer(answer.decode()).name == "executor at 10.0.0.1:4040"


@pytest.mark.spark
def test_an_answer_sent_by_name_would_need_this_library_there() -> None:
    cloudpickle = pytest.importorskip("pyspark.cloudpickle")
    sent = cloudpickle.dumps(find_disagreements)
    command = [sys.executable, "-c", EXECUTORS_PYTHON]
    failed = subprocess.run(command, input=sent, capture_output=True, check=False)
    assert b"ModuleNotFoundError: " in failed.stderr
