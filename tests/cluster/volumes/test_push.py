"""A push brings what is missing, overwrites nothing, and moves the pointer last."""

from __future__ import annotations

import time
from dataclasses import replace
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest

from cluster.adapters.pace import Pace
from cluster.model.promise import Pointer, lock_statement
from cluster.steps.seal import Seal
from release.errors import Conflict, Incomplete, Refused, ReleaseError, Unauthorized, UsageError, VerificationFailed
from release.model.trust import Trust, TrustedKey
from tests.cluster.volumes.harbour import VOLUME, Harbour
from tests.cluster.volumes.in_memory import MemoryVolume
from tests.servers.databricks import Principal, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.databricks import Databricks


def test_everything_is_brought_and_the_pointer_comes_last(harbour: Harbour) -> None:
    six, drift = harbour.shelf.locked("six"), harbour.shelf.locked("env-drift", "0.1.0", ours=True)
    lock = harbour.lock(1, drift, six)
    pushed = harbour.push.run(harbour.cargo(lock))
    assert harbour.workspace.volumes.written[-1] == harbour.layout.pointer
    assert harbour.pointer == pushed.pointer == Pointer(harbour.cluster, 1, lock.sha256, 1)
    folder = harbour.layout.release(drift)
    assert set(harbour.files) == {
        harbour.layout.pointer,
        harbour.layout.lock(1),
        harbour.layout.bundle(1),
        pushed.script,
        harbour.layout.wheel(six),
        harbour.layout.wheel(drift),
        *(f"{folder}/{name}" for name in ("SHA256SUMS", "env_drift-0.1.0.cdx.json", "env_drift-0.1.0.intoto.jsonl")),
    }
    assert harbour.file(harbour.layout.lock(1)) == lock.as_text().encode()
    assert (pushed.is_new_script, pushed.is_identical, len(pushed.sent)) == (True, False, 8)


def test_a_second_run_finds_everything_identical_and_sends_nothing(harbour: Harbour) -> None:
    cargo = harbour.cargo(harbour.lock(1, harbour.shelf.locked("six"), harbour.shelf.locked("env-drift", ours=True)))
    first, files = harbour.push.run(cargo), harbour.files
    harbour.shelf.fetched.clear()
    harbour.workspace.forget()
    again = harbour.push.run(cargo)
    assert again.is_identical
    assert (again.pointer, again.script) == (first.pointer, first.script)
    assert not [call for call in harbour.workspace.calls if call.startswith("Upload") and "intoto" not in call]
    assert (harbour.shelf.fetched, harbour.files) == ([], files)


def test_what_two_clusters_share_is_sent_once(harbour: Harbour) -> None:
    six = harbour.shelf.locked("six")
    harbour.send(1, six)
    pushed = harbour.beside("analytics").send(1, six)
    assert harbour.layout.wheel(six) not in pushed.sent
    assert harbour.workspace.volumes.written.count(harbour.layout.wheel(six)) == 1


def test_a_cluster_that_never_installs_from_the_volume_sends_evidence_and_no_wheel(harbour: Harbour) -> None:
    six, drift = harbour.shelf.locked("six"), harbour.shelf.locked("env-drift", ours=True)
    cargo = harbour.cargo(harbour.lock(1, drift, six), has_wheels=False)
    harbour.push.run(cargo)
    assert not [path for path in harbour.files if path.endswith(".whl")]
    assert f"{harbour.layout.release(drift)}/SHA256SUMS" in harbour.files
    assert harbour.push.run(cargo).is_identical


def test_serverless_compute_gets_no_script(harbour: Harbour) -> None:
    pushed = harbour.push.run(replace(harbour.cargo(harbour.lock(1, harbour.shelf.locked("six"))), render=None))
    assert (pushed.script, pushed.is_new_script) == ("", False)
    assert not [path for path in harbour.files if path.endswith(".sh")]


def test_a_new_lock_keeps_the_script_that_says_the_same(harbour: Harbour) -> None:
    first = harbour.send(1, harbour.shelf.locked("six"))
    second = harbour.send(2, harbour.shelf.locked("six", "1.1"))
    assert (second.script, second.is_new_script, second.pointer.sequence) == (first.script, False, 2)
    other = harbour.send(3, harbour.shelf.locked("six", "1.2"), script="another way to install")
    assert other.is_new_script
    assert b'"floor": 2' in harbour.file(other.script)  # older pointers are not for this one
    assert harbour.send(4, harbour.shelf.locked("six", "1.3"), script="another way to install").script == other.script


