"""Two runs of one release at the same time: on one machine, and on two."""

from __future__ import annotations

import os
from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING

import pytest

from tests.release.crash.conftest import TAGS
from tests.release.crash.machine import Machine
from tests.release.crash.rig import Rig
from tests.release.crash.state import BUNDLE, compare, files_of, look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.release.scene import Scene

_LATER = (0, 0, 90, 200)
"""How many calls the first run has made when the second one begins; of none, twice: each time others win."""
_MOST_RUNS = 4


@pytest.fixture
def rig(three: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """Give a world with a machine in it."""
    for name, value in three.release.environment.items():
        monkeypatch.setenv(name, value)
    commit = three.repository.git("rev-parse", "HEAD")
    with Rig(three.repository.root, tmp_path / "one", dict.fromkeys(TAGS, commit)) as found:
        yield found


@pytest.fixture
def other(rig: Rig, three: Scene, tmp_path: Path) -> Iterator[Machine]:
    """Give another machine, which has built the same."""
    environment = {**os.environ, **rig.world.environment}
    with Machine(three.repository.root, TAGS, environment, tmp_path / "two") as found:
        found.await_ready()
        yield found


def run_together(rig: Rig, other: Machine, calls: int) -> tuple[int, int]:
    """Run both, the second one once the first has made so many calls; give how they ended."""
    rig.machine.begin()
    other.begin()
    rig.machine.go()
    while len(rig.world.faults.calls) < calls:
        Event().wait(0.002)
    other.go()
    return rig.machine.end(), other.end()


def test_two_runs_on_one_machine_end_as_one_does(rig: Rig, other: Machine) -> None:
    other.dist = rig.machine.dist
    for calls in _LATER:
        rig.begin_anew()
        assert run_together(rig, other, calls) == (0, 0), f"{rig.machine.log}\n{other.log}"
        assert {*rig.machine.endings.values(), *other.endings.values()} <= {"released", "identical"}
        assert list(rig.problems()) == [], f"begun after {calls} calls\n{rig.machine.log}\n{other.log}"


def test_two_machines_come_to_hold_the_same_bytes(rig: Rig, other: Machine, tmp_path: Path) -> None:
    for calls in _LATER:
        rig.begin_anew()
        with ExitStack() as emptied:
            emptied.callback(other.dist.rename, tmp_path / f"gone-{len(list(tmp_path.iterdir()))}")
            codes = [run_together(rig, other, calls)]
            assert {*codes[0]} <= {0, 14, 15}, f"{rig.machine.log}\n{other.log}"
            while codes[-1] != (0, 0) and len(codes) < _MOST_RUNS:
                codes.append((rig.machine.run(), other.run()))
            assert codes[-1] == (0, 0), f"begun after {calls} calls: {codes}\n{rig.machine.log}\n{other.log}"
            state = look(rig.world, rig.machine.dist)
            assert list(compare(rig.truth.undisturbed, state)) == []
            shelves = [bundles_of(files_of(each.dist)) for each in (rig.machine, other)]
            assert shelves[0] == shelves[1]
            for name, content in shelves[0].items():
                assert {*state.named(name).values()} == {content}


def bundles_of(files: dict[str, bytes]) -> dict[str, bytes]:
    """Give the bundles by name."""
    return {place.rpartition("/")[2]: content for place, content in files.items() if place.endswith(BUNDLE)}
