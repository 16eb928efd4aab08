"""Pruning takes away what no lock that is kept refers to, whoever's lock that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster.model.promise import Pointer
from cluster.steps.prune import Prune
from cluster.steps.volume_locks import VolumeLocks
from release.errors import Incomplete, VerificationFailed
from tests.cluster.volumes.harbour import VOLUME, Harbour
from tests.cluster.volumes.in_memory import MemoryVolume

if TYPE_CHECKING:
    from collections.abc import Collection

BOTH = ("nightly-etl", "analytics")


@pytest.fixture
def four(harbour: Harbour) -> Harbour:
    """Give four locks of one cluster, of which another one shares what the first one has."""
    for number in (1, 2, 3, 4):
        harbour.send(number, harbour.shelf.locked("six", f"1.{number}"), script=f"way {number}")
    harbour.beside("analytics").send(1, harbour.shelf.locked("six", "1.1"))
    harbour.workspace.forget()
    return harbour


def prune(harbour: Harbour, keep: int, pruned: Collection[str] = BOTH, in_use: Collection[str] = ()) -> set[str]:
    """Prune, and give the paths of the files that are gone."""
    before = set(harbour.files)
    step = harbour.prune(keep, in_use)
    found = step.find(pruned)
    assert set(harbour.files) == before
    assert step.carry_out(found, pruned).is_done
    return before - set(harbour.files)


def test_what_only_old_locks_need_goes(four: Harbour) -> None:
    gone = prune(four, 2)
    assert {path for path in gone if path.endswith("lock.txt")} == {four.layout.lock(1), four.layout.lock(2)}
    assert {path for path in gone if path.endswith(".whl")} == {four.layout.wheel(four.shelf.locked("six", "1.2"))}
    assert len([path for path in gone if path.endswith("init.sh")]) == 2
    assert VolumeLocks(four.layout, four.volume, four.seal).numbers == (3, 4)


def test_nothing_of_a_cluster_that_is_not_named_goes(four: Harbour) -> None:
    assert prune(four, 1, ["analytics"]) == set()


def test_what_the_pointer_names_stays_however_old_it_is(four: Harbour) -> None:
    four.rollback.run(1, has_wheels=True)
    gone = prune(four, 1)
    assert {path for path in gone if path.endswith("lock.txt")} == {four.layout.lock(2), four.layout.lock(3)}


def test_a_script_that_a_cluster_names_stays(four: Harbour) -> None:
    scripts = [path for path in four.workspace.volumes.written if path.endswith("init.sh") and four.layout.home in path]
    gone = prune(four, 1, in_use=scripts[:1])
    assert {path for path in gone if path.endswith("init.sh")} == set(scripts[1:3])


def test_a_second_time_there_is_nothing_to_do(four: Harbour) -> None:
    prune(four, 1)
    assert four.prune(1).find(BOTH).paths == ()


def test_wheels_of_platforms_that_nobody_has_go_alone(harbour: Harbour) -> None:
    other = harbour.shelf.locked("six", tag="cp310-cp310-any")
    harbour.send(1, other)
    harbour.send(2, harbour.shelf.locked("six"))
    assert prune(harbour, 1) >= {harbour.layout.wheel(other)}
    assert harbour.layout.wheel(harbour.shelf.locked("six")) in harbour.files


def test_folders_that_are_empty_go_as_well(four: Harbour) -> None:
    prune(four, 1)
    assert not four.workspace.volumes.place(f"{four.layout.locks}/1").exists()
    assert not four.workspace.volumes.place(f"{four.layout.wheels}/six/1.2").exists()


def test_a_lock_that_a_push_has_not_brought_yet_needs_nothing_and_stops_nothing(four: Harbour) -> None:
    four.plant(four.layout.bundle(5), four.file(four.layout.bundle(4)))
    assert four.prune(2).find(BOTH).kept == {"nightly-etl": (4, 5), "analytics": (1,)}


@pytest.mark.parametrize("which", ["lock", "pointer"])
def test_nothing_goes_while_something_can_not_be_believed(four: Harbour, which: str) -> None:
    four.plant(four.layout.lock(4) if which == "lock" else four.layout.pointer, b"nonsense\n")
    before = four.files
    with pytest.raises(VerificationFailed):
        four.prune(2).find(BOTH)
    assert four.files == before


def test_a_push_that_needs_what_is_just_being_removed_is_told(four: Harbour) -> None:
    step = four.prune(2)
    found = step.find(BOTH)
    six = four.shelf.locked("six", "1.2")
    four.workspace.before[f"Delete {four.layout.wheel(six)}"] = lambda: four.beside("analytics").send(2, six)
    with pytest.raises(Incomplete, match="analytics: pushed or rolled back while") as failed:
        step.carry_out(found, BOTH)
    assert failed.value.hint == "hatch run cluster push analytics"
    analytics = four.beside("analytics")
    assert analytics.layout.wheel(six) in analytics.send(2, six).sent


def test_a_folder_that_somebody_has_filled_meanwhile_stays(four: Harbour) -> None:
    folder = f"{four.layout.wheels}/six/1.2"
    four.workspace.before[f"DeleteDirectory {folder}"] = lambda: four.plant(f"{folder}/notes.txt", b"mine")
    prune(four, 2)
    assert four.file(f"{folder}/notes.txt") == b"mine"


NAMES = st.sampled_from(["a", "b", "c"])
VERSIONS = st.sampled_from(["1", "2"])
LOCKS = st.lists(st.sets(st.tuples(NAMES, VERSIONS), max_size=4), min_size=1, max_size=5)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(locks=st.dictionaries(st.sampled_from(["one", "two", "three"]), LOCKS, min_size=1), data=st.data())
def test_no_lock_that_is_kept_ever_loses_a_wheel(
    harbour: Harbour, locks: dict[str, list[set[tuple[str, str]]]], data: st.DataObject
) -> None:
    volume = MemoryVolume()
    layouts = {name: harbour.beside(name) for name in locks}
    made = {
        (name, number): layouts[name].lock(number, *(harbour.shelf.locked(*each) for each in sorted(wanted)))
        for name, sets in locks.items()
        for number, wanted in enumerate(sets, 1)
    }
    for (name, number), lock in made.items():
        layout = layouts[name].layout
        volume.files[layout.bundle(number)] = layouts[name].cargo(lock).bundle
        volume.files[layout.lock(number)] = lock.as_text().encode()
        volume.files.update({layout.wheel(each): each.sha256.encode() for each in lock.wheels})
    pointed = {name: data.draw(st.integers(1, len(sets)), label=f"pointer of {name}") for name, sets in locks.items()}
    for name, number in pointed.items():
        pointer = Pointer(name, number, made[name, number].sha256, 1)
        volume.files[layouts[name].layout.pointer] = harbour.sign(pointer.as_statement())
    pruned = data.draw(st.sets(st.sampled_from(sorted(locks)), min_size=1), label="pruned")
    keep = data.draw(st.integers(1, 3), label="keep")
    step = Prune(VOLUME, volume, harbour.seal, keep)
    step.carry_out(step.find(pruned), pruned)
    stay = {
        (name, number)
        for name, number in made
        if name not in pruned or number > len(locks[name]) - keep or number == pointed[name]
    }
    wheels = {layouts[name].layout.wheel(each) for name, number in stay for each in made[name, number].wheels}
    assert {path for path in volume.files if path.endswith(".whl")} == wheels
    assert {path for path in volume.files if path.endswith("lock.txt")} == {
        layouts[name].layout.lock(number) for name, number in stay
    }
