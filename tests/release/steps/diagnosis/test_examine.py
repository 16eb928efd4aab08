"""Looks are taken side by side, and one that can't be taken hides no other."""

from __future__ import annotations

from threading import Barrier
from typing import TYPE_CHECKING

from release.errors import Refused
from release.model.diagnosis import Diagnosis, ok, warning
from release.steps.diagnosis.examine import code_of, examine

if TYPE_CHECKING:
    from collections.abc import Iterator


def refuse() -> Iterator[Diagnosis]:
    """Find one thing, then fail."""
    yield ok("one", "fine")
    raise Refused("no", hint="do this")


def lack_space() -> Iterator[Diagnosis]:
    """Fail as a full disk does."""
    raise OSError(28, "No space left on device", "/dist")


def test_looks_are_taken_at_the_same_time_and_told_in_order() -> None:
    together = Barrier(3, timeout=60)

    def look(name: str) -> Iterator[Diagnosis]:
        together.wait()
        yield ok(name, "fine")

    found = examine({name: lambda name=name: look(name) for name in "cab"})  # type: ignore[misc]  # a default of a lambda
    assert [each.check for each in found] == ["c", "a", "b"]


def test_a_look_that_fails_is_a_failed_check_with_the_errors_own_code() -> None:
    found = examine({"broken": refuse, "full": lack_space, "well": lambda: [ok("well", "fine")]})
    assert [(each.check, each.state, each.exit_code) for each in found] == [
        ("broken", "failed", 10),
        ("full", "failed", 15),
        ("well", "ok", 0),
    ]
    assert found[0].cure == "do this"
    assert "/dist" in found[1].detail


def test_warnings_make_nothing_fail() -> None:
    assert code_of([warning("a", "b", "c"), ok("d", "e")]) == 0


def test_nothing_to_look_at_is_nothing_found() -> None:
    assert examine({}) == ()
