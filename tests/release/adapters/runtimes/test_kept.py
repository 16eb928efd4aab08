from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.runtimes.kept import keep_what_stays
from release.errors import Unresolvable
from release.model.compatibility import Action, Answer
from tests.release.runtimes import make_runtime

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNTIME = make_runtime({"numpy==1.23": [], "scipy==1.10": ["numpy<1.27", 'pytest; extra == "test"']})


def answer(ranges: Mapping[str, tuple[tuple[str, str], ...]] | None = None, **installed: str) -> Answer:
    return Answer(tuple(Action(name, version, "installed") for name, version in installed.items()), {}, ranges or {})


def settle(first: Answer, other: Answer | None) -> tuple[Answer, list[tuple[str, ...]]]:
    """Settle an answer; a second question has another one, or none."""
    asked: list[tuple[str, ...]] = []

    def ask(*constraints: str) -> Answer:
        asked.append(constraints)
        if other is None:
            raise Unresolvable("nothing fits")
        return other

    return keep_what_stays(RUNTIME, first, ask), asked


def test_a_row_stays_where_another_version_of_what_it_needs_would_do() -> None:
    other = answer(numpy="1.26", learn="1.5")
    kept, asked = settle(answer(numpy="2.4", scipy="1.17", learn="1.5"), other)
    assert kept is other
    assert asked == [("scipy==1.10",)]


@pytest.mark.parametrize(
    "other", [None, answer(numpy="1.26", learn="1.4"), answer(numpy="1.26", scipy="1.11", learn="1.5")]
)
def test_a_row_goes_where_nothing_fits_or_anything_else_would_change(other: Answer | None) -> None:
    first = answer(numpy="2.4", scipy="1.17", learn="1.5")
    assert settle(first, other)[0] is first


def test_nobody_is_asked_where_one_alone_is_replaced() -> None:
    assert settle(answer(numpy="2.4"), None)[1] == []
    assert settle(answer(scipy="1.17"), None)[1] == []


@pytest.mark.parametrize(
    ("versions", "is_asked"),
    [
        (">=1.17", False),
        (">=1.17.1, <1.17.1+", False),
        (">=1.10, <1.10+", True),
        (">=1.10+", False),
        (">=1.6, <1.9 | >=1.10", True),
        ("*", True),
        (">=one", True),
    ],
)
def test_nobody_is_asked_where_the_row_would_not_do(versions: str, is_asked: bool) -> None:  # noqa: FBT001  # a case
    ranges = {"scipy": (("learn==1.5", versions), ("learn==9.9", "<0"))}
    first = answer(ranges, numpy="2.4", scipy="1.17", learn="1.5")
    assert bool(settle(first, None)[1]) is is_asked


def test_what_is_asked_for_by_name_counts_too() -> None:
    first = answer({"scipy": (("", ">=1.17"),)}, numpy="2.4", scipy="1.17")
    assert settle(first, None)[1] == []