def test_a_pointer_that_was_removed_by_hand_comes_back_above_what_scripts_refuse(harbour: Harbour) -> None:
    for number in (1, 2, 3):
        pushed = harbour.send(number, harbour.shelf.locked("six"), script=f"way {number}")
    harbour.workspace.volumes.place(harbour.layout.pointer).unlink()
    again = harbour.send(3, harbour.shelf.locked("six"), script="way 3")
    assert (again.script, again.pointer.sequence) == (pushed.script, 2)


def test_an_older_lock_is_refused(harbour: Harbour) -> None:
    harbour.send(2, harbour.shelf.locked("six"))
    before = harbour.files
    with pytest.raises(Refused, match="points at lock 2, and lock 1 is older") as refused:
        harbour.send(1, harbour.shelf.locked("six"))
    assert "rollback nightly-etl --to 1" in refused.value.hint
    assert harbour.files == before


def test_another_lock_of_the_same_number_is_a_conflict(harbour: Harbour) -> None:
    harbour.send(1, harbour.shelf.locked("six"))
    before = harbour.files
    with pytest.raises(Conflict, match="another lock 1"):
        harbour.send(1, harbour.shelf.locked("attrs"))
    assert harbour.files == before


@pytest.mark.parametrize("stage", ["lock", "bundle"])
def test_a_lock_that_somebody_else_began_to_push_is_a_conflict(harbour: Harbour, stage: str) -> None:
    other = harbour.lock(1, harbour.shelf.locked("attrs"))
    harbour.plant(harbour.layout.bundle(1), harbour.sign(lock_statement(other)))
    if stage == "lock":
        harbour.plant(harbour.layout.lock(1), other.as_text().encode())
    with pytest.raises(Conflict, match="another lock 1"):
        harbour.send(1, harbour.shelf.locked("six"))
    assert harbour.layout.pointer not in harbour.files


def test_a_lock_that_nobody_trusted_has_signed_goes_nowhere(harbour: Harbour) -> None:
    lock = harbour.lock(1, harbour.shelf.locked("six"))
    cargo = replace(harbour.cargo(lock), bundle=harbour.sign(lock_statement(lock), harbour.stranger))
    with pytest.raises(VerificationFailed, match="not signed by whoever has to: 1 of 1 trusted keys has"):
        harbour.push.run(cargo)
    assert harbour.files == {}


def test_a_signature_of_another_lock_proves_nothing(harbour: Harbour) -> None:
    other = harbour.lock(1, harbour.shelf.locked("attrs"))
    cargo = replace(harbour.cargo(harbour.lock(1, harbour.shelf.locked("six"))), bundle=harbour.cargo(other).bundle)
    with pytest.raises(VerificationFailed, match="lock 1 of nightly-etl is not signed"):
        harbour.push.run(cargo)


def test_a_key_that_nobody_believes_is_told_before_anything_is_sent(harbour: Harbour) -> None:
    push = replace(harbour.push, signer=harbour.stranger)
    with pytest.raises(VerificationFailed, match="would not be believed") as failed:
        push.run(harbour.cargo(harbour.lock(1, harbour.shelf.locked("six"))))
    assert "trusted-keys" in failed.value.hint
    assert harbour.files == {}


