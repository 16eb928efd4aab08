from __future__ import annotations

from graphlib import CycleError
from threading import Barrier, Lock
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.schedule import do_in_order, find_waves

if TYPE_CHECKING:
    from collections.abc import Mapping

Needs = dict[int, frozenset[int]]


@st.composite
def graphs(draw: st.DrawFn) -> Needs:
    """Draw up to eight things, each of which needs some of those before it."""
    size = draw(st.integers(0, 8))
    return {each: draw(st.frozensets(st.integers(0, each - 1))) if each else frozenset() for each in range(size)}


@given(graphs())
def test_each_wave_needs_only_what_went_before(needs: Needs) -> None:
    done: set[int] = set()
    for wave in find_waves(needs):
        assert wave
        assert all(needs[each] <= done for each in wave)
        done |= set(wave)
    assert done == needs.keys()


@given(graphs())
def test_nothing_waits_for_a_later_wave_than_it_must(needs: Needs) -> None:
    waves = find_waves(needs)
    place = {each: number for number, wave in enumerate(waves) for each in wave}
    for each, needed in needs.items():
        assert place[each] == max((place[other] + 1 for other in needed), default=0)


@given(graphs(), st.integers(1, 4))
def test_everything_is_done_once_after_what_it_needs(needs: Needs, jobs: int) -> None:
    order: list[int] = []
    lock = Lock()

    def work(key: int, so_far: Mapping[int, int]) -> int:
        assert needs[key] <= so_far.keys()
        assert all(so_far[each] == each * 10 for each in so_far)
        with lock:
            order.append(key)
        return key * 10

    assert do_in_order(needs, work, jobs) == {each: each * 10 for each in needs}
    assert sorted(order) == sorted(needs)


def test_what_needs_nothing_of_each_other_goes_side_by_side() -> None:
    together = Barrier(3, timeout=20)
    made = do_in_order({name: frozenset() for name in "abc"}, lambda _key, _so_far: together.wait() >= 0, 3)
    assert made == {"a": True, "b": True, "c": True}


def test_a_failure_keeps_what_comes_after_from_starting() -> None:
    started: list[str] = []

    def work(key: str, _so_far: Mapping[str, None]) -> None:
        started.append(key)
        if key == "b":
            raise LookupError(key)

    with pytest.raises(LookupError, match="b"):
        do_in_order({"a": frozenset(), "b": frozenset("a"), "c": frozenset("b")}, work, 2)
    assert started == ["a", "b"]


def test_what_needs_itself_is_never_begun() -> None:
    needs = {"a": frozenset("b"), "b": frozenset("a")}
    with pytest.raises(CycleError):
        find_waves(needs)
    with pytest.raises(CycleError):
        do_in_order(needs, lambda key, _: pytest.fail(f"{key} was begun"), 1)
