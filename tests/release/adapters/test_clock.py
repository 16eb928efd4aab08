"""Clocks that are wrong are named before anything is refused for them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from release.adapters.clock import compare_clocks, seconds_ahead
from release.errors import Incomplete
from release.model.diagnosis import State

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("date", "ahead"),
    [
        ("Fri, 02 Jan 2026 03:04:05 GMT", 0),
        ("Fri, 02 Jan 2026 03:04:05 -0000", 0),
        ("Fri, 02 Jan 2026 04:04:05 +0100", 0),
        ("Fri, 02 Jan 2026 04:04:05 GMT", 3600),
        ("Fri, 02 Jan 2026 03:01:05 GMT", -180),
        ("no date", None),
        ("", None),
    ],
)
def test_a_header_says_how_far_its_clock_is_ahead(date: str, ahead: float | None) -> None:
    assert seconds_ahead(date, NOW) == ahead


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [
        (None, State.OK, "tells no time"),
        (120, State.OK, "agrees"),
        (-120, State.OK, "agrees"),
        (121, State.WARNING, "121 s ahead of"),
        (-299, State.WARNING, "299 s behind"),
        (-300, State.FAILED, "refuses what is signed"),
        (300, State.FAILED, "refuses what is signed"),
    ],
)
def test_a_clock_is_a_failure_where_signatures_are_refused(ahead: float | None, state: State, says: str) -> None:
    found = compare_clocks("somebody", ahead, refused_from=300)
    assert (found.check, found.state) == ("somebody clock", state)
    assert says in found.detail
    assert found.exit_code == (Incomplete.exit_code if state is State.FAILED else 0)


def test_who_signs_nothing_is_refused_nothing() -> None:
    assert compare_clocks("somebody", 86400).state is State.WARNING