def test_enough_keys_have_to_agree(harbour: Harbour) -> None:
    trust = Trust((TrustedKey(harbour.signer.key), TrustedKey(harbour.stranger.key)), 2)
    push = replace(harbour.push, seal=Seal(trust, harbour.seal.signatures))
    with pytest.raises(VerificationFailed, match="2 of 2 trusted keys have to have signed"):
        push.run(harbour.cargo(harbour.lock(1, harbour.shelf.locked("six"))))


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(
            lambda harbour, pointer: harbour.sign(pointer.as_statement(), harbour.stranger), id="a stranger's"
        ),
        pytest.param(lambda _, __: b"", id="empty"),
        pytest.param(lambda _, __: b"{}\nnot an envelope\n", id="nonsense"),
        pytest.param(
            lambda harbour, pointer: harbour.sign(replace(pointer, cluster="other").as_statement()), id="of another"
        ),
        pytest.param(
            lambda harbour, pointer: harbour.sign(lock_statement(harbour.lock(pointer.number))), id="a lock's"
        ),
        pytest.param(
            lambda harbour, pointer: harbour.sign(pointer.as_statement().replace(b'"sequence":1', b'"sequence":true')),
            id="a sequence that is none",
        ),
        pytest.param(
            lambda harbour, pointer: harbour.sign(
                pointer.as_statement().replace(b'"sequence"', b'"more":1,"sequence"')
            ),
            id="with another field",
        ),
        pytest.param(
            lambda harbour, pointer: harbour.sign(pointer.as_statement().replace(b"lock.txt", b"lock.zip")),
            id="of another file",
        ),
        pytest.param(lambda harbour, _: harbour.sign(b"{"), id="no JSON"),
    ],
)
def test_a_pointer_that_is_not_to_be_believed_stops_everything_and_stays(harbour: Harbour, forged: object) -> None:
    pointer = Pointer(harbour.cluster, 9, "f" * 64, 1)
    harbour.plant(harbour.layout.pointer, forged(harbour, pointer))  # type: ignore[operator]  # a way to forge
    before = harbour.files
    with pytest.raises(VerificationFailed, match=r"current\.intoto\.jsonl: no pointer of nightly-etl"):
        harbour.send(10, harbour.shelf.locked("six"))
    assert harbour.files == before


@pytest.mark.parametrize("which", ["wheel", "evidence", "bundle", "script"])
def test_other_bytes_in_the_volume_are_told_and_left(harbour: Harbour, which: str) -> None:
    drift = harbour.shelf.locked("env-drift", ours=True)
    pushed = harbour.send(1, drift)
    paths = {
        "wheel": harbour.layout.wheel(drift),
        "evidence": f"{harbour.layout.release(drift)}/SHA256SUMS",
        "bundle": harbour.layout.bundle(1),
        "script": pushed.script,
    }
    if which == "evidence":  # which is looked at as long as the wheel is not there
        for path in (harbour.layout.wheel(drift), f"{harbour.layout.release(drift)}/env_drift-1.0.intoto.jsonl"):
            harbour.workspace.volumes.place(path).unlink()
    harbour.plant(paths[which], harbour.file(paths[which]) + b"\n# and more\n" * (which != "bundle"))
    if which == "bundle":
        harbour.plant(paths[which], b"{}\n")
    with pytest.raises(ReleaseError) as failed:
        harbour.send(1, drift)
    assert failed.value.exit_code == (16 if which == "bundle" else 14)
    assert paths[which] in failed.value.message
    assert harbour.file(paths[which]).endswith(b"{}\n" if which == "bundle" else b"# and more\n")


def test_signatures_that_stand_there_may_be_others_that_count(harbour: Harbour) -> None:
    lock = harbour.lock(1, harbour.shelf.locked("six"))
    first = harbour.cargo(lock)
    harbour.push.run(first)
    again = harbour.cargo(lock)
    assert again.bundle != first.bundle
    assert harbour.push.run(again).is_identical
    assert harbour.file(harbour.layout.bundle(1)) == first.bundle


def test_what_is_read_back_otherwise_than_it_was_sent_is_told(harbour: Harbour) -> None:
    six = harbour.shelf.locked("six")
    (harbour.shelf.folder / six.wheel).write_bytes(b"other bytes than were locked")
    with pytest.raises(Conflict, match="what was sent reads back as SHA-256"):
        harbour.send(1, six)
    assert harbour.layout.pointer not in harbour.files


def test_what_is_gone_once_it_was_sent_is_told(harbour: Harbour) -> None:
    six = harbour.shelf.locked("six")
    path = harbour.layout.wheel(six)
    gone = refusal(404, "NOT_FOUND", "The file being accessed is not found.")
    harbour.workspace.wrong[f"Download {path}"] = [gone]
    with pytest.raises(Incomplete, match="was sent, and is not there"):
        harbour.send(1, six)


