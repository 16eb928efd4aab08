"""What becomes of the question when an executor does not answer, or goes while it is asked."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_inventory import CouldNotAsk, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyspark.sql import SparkSession

    from cluster_inventory import Cluster

pytestmark = pytest.mark.spark


@pytest.fixture
def stopped(
    standalone: SparkSession, find_executor: Callable[[str], int], wait_for_executors: Callable[..., None]
) -> Iterator[int]:
    """Stop one executor without ending it, so that it is there and does not answer."""
    wait_for_executors(standalone, 2)
    assert len(ask(standalone, driver=False).nodes) == 2
    process = find_executor("second")
    os.kill(process, signal.SIGSTOP)
    yield process
    if Path(f"/proc/{process}").exists():
        os.kill(process, signal.SIGCONT)


@pytest.fixture
def asking(standalone: SparkSession, stopped: int, wait_for: Callable[..., None]) -> Iterator[Future[Cluster]]:
    """Ask both executors, one of which is stopped."""
    assert stopped
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask, standalone)
        wait_for(lambda: count_jobs(standalone) > 0, "the question is asked")
        yield future


def count_jobs(spark: SparkSession) -> int:
    return len(spark.sparkContext.statusTracker().getActiveJobsIds())


@pytest.mark.usefixtures("stopped")
def test_an_executor_that_does_not_answer_in_time_could_not_be_asked(
    standalone: SparkSession, wait_for: Callable[..., None]
) -> None:
    with pytest.raises(CouldNotAsk, match="not every executor answered within 3 s"):
        ask(standalone, timeout=3)
    wait_for(lambda: count_jobs(standalone) == 0, "the question is taken back")


def test_an_executor_lost_while_it_is_asked_could_not_be_asked(asking: Future[Cluster], stopped: int) -> None:
    os.kill(stopped, signal.SIGKILL)
    with pytest.raises(CouldNotAsk, match=r"Spark could not ask: .*failed barrier .*ExecutorLostFailure"):
        asking.result()


def test_an_executor_that_joins_while_others_are_asked_is_a_change(
    asking: Future[Cluster],
    stopped: int,
    standalone: SparkSession,
    add_worker: Callable[[str], None],
    wait_for_executors: Callable[..., None],
) -> None:
    add_worker("third")
    wait_for_executors(standalone, 3)
    os.kill(stopped, signal.SIGCONT)
    with pytest.raises(CouldNotAsk, match=r"changed while they were asked \(new 127\.0\.0\.1:\d+\)") as caught:
        asking.result()
    assert caught.value.expected == 2
    assert len(caught.value.answered) == 2


def test_an_executor_that_left_could_not_be_asked(
    standalone: SparkSession, stop_worker: Callable[[str], None], wait_for_executors: Callable[..., None]
) -> None:
    stop_worker("second")
    wait_for_executors(standalone, 2)
    with pytest.raises(CouldNotAsk, match="2 of 3 executors are registered"):
        ask(standalone, executors=3)
