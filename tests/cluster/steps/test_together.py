"""What clusters share is asked once, and one that fails does not stop the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.model.platform import Platform
from cluster.steps.together import ask_together, for_each
from release.errors import Conflict, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cluster.steps.together import Each

ONE, OTHER = Platform("3.11", "x86_64"), Platform("3.12", "x86_64")
BROKEN = Refused("it is broken")


def test_a_step_is_done_for_each_and_a_failure_stays_what_it_was() -> None:
    def halve(number: int) -> int:
        if number % 2:
            raise Conflict(f"{number} is odd")
        return number // 2

    made = for_each(halve, {"a": 4, "b": 3, "c": BROKEN}, jobs=2)
    assert (made["a"], made["c"]) == (2, BROKEN)
    assert isinstance(made["b"], Conflict)
    both = for_each(lambda first, second: (first, second), made, {"a": 1, "b": 2, "c": 3})
    assert both == {"a": (2, 1), "b": made["b"], "c": BROKEN}


def test_each_thing_is_asked_for_once_for_each_platform() -> None:
    asked: list[tuple[list[str], Platform]] = []

    def ask(items: Collection[str], platform: Platform) -> dict[str, str]:
        asked.append((list(items), platform))
        return {each: each.upper() for each in items}

    wanted: Each[tuple[Platform, Iterable[str]]] = {
        "a": (ONE, ["x", "y"]),
        "b": (ONE, ["y", "z"]),
        "c": (OTHER, ["x"]),
        "d": (OTHER, []),
        "e": BROKEN,
    }
    found = ask_together(ask, wanted)
    assert asked == [(["x", "y", "z"], ONE), (["x"], OTHER)]
    assert found["a"] == found["b"] == {"x": "X", "y": "Y", "z": "Z"}
    assert (found["c"], found["e"]) == ({"x": "X"}, BROKEN)


def test_nothing_is_asked_where_nobody_wants_anything() -> None:
    def ask(items: Collection[str], platform: Platform) -> dict[str, str]:
        raise AssertionError((items, platform))

    assert ask_together(ask, {"a": (ONE, []), "b": (ONE, [])}) == {"a": {}, "b": {}}


def test_where_a_question_fails_for_all_it_is_asked_for_each_alone() -> None:
    def ask(items: Collection[str], platform: Platform) -> dict[str, str]:
        if "bad" in items:
            raise Conflict(f"bad on {platform.name}")
        return dict.fromkeys(items, "good")

    found = ask_together(ask, {"a": (ONE, ["x", "bad"]), "b": (ONE, ["x"]), "c": (OTHER, ["bad"])})
    assert found["b"] == {"x": "good"}
    assert isinstance(found["a"], Conflict)
    assert isinstance(found["c"], Conflict)
