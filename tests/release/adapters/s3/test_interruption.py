"""A release that ends after any of its calls, and is then run again: the end is that of one that was left in peace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.s3 import open_target
from release.errors import Incomplete
from release.model.ledger import Listing, State
from release.model.tag import Channel
from release.settings import Settings
from tests.release.adapters.s3.test_target import parcel_of, publish, states
from tests.servers.faults import Call, Fault, Faults
from tests.servers.s3 import BUCKET, S3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from release.adapters.s3.target import S3Target
    from release.model.parcel import Parcel
    from tests.servers.stand_in import Answer, Drop, Hang, Request


class Ending(S3):
    """An S3 whose caller ends after some answers: what it sends afterwards has no effect."""

    left = 1_000_000

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Answer, as long as there is somebody to hear it."""
        with self._lock:
            self.left -= 1
            is_over = self.left < 0
        return self.expired(request) if is_over else super().answer(request)


def contents(s3: S3) -> dict[str, bytes]:
    return {key: s3.do("GET", key).content for key in s3.stored()}


def door(s3: S3) -> S3Target:
    return open_target(Settings(s3.environment), seconds=20)


def release(target: S3Target, parcel: Parcel) -> None:
    publish(target, parcel)


def withdraw(target: S3Target, parcel: Parcel) -> None:
    target.relist(parcel.tag, {Listing.OFFERED}, Listing.ARCHIVED, "why")


@pytest.fixture
def ending(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ending]:
    """Give an S3 that can end, to which the variables of this process lead."""
    assert s3.stored() == []
    with Ending() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.address)
        yield server


@pytest.mark.parametrize("doing", [release, withdraw])
def test_whatever_call_was_the_last_the_same_command_again_comes_to_the_same_end(
    ending: Ending, tmp_path: Path, doing: Callable[[S3Target, Parcel], None]
) -> None:
    target, earlier, parcel = door(ending), parcel_of(tmp_path, "0.0.9"), parcel_of(tmp_path)

    def begin() -> None:
        ending.empty()
        publish(target, earlier, *([parcel] if doing is withdraw else []))
        ending.forget()

    begin()
    doing(target, parcel)
    wanted, calls = contents(ending), len(ending.calls())
    assert calls > 12
    for last in range(calls):
        begin()
        ending.left = last
        with pytest.raises(Incomplete):
            doing(target, parcel)
        ending.left = 1_000_000
        _require_proof(ending, target)
        doing(target, parcel)
        assert contents(ending) == wanted, f"after {last} calls"


def _require_proof(s3: S3, target: S3Target) -> None:
    """Nothing is offered whose evidence, or whose bytes, are not there."""
    keys = s3.stored()
    for channel in Channel:
        for offer in target.offered("alpha", channel):
            assert offer.url.removeprefix(f"s3://{BUCKET}/") in keys
            assert f"stable/alpha/{offer.version}/alpha-{offer.version}.intoto.jsonl" in keys


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE])
def test_a_fault_that_passes_changes_nothing(s3: S3, tmp_path: Path, fault: Fault) -> None:
    target, parcel = door(s3), parcel_of(tmp_path)
    s3.faults = log = Faults()
    release(target, parcel)
    wanted = contents(s3)
    for call in log.calls[::5]:
        s3.empty()
        s3.faults = faults = Faults(call, fault)
        release(target, parcel)
        assert faults.is_spent, f"{call} was not made"
        assert contents(s3) == wanted, f"at {call}"
        assert states(target, parcel) == {State.IDENTICAL}


def test_credentials_that_end_in_the_middle_are_told_and_new_ones_go_on(s3: S3, tmp_path: Path) -> None:
    s3.faults = Faults(Call("S3", "PutObject stable/simple/alpha/index.html", 1), Fault.EXPIRED)
    target, parcel = door(s3), parcel_of(tmp_path)
    with pytest.raises(Incomplete, match="ExpiredToken") as refused:
        release(target, parcel)
    assert "log in again" in refused.value.hint
    release(target, parcel)
    assert states(target, parcel) == {State.IDENTICAL}


def test_an_answer_that_was_true_a_moment_ago_replaces_nothing(s3: S3, tmp_path: Path) -> None:
    target, first, second = door(s3), parcel_of(tmp_path), parcel_of(tmp_path, "0.2.0")
    s3.faults = Faults(Call("S3", "GetObject dev/simple/alpha/index.html", 2), Fault.STALE)
    publish(target, first, second)
    assert s3.faults.is_spent
    assert states(target, first) == states(target, second) == {State.IDENTICAL}
