"""What a bucket refuses, or a way to it that is none, is told as what it is: never as an absent file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.s3 import open_target
from release.errors import Incomplete, UsageError
from release.model.ledger import State
from release.model.tag import Channel
from release.settings import Settings
from tests.release.adapters.s3.test_target import parcel_of, publish, states
from tests.servers.stand_in import Answer, StandIn, closed_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release.adapters.s3.target import S3Target
    from tests.servers.s3 import S3
    from tests.servers.stand_in import Request


def test_a_name_that_is_none_is_told_before_anything_is_asked(s3: S3) -> None:
    for name in ("s3://wheels", "wheels/stable", "W", "a b"):
        with pytest.raises(UsageError, match="S3_WHEELS_BUCKET"):
            open_target(Settings({**s3.environment, "S3_WHEELS_BUCKET": name}), 1)
    assert s3.requests == ()


def test_a_bucket_that_does_not_exist_is_a_wrong_setting(s3: S3, tmp_path: Path) -> None:
    target = open_target(Settings({**s3.environment, "S3_WHEELS_BUCKET": "nobodys-bucket"}), 1)
    with pytest.raises(UsageError, match="NoSuchBucket") as refused:
        target.held(parcel_of(tmp_path).tag)
    assert "S3_WHEELS_BUCKET" in refused.value.hint


def test_a_bucket_in_another_region_is_found_there(s3: S3, tmp_path: Path) -> None:
    target = open_target(Settings({**s3.environment, "AWS_REGION": "eu-west-1"}), 1)
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    assert states(target, parcel) == {State.IDENTICAL}


@pytest.mark.parametrize("permission", ["ListBucket", "GetObject", "PutObject"])
def test_without_permission_nothing_is_known(target: S3Target, s3: S3, tmp_path: Path, permission: str) -> None:
    older, newer = parcel_of(tmp_path), parcel_of(tmp_path, "0.2.0")
    publish(target, older)
    s3.denied.add(permission)
    with pytest.raises(Incomplete) as refused:
        target.put(newer) if permission == "PutObject" else target.held(older.tag)
    assert f"s3:{permission}" in f"{refused.value.message}{refused.value.hint}"


def test_credentials_that_nobody_knows_are_not_repeated(target: S3Target, s3: S3, tmp_path: Path) -> None:
    s3.callers.clear()
    with pytest.raises(Incomplete, match="InvalidAccessKeyId") as refused:
        target.held(parcel_of(tmp_path).tag)
    assert "AKIA" not in f"{refused.value.message}{refused.value.hint}"


def test_a_place_where_nobody_listens_is_incomplete(s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", closed_address())
    with pytest.raises(Incomplete, match="EndpointConnectionError"):
        open_target(Settings(s3.environment), 1).held(parcel_of(tmp_path).tag)


@pytest.mark.parametrize("content", [b"", b"<html><body>Log in first</body></html>"])
def test_an_answer_that_is_no_list_is_never_taken_for_an_empty_bucket(
    target: S3Target, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    tag = parcel_of(tmp_path).tag
    assert target.held(tag) == ()
    with Portal(content) as portal:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", portal.address)
        captured = open_target(Settings(s3.environment), 1)
        with pytest.raises(Incomplete, match=r"could not list s3://.*: the answer is no list of objects"):
            captured.held(tag)
        with pytest.raises(Incomplete, match="the answer is no list of objects"):
            captured.inventory(["alpha"])


@pytest.mark.parametrize("content", [b"", b"{}", b"<html></html>"])
def test_an_answer_that_is_none_of_s3_is_incomplete_and_no_defect(
    target: S3Target, s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    parcel = parcel_of(tmp_path)
    publish(target, parcel)
    with Portal(content) as portal:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", portal.address)
        captured = open_target(Settings(s3.environment), 1)
        asks: list[Callable[[], object]] = [
            lambda: captured.offered("alpha", Channel.STABLE),
            lambda: captured.read(parcel.tag, "SHA256SUMS"),
            lambda: captured.put(parcel),
            lambda: captured.show(parcel),
            lambda: captured.seal(parcel.tag, b"{}"),
        ]
        for ask in asks:
            with pytest.raises(Incomplete, match=r"could not (?:read|write) s3://"):
                ask()


class Portal(StandIn):
    """What stands before S3 and answers everything alike."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def answer(self, request: Request) -> Answer:  # noqa: ARG002  # whatever is asked
        """Answer as if all were well."""
        return Answer(self._content, kind="text/html")
