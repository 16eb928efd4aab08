"""A cluster whose two workers really have other environments, and neither has this library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_inventory import ask, check, inventory
from env_drift import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

LOCK = """\
parser==1.0
writer==2.0
only-for-another-system==1.0; sys_platform == "plan9"
"""


@pytest.fixture(autouse=True)
def driver_as_locked(
    tmp_path: Path, write_distributions: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Install on the driver what the lock says."""
    monkeypatch.syspath_prepend(write_distributions(tmp_path / "driver", parser="1.0", writer="2.0"))
    yield
    monkeypatch.undo()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text(LOCK, "utf-8")
    return path


def test_each_difference_is_named_on_its_node(standalone: SparkSession, lock: Path) -> None:
    report = check(standalone, lock)
    found = {
        one.node.name.partition(" on ")[0]: {(difference.kind, difference.name) for difference in one.differences}
        for one in report.nodes
    }
    wrong = {(Kind.VERSION, "parser"), (Kind.MISSING, "writer")}
    assert sorted(found.values(), key=len) == [set(), set(), wrong]
    assert found["driver"] == set()
    assert not report.matches
    assert not report.local


def test_the_report_says_which_nodes_have_which_version(standalone: SparkSession, lock: Path) -> None:
    report = check(standalone, lock, driver=False)
    versions = {one.name: sorted(str(version) for _, version in one.versions) for one in report.disagreements}
    assert versions == {"parser": ["1.0", "1.1"], "reader": ["3.0", "None"], "writer": ["2.0", "None"]}
    assert "parser: 1.0 is locked, 1.1 is installed" in str(report)


def test_what_is_not_locked_is_an_extra_of_one_node(standalone: SparkSession, lock: Path) -> None:
    report = check(standalone, lock, extra=True, driver=False)
    extras = [
        difference.name for one in report.nodes for difference in one.differences if difference.kind is Kind.EXTRA
    ]
    assert extras == ["reader"]


def test_the_inventory_can_be_queried_for_what_differs(standalone: SparkSession) -> None:
    rows = inventory(standalone, executors=2).where("role = 'executor'")
    differing = rows.groupBy("name").agg({"version": "count"}).where("`count(version)` < 2").collect()
    assert {row.name for row in differing} == {"writer", "reader"}


def test_executors_need_not_have_this_library(standalone: SparkSession) -> None:
    executors = ask(standalone, driver=False).nodes
    assert len({node.executable for node in executors}) == 2
    for node in executors:
        assert {"cluster-inventory", "env-drift", "packaging"}.isdisjoint(node.choose_versions())
