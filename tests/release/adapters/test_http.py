from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests

from release.adapters.http import AtHome, open_session
from release.adapters.http_refusals import reached, require_welcome
from release.errors import Incomplete, Unauthorized, UsageError
from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn, closed_address

if TYPE_CHECKING:
    from collections.abc import Iterator

BUSY = Answer(b"", 503)
OK = Answer(b"fine")


class Scripted(StandIn):
    """Answers by a script, and well once it is over."""

    def __init__(self, *script: Answer | Hang | Drop) -> None:
        super().__init__()
        self.script = deque(script)

    def answer(self, request: Request) -> Answer | Hang | Drop:  # noqa: ARG002  # the script knows
        return self.script.popleft() if self.script else OK

    @property
    def methods(self) -> list[str]:
        return [each.method for each in self.requests]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with Scripted() as running:
        yield running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with open_session(10) as opened:
        yield opened


def patience(trouble: Answer | Hang | Drop) -> float:
    """Give the seconds for an answer: few where none will come, and enough for a machine with much else to do."""
    return 1 if isinstance(trouble, Hang) else 10


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("trouble", [*(Answer(b"", code) for code in (429, 500, 502, 503, 504)), Drop(), Hang()])
def test_what_can_be_repeated_is_repeated(server: Scripted, method: str, trouble: Answer | Hang | Drop) -> None:
    server.script.append(trouble)
    with open_session(patience(trouble)) as session:
        assert session.request(method, server.address).content == b"fine"
    assert server.methods == [method] * 2


@pytest.mark.parametrize("trouble", [BUSY, Drop(), Hang()])
def test_a_post_is_repeated_only_where_its_caller_says_so(server: Scripted, trouble: Answer | Hang | Drop) -> None:
    server.script.append(trouble)
    with open_session(patience(trouble)) as careful, pytest.raises(requests.RequestException):
        careful.post(server.address, b"once").raise_for_status()
    assert server.methods == ["POST"]
    server.script.append(trouble)
    with open_session(patience(trouble), replay={"POST"}) as told:
        assert told.post(server.address, b"twice").content == b"fine"
    assert [each.body for each in server.requests[1:]] == [b"twice"] * 2


def test_what_was_throttled_was_not_done_and_is_asked_again(server: Scripted, session: requests.Session) -> None:
    server.script.append(Answer(b"", 429))
    assert session.post(server.address, b"form").content == b"fine"
    assert [each.body for each in server.requests] == [b"form"] * 2


def test_a_service_may_say_when_to_come_again(server: Scripted, session: requests.Session) -> None:
    server.script.append(Answer(b"", 429, headers={"Retry-After": "1"}))
    begun = time.monotonic()
    assert session.get(server.address).content == b"fine"
    assert time.monotonic() - begun >= 1


def test_a_service_that_stays_busy_is_given_up_and_its_answer_given(
    server: Scripted, session: requests.Session
) -> None:
    server.script.extend([BUSY] * 9)
    begun = time.monotonic()
    assert session.get(server.address).status_code == 503
    assert len(server.requests) == 4
    assert time.monotonic() - begun >= 1.4, "it did not wait in between"


def test_a_body_that_can_be_read_once_is_sent_whole_each_time(server: Scripted) -> None:
    server.script.append(BUSY)
    with open_session(10, replay={"POST"}) as session:
        session.post(server.address, _Once(b"a form"))  # as twine's, it can only be read
    assert [each.body for each in server.requests] == [b"a form"] * 2


class _Once:
    def __init__(self, content: bytes) -> None:
        self._left = content
        self.len = len(content)

    def read(self, _size: int = -1) -> bytes:
        content, self._left = self._left, b""
        return content


def test_credentials_are_shown_at_home_alone(server: Scripted, session: requests.Session) -> None:
    with Scripted() as elsewhere:
        session.auth = AtHome(f"{server.address}/simple/", "ada", "secret-of-ada")
        server.script.append(Answer(b"", 302, headers={"Location": f"{elsewhere.address}/login"}))
        assert session.get(f"{server.address}/simple/alpha/").content == b"fine"
        assert session.get(f"{elsewhere.address}/files/alpha").content == b"fine"
        assert ["authorization" in each.headers for each in server.requests] == [True]
        assert ["authorization" in each.headers for each in elsewhere.requests] == [False, False]


def test_no_credentials_are_none(server: Scripted, session: requests.Session) -> None:
    session.auth = AtHome(server.address, "", "")
    session.get(server.address)
    assert "authorization" not in server.requests[0].headers


def test_a_password_may_hold_any_letter(server: Scripted, session: requests.Session) -> None:
    session.auth = AtHome(server.address, "ada", "Zażółć")
    assert session.get(server.address).ok
    assert server.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (Drop(), "the connection broke off"),
        (Hang(), "there was no answer in time"),
        (Answer(b"half", length=9), "in the middle of the answer"),
        (Answer(b"no gzip", headers={"Content-Encoding": "gzip"}), "the answer is damaged"),
    ],
)
def test_what_kept_an_answer_from_coming_is_said_without_the_address(
    server: Scripted, trouble: Answer | Hang | Drop, said: str
) -> None:
    server.script.extend([trouble] * 4)
    with (
        open_session(patience(trouble)) as session,
        pytest.raises(Incomplete, match=rf"^nothing came: .*{said}") as told,
        reached("nothing came"),
    ):
        session.get(f"{server.address}/hooks/secret-in-a-path")
    assert "secret" not in f"{told.value.message} {told.value.hint}"


def test_where_nobody_listens_is_told(session: requests.Session) -> None:
    with pytest.raises(Incomplete, match="the connection was refused"), reached("nothing came"):
        session.get(closed_address())


def test_a_circle_of_redirects_ends(server: Scripted, session: requests.Session) -> None:
    server.script.extend([Answer(b"", 302, headers={"Location": "/again"})] * 9)
    with pytest.raises(Incomplete, match="from one address to the next"), reached("nothing came"):
        session.get(server.address)
    assert len(server.requests) == 6


@pytest.mark.parametrize("address", ["index.example/simple", "ftp://index.example/", "https://"])
def test_what_is_no_address_is_a_wrong_setting(session: requests.Session, address: str) -> None:
    with pytest.raises(UsageError, match="no address"), reached("nothing came"):
        session.get(address)


@pytest.mark.parametrize(("status", "said"), [(401, "not accepted"), (403, "not permitted")])
def test_credentials_that_are_refused_have_an_error_of_their_own(
    server: Scripted, session: requests.Session, status: int, said: str
) -> None:
    server.script.append(Answer(b"", status))
    with pytest.raises(Unauthorized, match=rf"^no page: .*{said} \(HTTP {status}\)$") as refused:
        require_welcome(session.get(server.address), "no page", "log in again")
    assert refused.value.hint == "log in again"
    require_welcome(session.get(server.address), "no page", "log in again")
    assert len(server.requests) == 2, "credentials do not get better by asking again"


def test_many_ask_at_once(server: Scripted, session: requests.Session, caplog: pytest.LogCaptureFixture) -> None:
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: session.get(server.address).content, range(96)))
    assert answers == [b"fine"] * 96
    assert not [each for each in caplog.records if "pool is full" in each.getMessage()]