def test_a_missing_volume_is_named(harbour: Harbour) -> None:
    layout = replace(harbour.layout, volume="/Volumes/main/nowhere/wheelyard/below")
    with pytest.raises(UsageError, match="/Volumes/main/nowhere/wheelyard: there is no such volume") as refused:
        replace(harbour.push, layout=layout).run(harbour.cargo(harbour.lock(1)))
    assert "CREATE VOLUME" in refused.value.hint


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            refusal(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type."),
            "the token is not accepted",
        ),
        (refusal(403, "PERMISSION_DENIED", "Invalid access token."), "it is not permitted: Forbidden"),
    ],
)
def test_a_token_that_is_not_accepted_is_told(harbour: Harbour, answer: object, said: str) -> None:
    harbour.workspace.wrong[f"GetDirectory {VOLUME}"] = [answer]  # type: ignore[list-item]  # an answer
    with pytest.raises(Unauthorized, match=said) as refused:
        harbour.send(1)
    assert (refused.value.exit_code, "token" in refused.value.hint) == (15, True)
    assert "Config" not in refused.value.message


def test_whoever_may_not_write_is_told_so(harbour: Harbour) -> None:
    harbour.workspace.tokens["reader-of-volumes"] = Principal(frozenset({"Upload"}))
    reader = replace(harbour, token="reader-of-volumes")  # noqa: S106  # of a stand-in
    with pytest.raises(
        Unauthorized, match="write /Volumes/main/libraries/wheelyard/clusters/nightly-etl/locks/1"
    ) as no:
        reader.send(1, harbour.shelf.locked("six"))
    assert "WRITE VOLUME" in no.value.hint


def test_not_more_is_asked_at_once_than_is_let_in(harbour: Harbour) -> None:
    limits = harbour.workspace.limits
    harbour.workspace.delay, limits.a_second = 0.01, 10_000  # a machine that is busy bunches what was paced
    harbour.send(1, *(harbour.shelf.locked(f"package-{number}") for number in range(30)))
    assert 1 < limits.most_at_once <= 10
    assert limits.refused == 0


def test_not_more_is_asked_in_a_second_than_is_let_in() -> None:
    pace, times = Pace(at_once=10, a_second=4), []
    for _ in range(6):
        with pace.turn():
            times.append(time.monotonic())
    # a turn begins a moment before its time is taken here
    assert times[4] - times[0] >= 0.9
    assert times[5] - times[1] >= 0.9


def test_whoever_is_throttled_comes_through_in_the_end(harbour: Harbour) -> None:
    six = harbour.shelf.locked("six")
    late = harbour.workspace.throttled(harbour.workspace.requests[0] if harbour.workspace.requests else None)  # type: ignore[arg-type]  # which it does not look at
    harbour.workspace.wrong[f"Upload {harbour.layout.wheel(six)}"] = [late, refusal(500, "INTERNAL_ERROR", "oops")]
    assert harbour.send(1, six).pointer.number == 1


def test_a_storm_of_429_ends_in_words(harbour: Harbour) -> None:
    harbour.workspace.limits.a_second = 0
    with pytest.raises(Incomplete, match="asked too often") as failed:
        replace(harbour, seconds=1).send(1)
    assert "run the same command again" in failed.value.hint


def test_a_service_that_keeps_failing_ends_in_words(harbour: Harbour) -> None:
    failing = refusal(500, "INTERNAL_ERROR", "internal")
    harbour.workspace.wrong[f"Upload {harbour.layout.bundle(1)}"] = [failing] * 9
    with pytest.raises(Incomplete, match=r"write .*lock\.intoto\.jsonl: the workspace fails: internal"):
        harbour.send(1)


def test_what_the_service_does_not_take_is_told(harbour: Harbour) -> None:
    harbour.workspace.wrong[f"Upload {harbour.layout.bundle(1)}"] = [refusal(400, "INVALID_PARAMETER_VALUE", "no")]
    with pytest.raises(Incomplete, match="INVALID_PARAMETER_VALUE: no"):
        harbour.send(1)


