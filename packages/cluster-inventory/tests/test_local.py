"""Local mode: no executors, and the report says so."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from cluster_inventory import CouldNotAsk, ask, check, inventory
from env_drift import Kind, LockError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.smoke, pytest.mark.spark]


@pytest.fixture(scope="module")
def spark(open_session: Callable[..., AbstractContextManager[SparkSession]]) -> Iterator[SparkSession]:
    with open_session("local[1]") as session:
        yield session


def test_the_driver_answers_alone(spark: SparkSession) -> None:
    cluster = ask(spark)
    assert cluster.local
    assert [node.role for node in cluster.nodes] == ["driver"]
    assert cluster.nodes[0].python == platform.python_version()


def test_every_distribution_of_the_driver_is_a_row(spark: SparkSession) -> None:
    rows = inventory(spark).where("not shadowed").collect()
    assert {(row.role, row.executor) for row in rows} == {("driver", "driver")}
    assert {row.name: row.version for row in rows}["pytest"] == metadata.version("pytest")


def test_the_columns_are_those_documented(spark: SparkSession) -> None:
    columns = inventory(spark).columns
    assert [f"`{column}`" in (inventory.__doc__ or "") for column in columns] == [True] * len(columns)
    assert columns[:2] == ["node", "role"]
    assert columns[-4:] == ["name", "version", "location", "shadowed"]


def test_a_driver_that_matches_its_lock_is_consistent_and_said_to_be_alone(spark: SparkSession, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"pytest=={metadata.version('pytest')}\n", "utf-8")
    report = check(spark, lock)
    assert report.consistent
    assert report.local
    assert "the driver answered alone" in str(report)


def test_a_missing_distribution_is_named(spark: SparkSession, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("no-such-distribution==1.0\n", "utf-8")
    report = check(spark, lock)
    assert not report.matches
    assert [(one.kind, one.name) for one in report.nodes[0].differences] == [(Kind.MISSING, "no-such-distribution")]


def test_what_is_not_locked_is_reported_when_asked_for(spark: SparkSession, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"pytest=={metadata.version('pytest')}\n", "utf-8")
    report = check(spark, lock, extra=True)
    assert "pluggy" in {one.name for one in report.nodes[0].differences if one.kind is Kind.EXTRA}


def test_a_lock_that_asks_nothing_of_the_driver_names_the_driver(spark: SparkSession, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("pytest==1.0; sys_platform == 'plan9'\n", "utf-8")
    with pytest.raises(LockError, match=r"^driver on .*: .*none of its"):
        check(spark, lock)


def test_executors_that_are_expected_are_not_there(spark: SparkSession) -> None:
    with pytest.raises(CouldNotAsk, match="local mode has no executors") as caught:
        ask(spark, executors=2)
    assert caught.value.expected == 2
    assert caught.value.answered == ()


def test_without_the_driver_nobody_is_left_to_ask(spark: SparkSession) -> None:
    with pytest.raises(CouldNotAsk, match="local mode has no executors"):
        ask(spark, driver=False)


@pytest.mark.parametrize("wrong", [{"executors": 0}, {"timeout": 0.0}])
def test_a_number_that_cannot_be_is_refused(spark: SparkSession, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="one executor and some time"):
        ask(spark, **wrong)  # type: ignore[arg-type]  # one of two keywords


def test_a_session_that_is_stopped_could_not_be_asked(spark: SparkSession) -> None:
    spark.stop()
    with pytest.raises(CouldNotAsk, match="the session is stopped"):
        ask(spark)
