"""Spark Connect: a server in a process of its own, with two executors; no SparkContext, no RDD."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from cluster_inventory import CouldNotAsk, ask, check, inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

    Connect = Callable[[str, int], AbstractContextManager[SparkSession]]

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("grpc", "pandas", "pyarrow")), reason="needs pyspark[connect]"
    ),
]


@pytest.fixture(scope="module")
def connect(spark_home: Path, start_server: Callable[[str, int], str]) -> Connect:
    """Connect to a server that is started on a master and has that many executors of its own processes."""
    if not list(spark_home.glob("jars/spark-connect_*.jar")):
        pytest.skip("this PySpark brings no Connect server")
    from pyspark.sql.connect.session import SparkSession as RemoteSession  # noqa: PLC0415  # it needs gRPC

    @contextmanager
    def open_one(master: str, executors: int) -> Iterator[SparkSession]:
        session = RemoteSession.builder.remote(start_server(master, executors)).create()
        yield session  # type: ignore[misc]  # PySpark types the two kinds of session apart
        session.stop()

    return open_one


@pytest.fixture(scope="module")
def spark(connect: Connect) -> Iterator[SparkSession]:
    with connect("local-cluster[2,2,1024]", 2) as session:
        yield session


def test_both_executors_answer_without_being_counted(spark: SparkSession) -> None:
    cluster = ask(spark)
    assert [node.executor for node in cluster.nodes] == ["driver", "0", "1"]
    assert not cluster.local


def test_every_node_has_rows(spark: SparkSession) -> None:
    assert inventory(spark, executors=2).select("node").distinct().count() == 3


def test_nodes_are_compared_with_the_lock(spark: SparkSession, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("no-such-distribution==1.0\n", "utf-8")
    report = check(spark, lock)
    assert [len(one.differences) for one in report.nodes] == [1, 1, 1]


def test_fewer_answers_than_executors_is_could_not_ask(spark: SparkSession) -> None:
    with pytest.raises(CouldNotAsk, match=r"2 of 3 executors answered: executor 0 on .*, executor 1 on ") as caught:
        ask(spark, executors=3)
    assert caught.value.expected == 3
    assert len(caught.value.answered) == 2


def test_a_parallelism_that_hides_the_cores_needs_the_caller_to_count(spark: SparkSession) -> None:
    spark.conf.set("spark.sql.leafNodeDefaultParallelism", "1")
    try:
        assert len(ask(spark, executors=2, driver=False).nodes) == 2
    finally:
        spark.conf.unset("spark.sql.leafNodeDefaultParallelism")


def test_a_server_that_takes_too_long_could_not_be_asked_and_can_be_asked_again(spark: SparkSession) -> None:
    with pytest.raises(CouldNotAsk, match="not every executor answered within"):
        ask(spark, timeout=0.1)
    assert len(ask(spark, driver=False).nodes) == 2


def test_a_server_in_local_mode_answers_as_one_executor(connect: Connect) -> None:
    with connect("local[2]", 0) as session:
        cluster = ask(session)
    assert cluster.local
    assert [node.role for node in cluster.nodes] == ["driver", "executor"]