def test_two_pushes_at_once_end_at_the_newer_lock(harbour: Harbour) -> None:
    harbour.workspace.delay = 0.005
    locks = [harbour.lock(number, harbour.shelf.locked("six", f"1.{number}")) for number in (1, 2)]
    begin = Barrier(2)
    ended: dict[int, Pointer | ReleaseError] = {}

    def push(number: int) -> None:
        begin.wait()
        try:
            ended[number] = harbour.push.run(harbour.cargo(locks[number - 1])).pointer
        except ReleaseError as error:
            ended[number] = error

    _ = harbour.client, harbour.questions, harbour.signer.key, harbour.shelf  # each once for both
    threads = [Thread(target=push, args=(number,)) for number in (1, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert harbour.pointer.number == 2
    assert isinstance(ended[2], Pointer)
    assert isinstance(ended[1], (Pointer, Refused, Conflict))


def test_the_same_push_twice_at_once_ends_well_for_both(harbour: Harbour) -> None:
    cargo = harbour.cargo(harbour.lock(1, *(harbour.shelf.locked(f"package-{number}") for number in range(5))))
    _ = harbour.client, harbour.questions, harbour.signer.key, harbour.shelf
    ended = []
    threads = [Thread(target=lambda: ended.append(harbour.push.run(cargo))) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.pointer.sequence for each in ended] == [1, 1]
    assert harbour.workspace.volumes.written.count(harbour.layout.wheel(cargo.lock.wheels[0])) == 1


def test_a_pointer_that_came_meanwhile_is_replaced_only_by_a_newer_lock(harbour: Harbour) -> None:
    _ = harbour.send(1, harbour.shelf.locked("six"))
    overtaking = harbour.sign(Pointer(harbour.cluster, 5, "5" * 64, 7).as_statement())
    upload = f"Upload {harbour.layout.pointer}"
    harbour.workspace.before[upload] = lambda: None

    def overtake() -> None:
        harbour.workspace.before[f"Download {harbour.layout.pointer}"] = lambda: harbour.plant(
            harbour.layout.pointer, overtaking
        )

    harbour.workspace.before[upload] = overtake
    with pytest.raises(Conflict, match=r"at lock 5 \(sequence 7\), and this one wants lock 2"):
        harbour.send(2, harbour.shelf.locked("six", "1.1"))
    assert harbour.pointer.number == 5


def test_whoever_never_gets_to_write_gives_up_in_words(harbour: Harbour) -> None:
    class Contested(MemoryVolume):
        def replace(self, path: str, content: bytes) -> None:
            number = harbour.seal.open_pointer(content, harbour.cluster, path).sequence
            super().replace(path, harbour.sign(Pointer(harbour.cluster, 1, "1" * 64, number).as_statement()))

    push = replace(harbour.push, volume=Contested())
    with pytest.raises(Conflict, match=r"at lock 1 \(sequence 5\), and this one wants lock 2"):
        push.run(harbour.cargo(harbour.lock(2, harbour.shelf.locked("six"))))


def test_a_pointer_that_is_taken_away_meanwhile_comes_back_with_the_next_sequence(harbour: Harbour) -> None:
    harbour.send(1, harbour.shelf.locked("six"))
    harbour.send(2, harbour.shelf.locked("six"))
    place = harbour.workspace.volumes.place(harbour.layout.pointer)
    harbour.workspace.before[f"Upload {harbour.layout.lock(3)}"] = place.unlink
    assert harbour.send(3, harbour.shelf.locked("six")).pointer.sequence == 3


def test_thirty_wheels_take_no_longer_than_their_calls(harbour: Harbour, record_property: object) -> None:
    wheels = [harbour.shelf.locked(f"package-{number}") for number in range(30)]
    harbour.send(1, wheels[0])
    harbour.workspace.delay = 0.05
    harbour.workspace.forget()
    started = time.perf_counter()
    harbour.send(2, *wheels)
    seconds = time.perf_counter() - started
    calls = len(harbour.workspace.requests)
    record_property("summary", f"push of 30 wheels, 29 of them new: {calls} calls, {seconds:.2f} s")  # type: ignore[operator]  # pytest's
    assert calls < 30 * 2 + 20
    assert seconds < calls * 0.05 * 0.8  # side by side, on a machine that does other things as well


def test_an_address_that_nobody_answers_at_is_told(tmp_path: Path, workspace: Databricks) -> None:
    harbour = Harbour(workspace, tmp_path / "here", seconds=1)
    _ = harbour.client
    workspace.wrong[f"GetDirectory {VOLUME}"] = []
    client = harbour.client
    client.config.host = "http://127.0.0.1:9"
    with pytest.raises(Incomplete, match="the workspace is not reached: is DATABRICKS_HOST right"):
        harbour.volume.require(VOLUME)
