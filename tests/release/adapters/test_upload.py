from __future__ import annotations

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from release.adapters.upload import Uploader
from release.errors import Conflict, Incomplete, Unauthorized, UsageError
from release.redaction import redact
from tests.release.doors import altered, make_artifacts
from tests.servers.real_index import PASSWORD, USERNAME
from tests.servers.stand_in import Answer, Request, StandIn, closed_address
from tests.servers.upload import Fault, UploadIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release.model.artifact import Artifacts


class Says(StandIn):
    """Says the same to whatever it is asked."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__()
        self._said = Answer(text.encode(), status, "text/plain")

    def answer(self, request: Request) -> Answer:  # noqa: ARG002  # whatever it is
        return self._said


@pytest.fixture
def index() -> Iterator[UploadIndex]:  # in place of the one that gives the toolchain
    with UploadIndex() as server:
        yield server


@pytest.fixture
def uploader(index: UploadIndex) -> Uploader:
    return Uploader(f"{index.address}/legacy/", USERNAME, PASSWORD, 10)


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return make_artifacts(tmp_path / "built")


def test_a_file_arrives_with_its_metadata(index: UploadIndex, uploader: Uploader, artifacts: Artifacts) -> None:
    for each in artifacts:
        uploader.upload(each.path)
    assert index.files == {each.name: each.path.read_bytes() for each in artifacts}
    assert b'name="license_expression"\r\n\r\nMIT' in index.requests[0].body


def test_nothing_is_printed_and_nothing_logged_for_people(
    index: UploadIndex, uploader: Uploader, artifacts: Artifacts, capfd: pytest.CaptureFixture[str]
) -> None:
    index.fail("POST", Fault.UNAVAILABLE, times=4)
    with pytest.raises(Incomplete):
        uploader.upload(artifacts.wheel.path)
    uploader.upload(artifacts.wheel.path)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("twine").handlers == []


def test_what_others_print_meanwhile_is_not_swallowed(
    index: UploadIndex, uploader: Uploader, artifacts: Artifacts, capfd: pytest.CaptureFixture[str]
) -> None:
    index.delay = 0.2
    with ThreadPoolExecutor(2) as pool:
        brought = pool.submit(uploader.upload, artifacts.wheel.path)
        while not index.requests:
            assert not brought.done()
        print("somebody else")  # noqa: T201  # it is the subject
        brought.result()
    assert capfd.readouterr().out == "somebody else\n"


def test_many_files_go_side_by_side(index: UploadIndex, uploader: Uploader, tmp_path: Path) -> None:
    made = [make_artifacts(tmp_path, f"alpha/v0.{number}.0") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(uploader.upload, [each.wheel.path for each in made]))
    assert {name: hashlib.sha256(content).hexdigest() for name, content in index.files.items()} == {
        each.wheel.name: each.wheel.sha256 for each in made
    }


def test_a_file_is_sent_whole_when_it_is_sent_again(
    index: UploadIndex, uploader: Uploader, artifacts: Artifacts
) -> None:
    index.fail("POST", Fault.UNAVAILABLE, times=2)
    uploader.upload(artifacts.wheel.path)
    assert len({each.body for each in index.requests}) == 1
    assert len(index.requests) == 3
    assert list(index.files) == [artifacts.wheel.name]


def test_other_bytes_are_a_conflict(
    index: UploadIndex, uploader: Uploader, artifacts: Artifacts, tmp_path: Path
) -> None:
    uploader.upload(artifacts.wheel.path)
    with pytest.raises(Conflict, match=rf"^{artifacts.wheel.name} could not be brought to \S+/legacy/"):
        uploader.upload(altered(artifacts, tmp_path / "other").wheel.path)
    assert index.files == {artifacts.wheel.name: artifacts.wheel.path.read_bytes()}


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (200, "", None),
        (201, "", None),
        (400, "File already exists ('alpha-0.1.0.tar.gz', with blake2_256 hash 'ab').", Conflict),
        (400, "This filename has already been used, use a different version.", Conflict),
        (400, "Repository does not allow updating assets: wheels", Conflict),
        (400, "Validation failed: File name has already been taken", Conflict),
        (403, "Not enough permissions to overwrite artifact", Conflict),
        (409, "", Conflict),
        (400, "Invalid value for classifiers.", Incomplete),
        (401, "", Unauthorized),
        (403, "", Unauthorized),
        (404, "", UsageError),
        (405, "", UsageError),
        (413, "", Incomplete),
        (302, "", Incomplete),
    ],
)
def test_indexes_say_it_each_in_their_own_way(
    artifacts: Artifacts, status: int, text: str, error: type[Exception] | None
) -> None:
    with Says(status, text) as index:
        uploader = Uploader(index.address, USERNAME, PASSWORD, 10)
        if error is None:
            uploader.upload(artifacts.wheel.path)
            return
        with pytest.raises(error, match=artifacts.wheel.name) as told:
            uploader.upload(artifacts.wheel.path)
        assert type(told.value) is error
        assert len(index.requests) == 1, "it was asked again"


def test_what_an_index_repeats_is_not_repeated(artifacts: Artifacts) -> None:
    with Says(400, f"bad password {PASSWORD}") as index, pytest.raises(Incomplete) as told:
        Uploader(index.address, USERNAME, PASSWORD, 10).upload(artifacts.wheel.path)
    assert PASSWORD not in f"{told.value.message} {told.value.hint}"


def test_a_password_is_hidden_from_the_moment_it_is_known() -> None:
    Uploader("https://index.example/", USERNAME, "password-of-grace", 2)
    assert "password-of-grace" not in redact("it was password-of-grace")


def test_a_redirect_is_not_followed_and_the_right_address_is_named(
    index: UploadIndex, uploader: Uploader, artifacts: Artifacts
) -> None:
    index.fail("POST", Fault.REDIRECT)
    with pytest.raises(UsageError, match=r"sends to https://index\.example/up/$") as told:
        uploader.upload(artifacts.wheel.path)
    assert "https://index.example/up/" in told.value.hint
    assert "secret" not in f"{told.value.message} {told.value.hint}"
    assert len(index.requests) == 1


def test_where_nobody_listens_is_told(artifacts: Artifacts) -> None:
    with pytest.raises(Incomplete, match="the connection was refused"):
        Uploader(closed_address(), USERNAME, PASSWORD, 10).upload(artifacts.wheel.path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
@pytest.mark.parametrize("name", ["alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz", "alpha-0.1.0.txt"])
def test_what_is_no_distribution_never_leaves(
    index: UploadIndex, uploader: Uploader, tmp_path: Path, name: str, content: bytes
) -> None:
    stray = tmp_path / name
    stray.write_bytes(content)
    with pytest.raises(Conflict, match="is nothing that an index takes"):
        uploader.upload(stray)
    assert index.requests == ()


def test_a_knock_brings_nothing_and_shows_whether_the_credentials_are_accepted(
    index: UploadIndex, uploader: Uploader
) -> None:
    uploader.knock()
    assert index.files == {}
    with pytest.raises(Unauthorized, match="not accepted"):
        Uploader(f"{index.address}/legacy/", USERNAME, "wrong-password", 2).knock()
    with Says(404) as nothing, pytest.raises(UsageError, match="no index takes files there"):
        Uploader(nothing.address, USERNAME, PASSWORD, 10).knock()
