"""A cluster of two executors, each a process of its own with two cores."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from cluster_inventory import CouldNotAsk, ask, check, inventory
from cluster_inventory.answer import answer_batches
from cluster_inventory.node import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def spark(
    open_session: Callable[..., AbstractContextManager[SparkSession]], wait_for_executors: Callable[..., None]
) -> Iterator[SparkSession]:
    with open_session("local-cluster[2,2,1024]") as session:
        wait_for_executors(session, 2)
        yield session


def test_the_driver_and_both_executors_answer(spark: SparkSession) -> None:
    cluster = ask(spark, executors=2)
    assert not cluster.local
    assert [(node.role, node.executor) for node in cluster.nodes] == [
        ("driver", "driver"),
        ("executor", "0"),
        ("executor", "1"),
    ]
    assert len({node.address for node in cluster.nodes}) == 3


def test_the_caller_may_leave_the_driver_out(spark: SparkSession) -> None:
    assert [node.role for node in ask(spark, driver=False).nodes] == ["executor", "executor"]


def test_every_node_has_rows(spark: SparkSession) -> None:
    rows = inventory(spark).select("node", "executable").distinct().collect()
    assert len(rows) == 3
    assert {row.executable for row in rows} == {sys.executable}


def test_nodes_that_run_the_same_are_uniform(spark: SparkSession, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("no-such-distribution==1.0\n", "utf-8")
    report = check(spark, lock, driver=False)
    assert report.uniform
    assert not report.matches
    assert [len(one.differences) for one in report.nodes] == [1, 1]


def test_more_executors_than_there_are_could_not_be_asked(spark: SparkSession) -> None:
    with pytest.raises(CouldNotAsk, match=r"2 of 3 executors are registered \(the caller says 3\)") as caught:
        ask(spark, executors=3)
    assert caught.value.expected == 3


def test_fewer_executors_than_there_are_is_not_the_whole_cluster(spark: SparkSession) -> None:
    with pytest.raises(CouldNotAsk, match="2 of 1 executors are registered"):
        ask(spark, executors=1)


@pytest.mark.skipif(find_spec("pyarrow") is None, reason="PyArrow is not installed")
def test_tasks_that_share_an_executor_answer_once_over_arrow(spark: SparkSession) -> None:
    rows = spark.range(0, 4, 1, 4).mapInArrow(answer_batches, "answer string", barrier=True).collect()
    assert {read_answer(row.answer).executor for row in rows} == {"0", "1"}
    assert len(rows) == 2
