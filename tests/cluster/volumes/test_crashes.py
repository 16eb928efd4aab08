"""Whatever ends a run between any two of its calls: nodes find a whole lock, and the next run does the rest."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

import pytest

from cluster.steps.volume_locks import VolumeLocks
from release.errors import Incomplete, ReleaseError
from tests.cluster.volumes.harbour import VOLUME, Harbour
from tests.servers.databricks import Databricks, refusal
from tests.servers.faults import Call, Fault, Faults
from tests.servers.stand_in import Answer, Hang

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers.stand_in import Drop, Request, StandIn

BOTH = ("nightly-etl", "analytics")
_WRITES = frozenset({"Upload", "Delete", "DeleteDirectory"})


@dataclass
class Cut:
    """Ends a run at one of its calls: from then on nothing that it asks is done."""

    at: int = 0
    """Which call, from 1 on; none, where it is 0."""
    is_after: bool = False
    """Whether that call itself is still done."""
    calls: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def around(self, stand_in: StandIn, request: Request) -> Answer | Drop | Hang:
        """Answer a call, or end the run."""
        with self._lock:
            self.calls.append(stand_in.call(request))
            number = len(self.calls)
        if self.at and (number > self.at or (number == self.at and not self.is_after)):
            return refusal(401, "UNAUTHENTICATED", "nobody is there any more")
        answer = stand_in.answer(request)
        return refusal(401, "UNAUTHENTICATED", "nobody hears it") if number == self.at else answer


@dataclass
class World:
    """A volume in which much has happened, and how what is tried begins anew."""

    harbour: Harbour
    begin: dict[str, bytes]

    def restore(self) -> None:
        """Put everything back as it was in the beginning."""
        root = self.harbour.workspace.volumes.place(VOLUME)
        for path in self.harbour.files.keys() - self.begin.keys():
            self.harbour.workspace.volumes.place(path).unlink()
        for place in sorted(root.rglob("*"), reverse=True):
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
        for path, content in self.begin.items():
            if not self.harbour.workspace.volumes.place(path).is_file() or self.harbour.file(path) != content:
                self.harbour.plant(path, content)

    def cut(self, run: Callable[[Harbour], object], at: int = 0, *, is_after: bool = False) -> list[str]:
        """Run, and end it at a call; give the calls."""
        faults = Cut(at, is_after)
        self.harbour.workspace.faults = faults  # type: ignore[assignment]  # it does what is asked of faults
        try:
            with suppress(ReleaseError):
                run(self.harbour)
        finally:
            self.harbour.workspace.faults = None
        return faults.calls

    def require_whole(self) -> None:
        """Require that every pointer leads to a lock that is there, is believed, and has all of its wheels."""
        for harbour in (self.harbour, self.harbour.beside("analytics")):
            pointer = harbour.pointer
            lock = VolumeLocks(harbour.layout, harbour.volume, harbour.seal).read(pointer.number)
            assert lock.sha256 == pointer.sha256
            for each in lock.wheels:
                content = harbour.file(harbour.layout.wheel(each))
                assert hashlib.sha256(content).hexdigest() == each.sha256


@pytest.fixture
def world(harbour: Harbour) -> World:
    drift = harbour.shelf.locked("env-drift", "0.1", ours=True)
    harbour.send(1, drift, harbour.shelf.locked("six"))
    harbour.beside("analytics").send(1, harbour.shelf.locked("six"))
    harbour.send(2, drift, harbour.shelf.locked("six", "1.1"))
    return World(harbour, harbour.files)


def push(harbour: Harbour) -> object:
    six, drift = harbour.shelf.locked("six", "1.2"), harbour.shelf.locked("env-drift", "0.2", ours=True)
    return harbour.send(3, drift, six, script="another way")


def roll_back(harbour: Harbour) -> object:
    return harbour.rollback.run(1, has_wheels=True)


def prune(harbour: Harbour) -> object:
    step = harbour.prune(1)
    return step.carry_out(step.find(BOTH), BOTH)


@pytest.mark.parametrize("run", [push, roll_back, prune])
def test_a_run_that_is_ended_anywhere_leaves_whole_locks_and_can_be_run_again(
    world: World, run: Callable[[Harbour], object], record_property: Callable[[str, object], None]
) -> None:
    calls = world.cut(run)
    ended = set(world.harbour.files)
    pointed = (world.harbour.pointer.number, world.harbour.pointer.sequence)
    cases = [(at, False) for at in range(1, len(calls) + 1)]
    cases += [(at, True) for at, call in enumerate(calls, 1) if call.partition(" ")[0] in _WRITES]
    for at, is_after in cases:
        world.restore()
        world.cut(run, at, is_after=is_after)
        world.require_whole()
        run(world.harbour)
        world.require_whole()
        assert set(world.harbour.files) == ended, (at, is_after, calls[at - 1])
        assert (world.harbour.pointer.number, world.harbour.pointer.sequence) == pointed, (at, is_after)
    record_property("summary", f"{run.__name__}: {len(calls)} calls, {len(cases)} cases")


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[tuple[Harbour, Databricks]]:
    with Databricks(tmp_path / "volumes") as server:
        server.volumes.add_volume(VOLUME)
        yield Harbour(server, tmp_path / "here", seconds=6), server


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE])
def test_what_passes_is_tried_again_and_nothing_is_done_twice(faulty: tuple[Harbour, Databricks], fault: Fault) -> None:
    harbour, server = faulty
    six = harbour.shelf.locked("six")
    _ = harbour.client
    server.faults = Faults(Call("Databricks", f"Upload {harbour.layout.wheel(six)}", 1), fault)
    pushed = harbour.send(1, six)
    assert server.faults.is_spent
    server.faults = Faults(Call("Databricks", f"Upload {harbour.layout.pointer}", 1), fault)
    assert harbour.send(2, six).pointer.sequence == 2
    assert server.faults.is_spent
    assert server.volumes.written.count(harbour.layout.wheel(six)) == 1
    assert pushed.pointer.sequence == 1


def test_an_answer_that_breaks_off_is_read_again(faulty: tuple[Harbour, Databricks]) -> None:
    harbour, server = faulty
    six = harbour.shelf.locked("six")
    harbour.send(1, six)
    whole = harbour.file(harbour.layout.wheel(six))

    half = Answer(whole[:50], kind="application/octet-stream", length=len(whole))
    server.wrong[f"Download {harbour.layout.wheel(six)}"] = [half, half]
    assert harbour.volume.digest(harbour.layout.wheel(six)) == six.sha256
    server.wrong[f"Download {harbour.layout.wheel(six)}"] = [half] * 9
    with pytest.raises(Incomplete, match="the answer broke off"):
        harbour.volume.digest(harbour.layout.wheel(six))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Hang(), "the workspace does not answer in time"),
        (refusal(503, "TEMPORARILY_UNAVAILABLE", "not now"), "the workspace is not available"),
        (Answer(status=302, headers={"Location": f"/api/2.0/fs/directories{VOLUME}"}), "no answer"),
    ],
)
def test_a_workspace_that_is_not_itself_ends_in_words(harbour: Harbour, answer: Answer | Hang, said: str) -> None:
    _ = harbour.client
    impatient = replace(harbour, seconds=1)
    harbour.workspace.wrong[f"GetDirectory {VOLUME}"] = [answer] * 99
    with pytest.raises(Incomplete, match=said):
        impatient.volume.require(VOLUME)
