"""How many executors there are, and what is made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_inventory import CouldNotAsk
from cluster_inventory.census import TAGS, Census, choose_sizes, count_slots, expect, is_local, read_declared

NOTHING: dict[str, str] = {}
NUMBERS = st.none() | st.integers(1, 50)


@pytest.mark.parametrize("master", ["local", "local[2]", "local[*]", "local[*, 4]"])
def test_a_local_master_is_local(master: str) -> None:
    assert is_local({"spark.master": master}.get)


@pytest.mark.parametrize("master", ["local-cluster[2,1,1024]", "spark://node:7077", "yarn", "k8s://https://node", ""])
def test_any_other_master_is_not(master: str) -> None:
    assert not is_local({"spark.master": master}.get)


@pytest.mark.parametrize(
    ("settings", "declared"),
    [
        ({"spark.master": "local-cluster[3,1,1024]"}, (3, "spark.master")),
        ({"spark.master": "yarn", "spark.executor.instances": "5"}, (5, "spark.executor.instances")),
        (
            {f"{TAGS}.clusterWorkers": "8", f"{TAGS}.clusterScalingType": "fixed_size"},
            (8, f"{TAGS}.clusterWorkers"),
        ),
        ({f"{TAGS}.clusterWorkers": "8", f"{TAGS}.clusterScalingType": "autoscaling"}, None),
        ({f"{TAGS}.clusterWorkers": "8"}, None),
        ({}, None),
    ],
)
def test_settings_declare_a_number_or_none(settings: dict[str, str], declared: tuple[int, str] | None) -> None:
    assert read_declared(settings.get) == declared


def test_slots_are_cores_by_cores_of_a_task() -> None:
    assert count_slots(9, NOTHING.get) == 9
    assert count_slots(9, {"spark.task.cpus": "2"}.get) == 4
    assert count_slots(1, {"spark.task.cpus": "2"}.get) is None


@pytest.mark.parametrize("setting", ["spark.default.parallelism", "spark.sql.leafNodeDefaultParallelism"])
def test_slots_are_unknown_where_a_setting_fixes_the_parallelism(setting: str) -> None:
    assert count_slots(9, {setting: "9"}.get) is None


def test_no_executor_at_all_is_not_a_cluster_to_ask() -> None:
    with pytest.raises(CouldNotAsk, match="no executor is registered"):
        expect(Census(executors=0, slots=None), None, NOTHING.get)


def test_what_nothing_tells_must_be_told_by_the_caller() -> None:
    with pytest.raises(CouldNotAsk, match="hint: pass executors="):
        expect(Census(executors=None, slots=None), None, NOTHING.get)


def test_a_number_that_the_settings_contradict_is_refused_and_the_setting_named() -> None:
    with pytest.raises(CouldNotAsk, match=r"1 of 4 executors are registered \(spark.executor.instances says 4\)"):
        expect(Census(executors=1, slots=8), None, {"spark.executor.instances": "4"}.get)


def test_the_caller_overrides_what_the_settings_say() -> None:
    assert expect(Census(executors=1, slots=8), 1, {"spark.executor.instances": "4"}.get) == 1


@given(executors=NUMBERS, slots=NUMBERS, claimed=NUMBERS)
def test_every_question_either_reaches_all_or_is_refused(
    executors: int | None, slots: int | None, claimed: int | None
) -> None:
    census = Census(executors, slots)
    try:
        expected = expect(census, claimed, NOTHING.get)
    except CouldNotAsk:
        assert {executors, claimed} - {None} != {executors or claimed} or (executors, slots, claimed) == (None,) * 3
        return
    sizes = choose_sizes(census, expected)
    assert sizes
    assert list(sizes) == sorted(set(sizes))
    # Without a count, only a task in every slot reaches every executor; a caller's number stands in for unknown slots.
    assert sizes[-1] == (max(slots or executors, executors) if executors else slots or claimed)
    assert expected in {executors or claimed, claimed}
