"""How a node reads its index: what passes is waited for, what doesn't is named, and the token goes nowhere else."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.databricks.programs import codeartifact
from tests.servers.account import ACCOUNT, ENVIRONMENT, NO_FILES, REGION
from tests.servers.codeartifact import DOMAIN, CodeArtifact
from tests.servers.codeartifact.store import Asset
from tests.servers.faults import Call, Fault, Faults
from tests.servers.stand_in import Answer, StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers.stand_in import Request

FILE = "origami-1.4-py3-none-any.whl"
CONTENT = b"the bytes of a wheel" * 9999
PAGE, WHEEL = "Simple stable origami", f"Simple stable origami/1.4/{FILE}"
TOKEN = "GetAuthorizationToken"  # noqa: S105  # the name of a call
_PASSING = (Fault.LOST, Fault.REFUSED, Fault.THROTTLED, Fault.BROKEN, Fault.UNAVAILABLE)
PASSING = (
    *((call, fault) for call in (PAGE, WHEEL) for fault in (*_PASSING, Fault.EXPIRED)),
    *((call, fault) for call in (TOKEN, "GetRepositoryEndpoint stable") for fault in _PASSING),
)


class Storage(StandIn):
    """Where redirects lead: what was sent along is remembered."""

    def answer(self, request: Request) -> Answer:
        """Give a file to everyone."""
        return Answer(CONTENT) if request.query == "signature=all-may" else Answer(status=403)


class Redirecting(CodeArtifact):
    """CodeArtifact that has its files elsewhere."""

    to = ""

    def answer(self, request: Request) -> Answer:
        """Lead to a file."""
        said = super().answer(request)
        return Answer(status=302, headers={"Location": self.to}) if request.path.endswith(".whl") else said


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (ENVIRONMENT | NO_FILES).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def serve() -> Iterator[Callable[..., CodeArtifact]]:
    """Give what starts CodeArtifact with one wheel."""
    with ExitStack() as stack:

        def start(service: CodeArtifact) -> CodeArtifact:
            stack.enter_context(service)
            service.append("stable", "origami", "1.4", Asset(FILE, CONTENT))
            return service

        yield start


def open_index(service: CodeArtifact, answer: float = 2, seconds: int = 900) -> codeartifact.CodeArtifact:
    index: dict[str, Any] = {"region": REGION, "domain": DOMAIN, "account": ACCOUNT, "repository": "stable"}
    return codeartifact.CodeArtifact({**index, "endpoint": service.address, "seconds": seconds}, answer, 3)


def read(index: codeartifact.CodeArtifact) -> bytes:
    return b"".join(index.read(index.find("origami")[FILE]))


@pytest.mark.parametrize(("call", "fault"), PASSING, ids=lambda part: part.split()[0])
def test_what_passes_is_waited_for(serve: Callable[..., CodeArtifact], call: str, fault: Fault) -> None:
    faults = Faults(Call("CodeArtifact", call, 1), fault)
    assert read(open_index(serve(CodeArtifact(faults=faults)))) == CONTENT
    assert faults.is_spent


@pytest.mark.parametrize(
    ("operation", "code"), [("Simple", "unreachable"), (TOKEN, "token"), ("GetRepositoryEndpoint", "token")]
)
def test_what_does_not_pass_is_named(serve: Callable[..., CodeArtifact], operation: str, code: str) -> None:
    service = serve(CodeArtifact())
    service.throttle(operation, 99)
    with pytest.raises(codeartifact.Unread) as refused:
        read(open_index(service))
    assert refused.value.code == code
    assert not any(token in str(refused.value) for token in service.callers.tokens)


def test_credentials_that_have_ended_are_no_token(serve: Callable[..., CodeArtifact]) -> None:
    service = serve(CodeArtifact(faults=Faults(Call("CodeArtifact", TOKEN, 1), Fault.EXPIRED)))
    with pytest.raises(codeartifact.Unread, match="ExpiredToken") as refused:
        open_index(service).token()
    assert refused.value.code == "token"


def test_a_machine_without_credentials_gets_no_token(
    serve: Callable[..., CodeArtifact], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(codeartifact.Unread, match="credentials") as refused:
        open_index(serve(CodeArtifact())).token()
    assert refused.value.code == "token"


def test_a_token_is_kept_until_soon_before_it_ends(serve: Callable[..., CodeArtifact]) -> None:
    service = serve(CodeArtifact())
    index = open_index(service, seconds=0)
    service.callers.session = codeartifact.SOON + timedelta(minutes=2)
    first = index.token()
    assert index.token() == first
    service.callers.session = codeartifact.SOON - timedelta(minutes=1)
    index = open_index(service, seconds=0)
    short = index.token()
    assert index.token() != short


def test_a_download_that_breaks_off_is_not_taken_for_the_file(serve: Callable[..., CodeArtifact]) -> None:
    class Short(CodeArtifact):
        def answer(self, request: Request) -> Answer:
            said = super().answer(request)
            return Answer(said.content[:99], length=len(CONTENT)) if request.path.endswith(".whl") else said

    with pytest.raises(codeartifact.Unread, match="99 of") as refused:
        read(open_index(serve(Short())))
    assert refused.value.code == "unreachable"


def test_a_file_that_comes_too_slowly_is_given_up(serve: Callable[..., CodeArtifact]) -> None:
    index = open_index(serve(CodeArtifact()))
    with pytest.raises(codeartifact.Unread, match="too slowly"):
        list(index.read(index.find("origami")[FILE], until=1e-9))


def test_a_redirect_is_followed_without_the_token(serve: Callable[..., CodeArtifact]) -> None:
    service = Redirecting()
    with Storage() as storage:
        service.to = f"{storage.address}/assets/1?signature=all-may"
        assert read(open_index(serve(service))) == CONTENT
        assert [each.path for each in storage.requests] == ["/assets/1"]
        assert "authorization" not in storage.requests[0].headers


def test_what_a_signed_address_ends_with_is_not_said(serve: Callable[..., CodeArtifact]) -> None:
    service = Redirecting()
    with Storage() as storage:
        service.to = f"{storage.address}/assets/1?signature=none-may"
        with pytest.raises(codeartifact.Unread) as refused:
            read(open_index(serve(service)))
    assert "signature" not in str(refused.value)


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.example.com/{0}", "//elsewhere.example.com/{0}", "../../../other/{0}", "/{0}", "%2e%2e/{0}"],
)
def test_links_that_lead_out_of_the_repository_are_none(serve: Callable[..., CodeArtifact], link: str) -> None:
    class Leading(CodeArtifact):
        def answer(self, request: Request) -> Answer:
            page = f'<a href="{link.format(FILE)}">{FILE}</a>'.encode()
            return Answer(page, kind="text/html") if request.path.endswith("/origami/") else super().answer(request)

    index = open_index(serve(Leading()))
    assert index.find("origami") == {}
    with pytest.raises(codeartifact.Unread, match="is not below"):
        index.open(f"http://127.0.0.1:9/{FILE}")
