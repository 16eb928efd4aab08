"""Calls side by side: answers in order, and which failure is told."""

from __future__ import annotations

from contextlib import nullcontext
from threading import Barrier, Event, Timer
from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.side_by_side import open_pool, side_by_side

if TYPE_CHECKING:
    from concurrent.futures import Future


def test_answers_come_in_the_order_of_the_questions() -> None:
    first_may_end = Event()

    def ask(number: int) -> int:
        if number == 0:
            assert first_may_end.wait(10)
        if number == 4:
            first_may_end.set()
        return number * 10

    assert side_by_side(ask, range(5)) == [0, 10, 20, 30, 40]


def test_questions_are_asked_at_the_same_time() -> None:
    together = Barrier(3, timeout=10)
    assert sorted(side_by_side(lambda _: together.wait(), range(3))) == [0, 1, 2]


def test_no_question_has_no_answer() -> None:
    assert side_by_side(str, ()) == []


def test_a_conflict_is_told_before_any_other_failure() -> None:
    together = Barrier(3, timeout=10)

    def fail(error: Exception) -> None:
        together.wait()
        raise error

    with pytest.raises(Conflict, match="other bytes"):
        side_by_side(fail, [Incomplete("no answer"), Conflict("other bytes"), Incomplete("no answer")])


def test_what_has_its_turn_is_asked_whatever_becomes_of_the_others() -> None:
    asked = []

    def ask(number: int) -> None:
        asked.append(number)
        raise Incomplete("no answer")

    for _ in range(20):
        with pytest.raises(Incomplete):
            side_by_side(ask, range(4), at_once=4)
    assert sorted(asked) == sorted([0, 1, 2, 3] * 20)


def test_what_waits_for_its_turn_when_one_fails_is_left() -> None:
    asked, never = [], Event()

    def ask(number: int) -> None:
        asked.append(number)
        if number == 0:
            raise Incomplete("no answer")
        never.wait(0.1)  # as long as it takes to notice the failure

    with pytest.raises(Incomplete):
        side_by_side(ask, range(100), at_once=1)
    assert len(asked) < 100


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_not_begun_in_a_pool_is_left_where_something_fails(fails: bool) -> None:  # noqa: FBT001
    is_begun, may_end = Event(), Event()
    asked: list[Future[bool]] = []

    def wait() -> bool:
        is_begun.set()
        return may_end.wait(10)

    def ask() -> None:
        with open_pool(1) as pool:
            asked.extend((pool.submit(wait), pool.submit(wait)))
            assert is_begun.wait(10)
            Timer(0.05, may_end.set).start()
            if fails:
                raise Incomplete("no answer")

    with pytest.raises(Incomplete) if fails else nullcontext():
        ask()
    begun, waiting = asked
    assert begun.result()
    assert waiting.cancelled() is fails
