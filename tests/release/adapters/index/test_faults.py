from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete, Unauthorized, UsageError
from release.model.ledger import Listing
from release.model.tag import Channel
from tests.release.adapters.index.indexes import ALPHA, digests, opened
from tests.release.doors import altered, make_artifacts, make_parcel
from tests.servers.real_index import PASSWORD, USERNAME
from tests.servers.stand_in import closed_address
from tests.servers.upload import Fault, UploadIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release.model.artifact import Artifacts


@pytest.fixture
def stand_in() -> Iterator[UploadIndex]:
    """Give an index that can be made to fail."""
    with UploadIndex() as server:
        yield server


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    """Give a wheel and an sdist of alpha 0.1.0."""
    return make_artifacts(tmp_path / "built")


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.BROKEN, Fault.UNAVAILABLE, Fault.LOST, Fault.DROPPED])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_fails_once_is_done_again(stand_in: UploadIndex, artifacts: Artifacts, method: str, fault: Fault) -> None:
    stand_in.fail(method, fault, times=1)
    opened(stand_in.environment).put(make_parcel(artifacts))
    assert stand_in.files == {each.name: each.path.read_bytes() for each in artifacts}


def test_the_wheel_goes_first(stand_in: UploadIndex, artifacts: Artifacts) -> None:
    opened(stand_in.environment).put(make_parcel(artifacts))
    assert list(stand_in.files) == [artifacts.wheel.name, artifacts.sdist.name]


@pytest.mark.parametrize(
    ("method", "fault", "error"),
    [
        ("POST", Fault.UNAVAILABLE, Incomplete),
        ("POST", Fault.HANG, Incomplete),
        ("POST", Fault.REFUSED, Unauthorized),
        ("POST", Fault.REDIRECT, UsageError),
        *(("GET", each, Incomplete) for each in (Fault.UNAVAILABLE, Fault.HANG, Fault.LOGIN, Fault.EMPTY, Fault.OTHER)),
    ],
)
def test_what_fails_each_time_is_said_and_leaves_nothing(
    stand_in: UploadIndex, artifacts: Artifacts, method: str, fault: Fault, error: type[Exception]
) -> None:
    stand_in.fail(method, fault)
    with pytest.raises(error, match=r"alpha") as told:
        opened(stand_in.environment, seconds=0.4 if fault is Fault.HANG else 10).put(make_parcel(artifacts))
    assert type(told.value) is error
    assert stand_in.files == {}
    assert stand_in.asked("POST") == 0 or method == "POST"


def test_a_page_that_is_late_is_waited_for(stand_in: UploadIndex, artifacts: Artifacts) -> None:
    stand_in.fail("GET", Fault.LATE, times=4)
    opened(stand_in.environment).put(make_parcel(artifacts))
    assert stand_in.asked("GET") >= 5
    assert stand_in.asked("POST") == 2


def test_a_page_that_stays_late_is_incomplete_and_says_what_it_lacks(
    stand_in: UploadIndex, artifacts: Artifacts
) -> None:
    stand_in.fail("GET", Fault.LATE)
    with pytest.raises(Incomplete, match=rf"does not show {artifacts.sdist.name}, which was brought") as late:
        opened(stand_in.environment, patience=0.2).put(make_parcel(artifacts))
    assert "same command again" in late.value.hint


def test_a_stale_page_does_not_bring_a_file_twice(stand_in: UploadIndex, artifacts: Artifacts) -> None:
    target = opened(stand_in.environment)
    target.put(make_parcel(artifacts))
    stand_in.fail("GET", Fault.LATE, times=2)
    target.put(make_parcel(artifacts))
    assert stand_in.files == {each.name: each.path.read_bytes() for each in artifacts}


