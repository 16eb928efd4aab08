"""What an install may have done that a lock does not promise."""

from __future__ import annotations

from packaging.version import Version

from cluster.model.lock import ClusterLock, Locked
from cluster.model.need import Described
from cluster.model.platform import Platform
from cluster.model.rehearsal import Rehearsal, find_problems

ROW = Locked("rich", Version("1.0"), "rich-1.0-py3-none-any.whl", "b" * 64, "asked for")
LOCK = ClusterLock("etl", 1, "tiny", "a" * 64, "3.11", "x86_64", "stable", "2026-01-02T03:04:05Z", ("rich",), (ROW,))
BEFORE = {"numpy": "1.23.5", "pandas": "1.5.3"}


def objections(after: dict[str, str], *problems: str) -> list[str]:
    made = Rehearsal("3.11.7", "23.2.1", BEFORE, after, frozenset({"known"}), frozenset({"known", *problems}))
    return list(made.objections(LOCK))


def test_what_was_there_and_what_was_locked_is_all_there_may_be() -> None:
    assert objections({**BEFORE, "rich": "1.0"}) == []


def test_everything_else_is_told() -> None:
    assert objections({"numpy": "2.0", "rich": "2.0", "typer": "1.0"}, "new") == [
        "numpy was 1.23.5, and is 2.0",
        "pandas was 1.5.3, and is gone",
        "rich should be 1.0, and is 2.0",
        "typer came unasked",
        "new",
    ]
    assert objections(BEFORE) == ["rich should be 1.0, and is missing"]


def test_needs_that_are_not_met_are_worded_as_pip_words_them() -> None:
    rows = [
        Described("a", "1", ("B>=2", "c", 'd; sys_platform == "win32"', "broken (>=1")),
        Described("b", "1.0"),
        Described("e", "1", ("b<2", 'f; extra == "more"')),
    ]
    assert list(find_problems(rows, {**Platform("3.11", "x86_64").markers, "extra": ""})) == [
        "a 1 has requirement B>=2, but you have B 1.0",
        "a 1 requires c, which is not installed",
    ]
