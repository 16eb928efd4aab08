"""Spark Connect: a server in a process of its own, with two executors; no SparkContext, no RDD."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from cluster_inventory import CouldNotAsk, ask, check, inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        any(find_spec(name) is None for name in ("grpc", "pandas", "pyarrow")), reason="needs pyspark[connect]"
    ),
]


@pytest.fixture(scope="module")
def spark(spark_home: Path, start_server: Callable[[str], str]) -> Iterator[SparkSession]:
    if not list(spark_home.glob("jars/spark-connect_*.jar")):
        pytest.skip("this PySpark brings no Connect server")
    from pyspark.sql.connect.session import SparkSession as RemoteSession  # noqa: PLC0415  # it needs gRPC

    session = RemoteSession.builder.remote(start_server("local-cluster[2,2,1024]")).create()
    yield session  # type: ignore[misc]  # PySpark 3.5 and 4.0 type the two kinds apart
    session.stop()


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
