"""The two kinds of Spark session, and what can be asked of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from cluster_inventory import answer
from cluster_inventory.census import Census, count_slots, is_local
from cluster_inventory.errors import CouldNotAsk, PySparkMissing

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ENOUGH_ROWS = 1_000_000
"""Rows that leave no partition empty, on a cluster of up to as many cores."""


class Session(Protocol):
    """What asking needs of a session; every method but `cancel` is called in one thread of its own."""

    def read_setting(self, key: str) -> str | None:
        """Say what the cluster's setting is, None where it has none."""

    def take_census(self) -> Census:
        """Count the executors, as far as this session can."""

    def ask(self, tasks: int) -> list[str]:
        """Run that many tasks at the same time, and give one answer of each executor they reach."""

    def cancel(self) -> None:
        """Stop what `ask` has running."""


@dataclass(frozen=True)
class ClassicSession:
    """A session in the driver's process."""

    spark: SparkSession
    tag: str = field(default_factory=lambda: f"cluster-inventory-{uuid4()}")

    def read_setting(self, key: str) -> str | None:
        """Say what the cluster's setting is, None where it has none."""
        return self.spark.conf.get(key, None)

    def take_census(self) -> Census:
        """Count the block managers, which every executor has one of, and the driver too."""
        context = self.spark.sparkContext
        # PySpark wraps neither; SparkContext.getExecutorMemoryStatus is public in Spark.
        members = context._jsc.sc().getExecutorMemoryStatus().keys().mkString(" ").split()  # noqa: SLF001  # see above
        return Census(
            executors=len(members) - 1,
            slots=count_slots(context.defaultParallelism, self.read_setting),
            members=frozenset(members),
        )

    def ask(self, tasks: int) -> list[str]:
        """Ask over an RDD, which needs neither pandas nor Arrow on any node."""
        context = self.spark.sparkContext
        context.addJobTag(self.tag)
        return context.parallelize(range(tasks), tasks).barrier().mapPartitions(answer.answer_rows).collect()

    def cancel(self) -> None:
        """Stop what `ask` has running."""
        self.spark.sparkContext.cancelJobsWithTag(self.tag)


@dataclass(frozen=True)
class ConnectSession:
    """A session that speaks Spark Connect with a server: no SparkContext, no RDD."""

    spark: SparkSession
    tag: str = field(default_factory=lambda: f"cluster-inventory-{uuid4()}")

    def read_setting(self, key: str) -> str | None:
        """Say what the cluster's setting is, None where it has none."""
        return self.spark.conf.get(key, None)

    def take_census(self) -> Census:
        """Count the slots by the partitions that Spark makes of a range; executors are not to be counted."""
        if is_local(self.read_setting):
            return Census(executors=1, slots=1)
        partitions = self.spark.range(ENOUGH_ROWS).selectExpr("spark_partition_id() AS partition")
        last = partitions.selectExpr("max(partition) AS last").collect()[0].last
        return Census(executors=None, slots=count_slots(last + 1, self.read_setting))

    def ask(self, tasks: int) -> list[str]:
        """Ask over Arrow, which the cluster's nodes need for it."""
        self.spark.addTag(self.tag)
        rows = self.spark.range(0, tasks, 1, tasks)
        return [row.answer for row in rows.mapInArrow(answer.answer_batches, "answer string", barrier=True).collect()]

    def cancel(self) -> None:
        """Stop what `ask` has running."""
        self.spark.interruptTag(self.tag)


def open_session(spark: SparkSession) -> ClassicSession | ConnectSession:
    """Tell which kind of session it is; PySparkMissing without PySpark, CouldNotAsk for one that is stopped."""
    if find_spec("pyspark") is None:
        raise PySparkMissing(
            "PySpark cannot be imported here\nhint: run this on the cluster, which brings it, or install pyspark"
        )
    send_by_value()
    if is_remote(spark):
        return ConnectSession(spark)
    if spark.sparkContext._jsc is None:  # noqa: SLF001  # nothing public tells
        raise CouldNotAsk("the session is stopped\nhint: make a new one")
    return ClassicSession(spark)


def is_remote(spark: SparkSession) -> bool:
    """Whether the session speaks Spark Connect, told without an import that would need gRPC."""
    return any(kind.__module__.startswith("pyspark.sql.connect.") for kind in type(spark).__mro__)


def send_by_value() -> None:
    """Have the answering functions sent whole; by their names, executors would have to import this library."""
    from pyspark import cloudpickle  # noqa: PLC0415  # PySpark may be missing

    cloudpickle.register_pickle_by_value(answer)  # type: ignore[no-untyped-call]  # PySpark ships it untyped
