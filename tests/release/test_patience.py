"""Waiting: for an answer that is enough, and for an act that does not fail in a certain way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.patience import ask_until, try_again

if TYPE_CHECKING:
    from collections.abc import Callable


def counted() -> Callable[[], int]:
    """Give what counts how often it is called."""
    numbers = iter(range(1, 1000))
    return lambda: next(numbers)


def failing(times: int, error: Exception) -> Callable[[], int]:
    """Give what fails some times, and then says how often it was called."""
    count = counted()

    def act() -> int:
        number = count()
        if number <= times:
            raise error
        return number

    return act


def test_an_answer_that_is_enough_is_not_asked_for_again() -> None:
    assert ask_until(counted(), bool, 10) == 1


def test_it_is_asked_until_an_answer_is_enough() -> None:
    assert ask_until(counted(), lambda number: number == 4, 10) == 4


def test_the_last_answer_is_given_where_none_is_enough() -> None:
    count = counted()
    assert ask_until(count, lambda _: False, 0.05) == count() - 1


def test_a_failure_to_ask_goes_its_way() -> None:
    with pytest.raises(Incomplete, match="no answer"):
        ask_until(failing(1, Incomplete("no answer")), bool, 10)


def test_what_fails_in_this_way_is_tried_again() -> None:
    assert try_again(failing(3, Incomplete("no answer")), Incomplete, 10) == 4


def test_what_fails_in_another_way_is_not_tried_again() -> None:
    act = failing(1, Conflict("other bytes"))
    with pytest.raises(Conflict):
        try_again(act, Incomplete, 10)
    assert act() == 2


def test_the_last_failure_goes_its_way_when_the_time_is_over() -> None:
    with pytest.raises(Incomplete, match="no answer"):
        try_again(failing(1000, Incomplete("no answer")), Incomplete, 0.05)


def test_it_is_not_tried_more_often_than_was_said() -> None:
    act = failing(1000, Incomplete("no answer"))
    with pytest.raises(Incomplete):
        try_again(act, Incomplete, 10, tries=3)
    with pytest.raises(Incomplete):
        act()
