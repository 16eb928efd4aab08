"""A rollback signs a new pointer at an older lock, and sends nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster.model.promise import Pointer, lock_statement
from release.errors import Conflict, Refused, Unauthorized, UsageError, VerificationFailed
from tests.servers.databricks import refusal

if TYPE_CHECKING:
    from tests.cluster.volumes.harbour import Harbour


@pytest.fixture
def three(harbour: Harbour) -> Harbour:
    """Give a cluster with three locks in its volume."""
    for number in (1, 2, 3):
        harbour.send(number, harbour.shelf.locked("six", f"1.{number}"), harbour.shelf.locked("attrs"))
    harbour.workspace.forget()
    return harbour


def test_it_points_at_the_lock_before_with_a_higher_sequence(three: Harbour) -> None:
    done = three.rollback.run(None, has_wheels=True)
    assert (done.before.number, done.pointer.number, done.pointer.sequence) == (3, 2, 4)
    assert three.pointer == done.pointer
    assert not done.is_identical
    assert [call for call in three.workspace.calls if call.startswith("Upload")] == [f"Upload {three.layout.pointer}"]


def test_it_goes_where_it_is_told_to_and_forward_again(three: Harbour) -> None:
    assert three.rollback.run(1, has_wheels=True).pointer.number == 1
    assert three.pointer.rolled_back_from == 3
    assert three.rollback.run(3, has_wheels=True).pointer == Pointer(three.cluster, 3, three.pointer.sha256, 5)


def test_every_step_back_says_the_newest_lock_that_was_left(three: Harbour) -> None:
    left = [three.rollback.run(number, has_wheels=True).pointer.rolled_back_from for number in (2, 1, 2, 3)]
    assert left == [3, 3, 3, None]


def test_where_it_points_already_it_says_so_and_writes_nothing(three: Harbour) -> None:
    before = three.files
    assert three.rollback.run(3, has_wheels=True).is_identical
    assert three.files == before


def test_it_takes_seconds_however_far_away_the_workspace_is(three: Harbour, record_property: object) -> None:
    three.workspace.delay = 0.05
    done = three.rollback.run(None, has_wheels=True)
    calls = len(three.workspace.requests)
    record_property("summary", f"rollback with answers after 50 ms: {calls} calls, {done.seconds:.2f} s")  # type: ignore[operator]  # pytest's
    assert calls <= 15
    assert done.seconds < 5


def test_a_push_goes_forward_after_it(three: Harbour) -> None:
    three.rollback.run(None, has_wheels=True)
    pushed = three.send(4, three.shelf.locked("six", "1.4"))
    assert (pushed.pointer.number, pushed.pointer.sequence) == (4, 5)
    assert (pushed.pointer.rolled_back_from, pushed.is_forward_again) == (None, False)


@pytest.mark.parametrize("number", [2, 3])
def test_a_push_of_a_lock_that_was_left_is_refused_and_changes_nothing(three: Harbour, number: int) -> None:
    three.rollback.run(1, has_wheels=True)
    before, six = three.files, three.shelf.locked("six", f"1.{number}")
    with pytest.raises(Refused, match=rf"rolled back from lock 3 to 1, and a push of lock {number}") as refused:
        three.send(number, six, three.shelf.locked("attrs"))
    assert "cluster lock nightly-etl; or" in refused.value.hint
    assert "push nightly-etl --forward" in refused.value.hint
    assert three.files == before


def test_a_push_goes_forward_where_somebody_says_so(three: Harbour) -> None:
    three.rollback.run(1, has_wheels=True)
    lock = three.lock(2, three.shelf.locked("six", "1.2"), three.shelf.locked("attrs"))
    pushed = three.push.run(replace(three.cargo(lock), is_forward=True))
    assert (pushed.pointer.number, pushed.pointer.sequence, pushed.is_forward_again) == (2, 5, True)
    assert pushed.pointer.rolled_back_from == 3  # which nobody has said anything of
    with pytest.raises(Refused, match="rolled back from lock 3 to 2"):
        three.send(3, three.shelf.locked("six", "1.3"), three.shelf.locked("attrs"))


def test_a_push_of_the_lock_that_was_gone_back_to_finds_it(three: Harbour) -> None:
    three.rollback.run(2, has_wheels=True)
    again = three.send(2, three.shelf.locked("six", "1.2"), three.shelf.locked("attrs"))
    assert again.is_identical
    assert again.pointer.rolled_back_from == 3


def test_a_push_that_a_rollback_overtakes_does_not_undo_it(harbour: Harbour) -> None:
    six = harbour.shelf.locked("six")
    first = harbour.send(1, six)
    other = replace(first.pointer, sequence=3, rolled_back_from=2)
    overtaking = harbour.sign(other.as_statement())
    harbour.workspace.before[f"Upload {harbour.layout.lock(2)}"] = lambda: harbour.plant(
        harbour.layout.pointer, overtaking
    )
    with pytest.raises(Conflict, match=r"at lock 1 \(sequence 3\), and this one wants lock 2"):
        harbour.send(2, six)
    assert harbour.pointer == other


def test_a_push_that_was_only_stopped_before_the_pointer_moved_goes_on(three: Harbour) -> None:
    pointer = f"Upload {three.layout.pointer}"
    wheels = (three.shelf.locked("six", "1.4"), three.shelf.locked("attrs"))
    three.workspace.wrong[pointer] = [refusal(401, "UNAUTHENTICATED", "nobody is there any more")]
    with pytest.raises(Unauthorized):
        three.send(4, *wheels)
    assert three.pointer.number == 3
    again = three.send(4, *wheels)
    assert (again.pointer.number, again.sent, again.is_forward_again) == (4, (), False)


def test_without_a_pointer_there_is_nothing_to_roll_back(harbour: Harbour) -> None:
    with pytest.raises(UsageError, match="there is no pointer") as refused:
        harbour.rollback.run(None, has_wheels=True)
    assert "push nightly-etl" in refused.value.hint


def test_without_an_earlier_lock_it_says_so(harbour: Harbour) -> None:
    harbour.send(1, harbour.shelf.locked("six"))
    with pytest.raises(UsageError, match="no lock before 1"):
        harbour.rollback.run(None, has_wheels=True)


def test_a_lock_that_is_not_there_is_named_with_those_that_are(three: Harbour) -> None:
    with pytest.raises(UsageError, match=r"locks/7/lock\.txt: there is no such lock") as refused:
        three.rollback.run(7, has_wheels=True)
    assert "1, 2, 3" in refused.value.hint


def test_a_lock_whose_wheels_are_gone_is_refused_where_nodes_need_them(three: Harbour) -> None:
    gone = three.layout.wheel(three.shelf.locked("six", "1.2"))
    three.workspace.volumes.place(gone).unlink()
    with pytest.raises(Refused, match=f"1 wheels of lock 2 are not in the volume, {gone}"):
        three.rollback.run(2, has_wheels=True)
    assert three.pointer.number == 3
    assert three.rollback.run(2, has_wheels=False).pointer.number == 2


@pytest.mark.parametrize("how", ["edited", "no lock", "of another cluster", "unsigned", "of a stranger", "of a number"])
def test_a_lock_that_is_not_to_be_believed_is_refused_and_nothing_moves(three: Harbour, how: str) -> None:
    layout, lock = three.layout, three.lock(2, three.shelf.locked("six", "1.2"))
    other = three.beside("analytics").lock(2)
    third = three.lock(3, three.shelf.locked("six"))
    planted = {
        "edited": {layout.lock(2): three.file(layout.lock(2)).replace(b"six==1.2", b"six==1.1")},
        "no lock": {layout.lock(2): b"six==1.2\n"},
        "of another cluster": {
            layout.lock(2): other.as_text().encode(),
            layout.bundle(2): three.sign(lock_statement(other)),
        },
        "unsigned": {layout.bundle(2): b""},
        "of a stranger": {layout.bundle(2): three.sign(lock_statement(lock), three.stranger)},
        "of a number": {layout.lock(2): third.as_text().encode(), layout.bundle(2): three.sign(lock_statement(third))},
    }[how]
    for path, content in planted.items():
        three.plant(path, content)
    before = three.files
    with pytest.raises(VerificationFailed, match="locks/2/"):
        three.rollback.run(2, has_wheels=True)
    assert three.files == before


def test_a_lock_that_can_not_be_believed_is_no_obstacle_to_leaving_it(three: Harbour) -> None:
    three.plant(three.layout.lock(3), b"nonsense\n")
    done = three.rollback.run(None, has_wheels=True)
    assert (done.pointer.number, done.runtimes) == (2, ("15.4", "15.4"))


def test_a_rollback_to_another_runtime_is_known(harbour: Harbour) -> None:
    six = harbour.shelf.locked("six")
    harbour.push.run(harbour.cargo(harbour.lock(1, six, runtime="14.3")))
    harbour.send(2, six)
    assert harbour.rollback.run(None, has_wheels=True).runtimes == ("15.4", "14.3")


@pytest.mark.parametrize("number", [2, 5])
def test_a_pointer_that_somebody_else_moved_meanwhile_stays(three: Harbour, number: int) -> None:
    other = three.sign(Pointer(three.cluster, number + 10, "5" * 64, 9).as_statement())
    read = f"Download {three.layout.lock(1)}"
    three.workspace.before[read] = lambda: three.plant(three.layout.pointer, other)
    with pytest.raises(Conflict, match=rf"at lock {number + 10} \(sequence 9\), and this one wants lock 1"):
        three.rollback.run(1, has_wheels=True)
    assert three.pointer.sequence == 9


def test_a_pointer_that_is_moved_right_after_it_was_written_is_told(three: Harbour) -> None:
    other = three.sign(Pointer(three.cluster, 3, "5" * 64, 9).as_statement())

    def overtake() -> None:
        three.workspace.before[f"Download {three.layout.pointer}"] = lambda: three.plant(three.layout.pointer, other)

    three.workspace.before[f"Upload {three.layout.pointer}"] = overtake
    with pytest.raises(Conflict, match="another run has moved the pointer"):
        three.rollback.run(1, has_wheels=True)
