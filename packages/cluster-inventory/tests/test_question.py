"""Deadlines, refusals, and what a person gets to read of them."""

from __future__ import annotations

import threading

import pytest

from cluster_inventory import CouldNotAsk
from cluster_inventory.census import Census, is_local
from cluster_inventory.deadline import run_within
from cluster_inventory.question import CALL, refuse_change, refuse_moving_clusters, summarise


def test_work_that_is_done_in_time_is_given_and_nothing_is_cancelled() -> None:
    cancelled = threading.Event()
    assert run_within(60, lambda: 7, cancelled.set) == 7
    assert not cancelled.is_set()


def test_work_that_takes_too_long_is_cancelled() -> None:
    cancelled = threading.Event()
    with pytest.raises(TimeoutError):
        run_within(0.01, lambda: cancelled.wait(60), cancelled.set)
    assert cancelled.wait(60)


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        run_within(60, lambda: 1 // 0, lambda: None)


def test_the_same_executors_before_and_after_are_no_change() -> None:
    before, after = (Census(2, 4, frozenset(members)) for members in (("a:1", "b:1"), ("b:1", "a:1")))
    refuse_change(before, after, ())
    assert before == after


def test_an_executor_replaced_by_another_is_a_change_though_the_count_is_the_same() -> None:
    before, after = (Census(2, 4, frozenset({"a:1", other})) for other in ("b:1", "c:1"))
    with pytest.raises(CouldNotAsk, match=r"changed while they were asked \(gone b:1; new c:1\)"):
        refuse_change(before, after, ())


def test_cores_that_come_are_a_change_where_executors_are_not_counted() -> None:
    with pytest.raises(CouldNotAsk, match=r"\(cores: 4 before, 6 after\)"):
        refuse_change(Census(None, 4), Census(None, 6), ())


def test_executors_that_come_and_go_by_themselves_are_not_asked() -> None:
    with pytest.raises(CouldNotAsk, match=r"spark\.dynamicAllocation\.enabled is true"):
        refuse_moving_clusters({"spark.master": "yarn", "spark.dynamicAllocation.enabled": "true"}.get)


def test_a_setting_that_local_mode_has_no_use_for_is_no_reason_to_refuse() -> None:
    settings = {"spark.master": "local[2]", "spark.dynamicAllocation.enabled": "true"}
    refuse_moving_clusters(settings.get)
    assert is_local(settings.get)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{CALL}java.Error: a\nb\n\tat java.Thread.run(Thread.java:840)\n", "Exception: java.Error: a b"),
        (
            "Job aborted\n  PySparkRuntimeError: [PYTHON_VERSION_MISMATCH] other\n\n\tat x",
            "[PYTHON_VERSION_MISMATCH] other",
        ),
        ("", "Exception: "),
    ],
)
def test_the_sentence_that_matters_is_found_in_a_long_error(text: str, sentence: str) -> None:
    assert summarise(Exception(text)) == sentence
