"""Wheels by their addresses: credentials for the host alone that they are for, and no other bytes than were locked."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from cluster.adapters.downloads import Downloads
from release.errors import Conflict, Incomplete, Unauthorized
from release.model.offer import Offer
from tests.servers.stand_in import Answer, StandIn, closed_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.stand_in import Request

CONTENT = b"a wheel"
PASSWORD = "the-engine-weaves-algebra"  # noqa: S105  # the stand-ins' own
KEY = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()


class Guarded(StandIn):
    """A host that gives its one file to whoever shows a password."""

    def answer(self, request: Request) -> Answer:
        if request.parts[-1] == "gone.whl":
            return Answer(b"", 404)
        if request.headers.get("authorization") != KEY:
            return Answer(b"", 401)
        return Answer(CONTENT)


@pytest.fixture
def host() -> Iterator[Guarded]:
    with Guarded() as server:
        yield server


def offer(address: str, name: str = "a-1-py3-none-any.whl", content: bytes = CONTENT) -> Offer:
    return Offer(Version("1"), name, f"{address}/files/{name}", hashlib.sha256(content).hexdigest())


def signed_in(address: str) -> str:
    return address.replace("://", f"://ada:{PASSWORD}@") + "/simple/"


@pytest.mark.parametrize("variable", ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX"])
def test_a_wheel_is_brought_with_the_password_that_its_host_has(host: Guarded, tmp_path: Path, variable: str) -> None:
    door = Downloads({variable: f"{closed_address()}/simple/ {signed_in(host.address)}"})
    path = door.bring(offer(host.address), tmp_path / "there")
    assert path.read_bytes() == CONTENT
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_named_index_has_its_password_in_variables_of_its_own(host: Guarded, tmp_path: Path) -> None:
    named = {"UV_INDEX": f"inhouse={host.address}/simple/", "UV_INDEX_INHOUSE_USERNAME": "ada"}
    door = Downloads({**named, "UV_INDEX_INHOUSE_PASSWORD": PASSWORD})
    assert door.bring(offer(host.address), tmp_path).read_bytes() == CONTENT


def test_a_password_is_shown_to_no_other_host(host: Guarded, tmp_path: Path) -> None:
    with Guarded() as other:
        door = Downloads({"UV_DEFAULT_INDEX": signed_in(other.address)})
        with pytest.raises(Unauthorized, match="the credentials are not accepted"):
            door.bring(offer(host.address), tmp_path)
        assert not other.requests
    assert "authorization" not in host.requests[0].headers


def test_what_is_there_already_is_not_brought_again(host: Guarded, tmp_path: Path) -> None:
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(CONTENT)
    assert Downloads({}).bring(offer(host.address), tmp_path).read_bytes() == CONTENT
    assert not host.requests


def test_other_bytes_are_a_conflict_and_are_not_left(host: Guarded, tmp_path: Path) -> None:
    door = Downloads({"UV_DEFAULT_INDEX": signed_in(host.address)})
    with pytest.raises(Conflict, match=r"a-1-py3-none-any\.whl has the SHA-256"):
        door.bring(offer(host.address, content=b"another"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_this_machine_is_copied_and_looked_at_alike(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a-1-py3-none-any.whl").write_bytes(CONTENT)
    assert Downloads({}).bring(offer(tmp_path.as_uri()), tmp_path / "there").read_bytes() == CONTENT
    with pytest.raises(Conflict):
        Downloads({}).bring(offer(tmp_path.as_uri(), content=b"another"), tmp_path / "elsewhere")


def test_what_is_gone_and_who_does_not_answer_are_told(host: Guarded, tmp_path: Path) -> None:
    with pytest.raises(Incomplete, match="it answered HTTP 404"):
        Downloads({}).bring(offer(host.address, "gone.whl"), tmp_path)
    with pytest.raises(Incomplete, match="the connection was refused"):
        Downloads({}).bring(offer(closed_address()), tmp_path)
