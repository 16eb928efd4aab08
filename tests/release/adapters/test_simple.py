from __future__ import annotations

import hashlib
import json
import time
from datetime import datetime, timezone
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from release.adapters.simple import SimpleIndex
from release.errors import Incomplete, Unauthorized, UsageError
from tests.release.doors import make_artifacts
from tests.servers.real_index import PASSWORD, USERNAME
from tests.servers.stand_in import Answer, Request, StandIn, closed_address
from tests.servers.upload import Fault, UploadIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from release.model.artifact import Artifacts

JSON = "application/vnd.pypi.simple.v1+json"
WHEEL = "alpha-0.1.0-py3-none-any.whl"


class Page(StandIn):
    """One page, for every project."""

    def __init__(self, content: str, kind: str = "text/html") -> None:
        super().__init__()
        self._page = Answer(content.encode(), kind=kind)

    def answer(self, request: Request) -> Answer:  # noqa: ARG002  # whatever it is
        return self._page

    @property
    def door(self) -> SimpleIndex:
        return SimpleIndex(f"{self.address}/simple", USERNAME, PASSWORD, 10)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[UploadIndex]:  # in place of the one that gives the toolchain
    with UploadIndex() as server:
        server.files = {each.name: each.path.read_bytes() for each in make_artifacts(tmp_path / "built")}
        yield server


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return make_artifacts(tmp_path / "built")


@pytest.fixture
def door(index: UploadIndex) -> SimpleIndex:
    return SimpleIndex(f"{index.address}/simple/", USERNAME, PASSWORD, 10)


def html(*names: str, head: str = "") -> str:
    anchors = "".join(f'<a href="../../files/{name}">{name}</a>\n' for name in names)
    return f"<!DOCTYPE html><html><head>{head}</head><body>{anchors}</body></html>"


def as_json(*files: Mapping[str, object], name: str = "alpha", version: str = "1.1") -> str:
    return json.dumps({"meta": {"api-version": version}, "name": name, "files": list(files)})


@pytest.mark.parametrize("wants_json", [True, False])
def test_a_page_says_what_there_is(
    index: UploadIndex,
    door: SimpleIndex,
    artifacts: Artifacts,
    wants_json: bool,  # noqa: FBT001
) -> None:
    index.json = wants_json
    index.yanked = {artifacts.sdist.name}
    wheel, sdist = door.files("alpha")
    assert (wheel.name, wheel.version, wheel.sha256) == (WHEEL, Version("0.1.0"), artifacts.wheel.sha256)
    assert wheel.url == f"{index.address}/files/{WHEEL}"
    assert (wheel.yanked, sdist.yanked) == (False, True)
    assert wheel.added == (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc) if wants_json else None)
    assert wheel.requires_python == (">=3.10" if wants_json else "")


def test_a_name_is_asked_for_in_its_normal_form(index: UploadIndex, door: SimpleIndex) -> None:
    assert len(door.files("Alpha")) == 2
    assert index.requests[0].path == "/simple/alpha/"


def test_a_file_comes_as_it_is(door: SimpleIndex, artifacts: Artifacts) -> None:
    content = door.download(door.files("alpha")[0].url)
    assert hashlib.sha256(content).hexdigest() == artifacts.wheel.sha256


def test_a_project_that_nobody_published_has_no_files(door: SimpleIndex) -> None:
    assert door.files("beta") == ()


@pytest.mark.parametrize(
    "fault", [Fault.LOGIN, Fault.EMPTY, Fault.CUT, Fault.HALF, Fault.OTHER, Fault.UNAVAILABLE, Fault.BROKEN]
)
@pytest.mark.parametrize("wants_json", [True, False])
def test_a_page_in_doubt_is_no_page(
    index: UploadIndex,
    door: SimpleIndex,
    fault: Fault,
    wants_json: bool,  # noqa: FBT001
) -> None:
    index.json = wants_json
    index.fail("GET", fault)
    with pytest.raises(Incomplete, match=r"^the index could not be asked for alpha at http\S+/simple/alpha/: ") as told:
        door.files("alpha")
    assert not isinstance(told.value, Unauthorized)
    assert "same command again" in told.value.hint


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", JSON),
        ("null", JSON),
        ("[]", JSON),
        ('{"meta": {"api-version": "1.1"}, "name": "alpha"}', JSON),
        (as_json({"filename": WHEEL}), JSON),
        (as_json(version="2.0"), JSON),
        (as_json(name="beta"), JSON),
        (html(), "text/html"),
        (html("Sign in", "help.html"), "text/html"),
        (html(WHEEL)[:-10], "text/html"),
        (html(WHEEL), "application/pdf"),
        (html("beta-0.1.0.tar.gz"), "text/html"),
    ],
)
def test_what_is_no_page_of_the_project_is_refused(content: str, kind: str) -> None:
    with Page(content, kind) as page, pytest.raises(Incomplete, match="alpha"):
        page.door.files("alpha")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (as_json(), JSON),
        (html(head='<meta name="pypi:repository-version" content="1.0">'), "text/html"),
        (html(head="<title>Links for alpha</title>"), "text/html; charset=utf-8"),
    ],
)
def test_an_empty_page_that_says_what_it_is_holds_nothing(content: str, kind: str) -> None:
    with Page(content, kind) as page:
        assert page.door.files("alpha") == ()