def test_a_file_that_another_run_brought_in_between_is_compared(
    stand_in: UploadIndex, artifacts: Artifacts, tmp_path: Path
) -> None:
    target = opened(stand_in.environment)
    target.put(make_parcel(altered(artifacts, tmp_path / "other")))
    before = dict(stand_in.files)
    stand_in.fail("GET", Fault.LATE, times=1)
    wheel = make_parcel(artifacts)
    only = {artifacts.sdist.name: wheel.files[artifacts.sdist.name]}
    with pytest.raises(Conflict, match="other bytes"):
        target.put(type(wheel)(**{**vars(wheel), "files": only}))
    assert stand_in.files == before


def test_a_file_that_was_deleted_can_not_come_again_and_that_is_said(
    stand_in: UploadIndex, artifacts: Artifacts, tmp_path: Path
) -> None:
    target = opened(stand_in.environment, patience=0.2)
    target.put(make_parcel(altered(artifacts, tmp_path / "other")))
    stand_in.fail("GET", Fault.LATE)
    parcel = make_parcel(artifacts)
    only = {artifacts.sdist.name: parcel.files[artifacts.sdist.name]}
    with pytest.raises(Incomplete, match="is refused, because a file of that name was there") as refused:
        target.put(type(parcel)(**{**vars(parcel), "files": only}))
    assert "next version" in refused.value.hint


@pytest.mark.parametrize("as_json", [True, False])
def test_what_was_yanked_is_held_and_not_offered(stand_in: UploadIndex, artifacts: Artifacts, as_json: bool) -> None:  # noqa: FBT001
    target = opened(stand_in.environment)
    target.put(make_parcel(artifacts))
    stand_in.json = as_json
    stand_in.yanked = {each.name for each in artifacts}
    assert [each.listing for each in target.held(ALPHA)] == [Listing.UNLISTED] * 2
    assert target.offered("alpha", Channel.STABLE) == ()


def test_what_the_page_has_no_digest_of_is_downloaded(stand_in: UploadIndex, artifacts: Artifacts) -> None:
    target = opened(stand_in.environment)
    stand_in.fail("GET", Fault.NO_DIGEST)
    target.put(make_parcel(artifacts))
    assert digests(target) == {each.name: each.sha256 for each in artifacts}


def test_an_inventory_asks_once_for_each_package(stand_in: UploadIndex, tmp_path: Path) -> None:
    target = opened(stand_in.environment)
    for tag in ("alpha/v0.1.0", "alpha/v0.2.0", "beta/v0.1.0"):
        target.put(make_parcel(make_artifacts(tmp_path / tag.replace("/", "-"), tag)))
    stand_in.forget()
    assert len(target.inventory(["alpha", "beta", "gamma"])) == 6
    assert stand_in.asked("GET") == 3


def test_where_no_pages_are_nothing_is_taken_for_absent(stand_in: UploadIndex, artifacts: Artifacts) -> None:
    elsewhere = {**stand_in.environment, "RELEASE_INDEX_URL": f"{stand_in.address}/simpel/"}
    with pytest.raises(UsageError, match="there are no simple pages") as refused:
        opened(elsewhere).put(make_parcel(artifacts))
    assert "RELEASE_INDEX_URL" in refused.value.hint
    assert stand_in.files == {}
    assert [each.exit_code for each in opened(elsewhere).examine(["alpha"])] == [0, 2, 0]


def test_credentials_for_uploads_are_not_shown_to_another_host(stand_in: UploadIndex, artifacts: Artifacts) -> None:
    elsewhere = {**stand_in.environment, "TWINE_REPOSITORY_URL": f"{closed_address()}/legacy/"}
    with pytest.raises(Unauthorized):
        opened(elsewhere).held(ALPHA)
    assert "authorization" not in stand_in.requests[0].headers
    stand_in.files[artifacts.wheel.name] = artifacts.wheel.path.read_bytes()
    scheme, rest = stand_in.environment["RELEASE_INDEX_URL"].split("://")
    with_its_own = f"{scheme}://{USERNAME}:{PASSWORD}@{rest}"
    (held,) = opened({**elsewhere, "RELEASE_INDEX_URL": with_its_own}).held(ALPHA)
    assert held.name == artifacts.wheel.name
    assert PASSWORD not in held.location
