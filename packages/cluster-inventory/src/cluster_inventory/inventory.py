"""The three questions: who is there, what do they have, and is it what the lock says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_inventory.answer import write_answer
from cluster_inventory.census import is_local
from cluster_inventory.errors import CouldNotAsk
from cluster_inventory.node import Cluster, read_answer
from cluster_inventory.question import ask_executors
from cluster_inventory.report import ClusterReport, NodeReport, find_disagreements
from cluster_inventory.session import ClassicSession, open_session
from cluster_inventory.table import SCHEMA, list_rows
from env_drift import Lock, LockError, compare, read_lock

if TYPE_CHECKING:
    import os

    from pyspark.sql import DataFrame, SparkSession

    from cluster_inventory.node import Node
    from env_drift import Difference

TIMEOUT = 120.0
"""Seconds that all executors together have to answer, if the caller says nothing else."""


def ask(spark: SparkSession, *, executors: int | None = None, driver: bool = True, timeout: float = TIMEOUT) -> Cluster:
    """
    Hear every node: the driver first, then the executors in the order of their ids.

    `executors` is how many there must be; if not given, it is what the cluster was started with, or Spark's count.
    `driver=False` leaves out the Python that asks, which over Spark Connect may be on no node of the cluster.
    `timeout` is in seconds. Raises CouldNotAsk unless every executor answered, PySparkMissing without PySpark.
    """
    if (executors is not None and executors < 1) or timeout <= 0:
        raise ValueError(f"executors={executors}, timeout={timeout}: one executor and some time is the least")
    session = open_session(spark)
    own = (read_answer(write_answer("driver", "")),) if driver else ()
    local = is_local(session.read_setting)
    # A server in local mode has Python workers too, which need not run what its client runs.
    if not local or not isinstance(session, ClassicSession):
        return Cluster((*own, *ask_executors(session, executors, timeout)), local)
    if executors is not None or not driver:
        raise CouldNotAsk(
            "local mode has no executors, the driver runs the tasks itself\nhint: leave executors= and driver= out",
            expected=executors,
        )
    return Cluster(own, local)


def inventory(
    spark: SparkSession, *, executors: int | None = None, driver: bool = True, timeout: float = TIMEOUT
) -> DataFrame:
    """
    Give one row per node and distribution, as they were when this was called.

    Columns, in this order: `node` (name for people), `role` (`driver` or `executor`), `host`, `executor` (Spark's id),
    `address` (`host:port`, empty for the driver), `python` (full version), `executable`, `name` and `version` (as the
    metadata spells them), `location` (folder), all strings; `shadowed`, a boolean, true where an earlier folder of the
    node's `sys.path` has the same name. A node without any distribution has one row in which the last four are null.
    Parameters and errors are those of `ask`.
    """
    cluster = ask(spark, executors=executors, driver=driver, timeout=timeout)
    return spark.createDataFrame(list_rows(cluster), SCHEMA)


def check(  # noqa: PLR0913  # one question, with the keywords of two others
    spark: SparkSession,
    lock: str | os.PathLike[str] | Lock,
    *,
    extra: bool = False,
    executors: int | None = None,
    driver: bool = True,
    timeout: float = TIMEOUT,
) -> ClusterReport:
    """
    Compare every node with a lock, and the nodes with each other.

    `lock` is read by env_drift; its markers are evaluated for each node's own Python. `extra` also reports what is
    installed and not locked. Raises env_drift's LockError, before any node is asked where that can be told; the
    other parameters and errors are those of `ask`.
    """
    wanted = lock if isinstance(lock, Lock) else read_lock(lock)
    cluster = ask(spark, executors=executors, driver=driver, timeout=timeout)
    return ClusterReport(
        lock=wanted.path,
        nodes=tuple(NodeReport(node, _compare(node, wanted, extra=extra)) for node in cluster.nodes),
        disagreements=find_disagreements(cluster.nodes),
        local=cluster.local,
    )


def _compare(node: Node, lock: Lock, *, extra: bool) -> tuple[Difference, ...]:
    try:
        return compare(lock, node.distributions, environment=node.environment, extra=extra)
    except LockError as error:
        raise LockError(f"{node.name}: {error}") from error