def test_what_pip_passes_over_is_passed_over() -> None:
    strays = "alpha-beta-0.1.0.tar.gz", "beta-0.1.0-py3-none-any.whl", "alpha-x.tar.gz", "alpha.txt", "SHA256SUMS"
    with Page(html(*strays, WHEEL)) as page:
        assert [each.name for each in page.door.files("alpha")] == [WHEEL]


def test_what_pip_would_take_is_seen_whatever_its_kind() -> None:
    taken = WHEEL, "alpha-0.1.0-1-cp311-cp311-linux_x86_64.whl", "alpha-0.1.0.zip", "Alpha-0.1.0.tar.bz2"
    with Page(html(*taken)) as page:
        assert {(each.name, each.version) for each in page.door.files("alpha")} == {
            (name, Version("0.1.0")) for name in taken
        }


def test_a_file_that_is_offered_twice_is_one_file_unless_its_bytes_differ() -> None:
    with Page(html(WHEEL, WHEEL)) as page:
        assert len(page.door.files("alpha")) == 1
    said = [{"filename": WHEEL, "url": WHEEL, "hashes": {"sha256": digit * 64}} for digit in "ab"]
    with Page(as_json(*said), JSON) as page, pytest.raises(Incomplete, match=f"it offers {WHEEL} twice"):
        page.door.files("alpha")


def test_a_page_that_sends_elsewhere_shows_nobody_the_password(index: UploadIndex, artifacts: Artifacts) -> None:
    wheel = {"filename": WHEEL, "url": f"{index.address}/files/{WHEEL}", "hashes": {}}
    with Page(as_json(wheel), JSON) as page:
        door = page.door
        (found,) = door.files("alpha")
        with pytest.raises(Unauthorized, match=rf"{WHEEL} could not be downloaded"):
            door.download(found.url)
    assert found.sha256 == ""
    assert [each.headers.get("authorization") for each in index.requests] == [None]
    assert PASSWORD not in str(found)
    assert artifacts.wheel.name == WHEEL


def test_a_wrong_password_is_told_and_not_repeated(index: UploadIndex) -> None:
    wrong = "wrong-password-of-ada"
    with pytest.raises(Unauthorized, match="the credentials are not accepted") as told:
        SimpleIndex(f"{index.address}/simple/", USERNAME, wrong, 2).files("alpha")
    assert wrong not in f"{told.value.message} {told.value.hint}"


def test_where_nobody_listens_is_told() -> None:
    with pytest.raises(Incomplete, match="the connection was refused"):
        SimpleIndex(closed_address(), "", "", 2).files("alpha")


def test_a_file_that_is_gone_can_not_be_downloaded(index: UploadIndex, door: SimpleIndex) -> None:
    with pytest.raises(Incomplete, match=r"gone\.whl could not be downloaded: it answered HTTP 404"):
        door.download(f"{index.address}/files/gone.whl?token=secret")


@pytest.mark.parametrize("ahead", [0, 3600, -3600])
def test_the_clock_of_an_index_is_compared(index: UploadIndex, door: SimpleIndex, ahead: float) -> None:
    index.date = formatdate(time.time() + ahead, usegmt=True)
    door.files("alpha")
    assert door.ahead == pytest.approx(ahead, abs=60)


def test_a_clock_that_says_nothing_is_not_known(index: UploadIndex, door: SimpleIndex) -> None:
    assert door.ahead is None
    index.date = "after tea"
    door.files("alpha")
    assert door.ahead is None


@pytest.mark.parametrize(("status", "error"), [(404, UsageError), (403, Unauthorized), (418, Incomplete)])
def test_an_address_without_pages_is_refused(
    index: UploadIndex, door: SimpleIndex, status: int, error: type[Exception]
) -> None:
    index.root = status
    with pytest.raises(error, match=rf"/simple/: .*HTTP {status}") as refused:
        door.require_root()
    assert type(refused.value) is error
    assert "RELEASE_INDEX_URL" in str(getattr(refused.value, "hint", "")) or error is not UsageError


@pytest.mark.parametrize("status", [200, 405])
def test_an_address_with_pages_is_asked_for_once(index: UploadIndex, door: SimpleIndex, status: int) -> None:
    index.root = status
    for _ in range(2):
        door.require_root()
    assert [each.method for each in index.requests] == ["HEAD"]


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.booleans())
def test_no_text_is_taken_for_a_page(text: str, is_json: bool) -> None:  # noqa: FBT001  # Hypothesis gives it so
    with Page(text, JSON if is_json else "text/html") as page, pytest.raises(Incomplete):
        page.door.files("alpha")
