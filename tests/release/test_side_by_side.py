"""Calls side by side: answers in order, and which failure is told."""

from __future__ import annotations

from threading import Barrier, Event, Timer

import pytest

from release.errors import Conflict, Incomplete
from release.side_by_side import open_pool, side_by_side


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


def test_what_is_not_begun_when_one_fails_is_left() -> None:
    asked = []

    def ask(number: int) -> None:
        asked.append(number)
        if number == 0:
            raise Incomplete("no answer")

    with pytest.raises(Incomplete):
        side_by_side(ask, range(1000), at_once=1)
    assert len(asked) < 1000


def test_what_is_not_begun_when_a_pool_is_left_never_is() -> None:
    is_begun, may_end = Event(), Event()

    def wait() -> bool:
        is_begun.set()
        return may_end.wait(10)

    with open_pool(1) as pool:
        begun, waiting = pool.submit(wait), pool.submit(wait)
        assert is_begun.wait(10)
        Timer(0.05, may_end.set).start()
    assert begun.result()
    assert waiting.cancelled()
