"""What is made once, by however many threads ask for it."""

from __future__ import annotations

from itertools import count
from threading import Barrier

import pytest

from release.adapters.once import Once, made_once
from release.errors import Incomplete
from release.side_by_side import side_by_side


class Room:
    """Something with a door that takes a while to open."""

    def __init__(self, failures: int = 0) -> None:
        self.opened = count(1)
        self.failures = failures
        self.meeting = Barrier(8, timeout=10)

    @made_once
    def door(self) -> int:
        """How often a door was opened."""
        number = next(self.opened)
        if number <= self.failures:
            raise Incomplete("it is stuck")
        return number

    def enter(self, _: int) -> int:
        """Come with others."""
        self.meeting.wait()
        return self.door


def test_many_threads_get_what_one_of_them_made() -> None:
    assert side_by_side(Room().enter, range(8)) == [1] * 8


def test_each_has_its_own() -> None:
    first, second = Room(), Room()
    assert (first.door, first.door, second.door, next(first.opened), next(second.opened)) == (1, 1, 1, 2, 2)


def test_a_failure_is_not_kept() -> None:
    room = Room(failures=1)
    with pytest.raises(Incomplete):
        _ = room.door
    assert room.door == 2


def test_each_answer_is_asked_for_once() -> None:
    asked: list[str] = []

    def ask(name: str) -> str:
        asked.append(name)
        return name.upper()

    once = Once(ask)
    assert [once.get("a"), once.get("b"), once.get("a")] == ["A", "B", "A"]
    assert asked == ["a", "b"]
