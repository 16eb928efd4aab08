"""GitHub as a release asks it: who may ask, what is wrong with an answer, and the repository behind it.

https://docs.github.com/en/rest/releases.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Final

from tests.servers.github.calls import API, REPOSITORY, call_of, route_of
from tests.servers.github.conversations import Conversations
from tests.servers.github.guards import Refused, must
from tests.servers.github.records import Token
from tests.servers.github.repository import Repository
from tests.servers.stand_in import Answer, StandIn, as_json

if TYPE_CHECKING:
    from typing import Self

    from tests.servers.faults import Faults
    from tests.servers.stand_in import Drop, Hang, Request

TOKEN: Final = "github-token-of-ada"  # noqa: S105  # of a stand-in


class GitHub(StandIn):
    """One repository, and whoever has a token for it."""

    def __init__(self, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        super().__init__(port, faults=faults, delay=delay)
        self.repository = Repository()
        self.conversations = Conversations()
        self.tokens: dict[str, Token] = {TOKEN: Token()}
        self.remaining = 5000
        """Calls that are left of the hour's."""
        self.wrong: dict[str, list[Answer | Drop | Hang]] = defaultdict(list)
        """Answers in place of the right ones, by call, first to last; what was asked is not done."""
        self._guard = RLock()
        self._calls: list[str] = []

    def __enter__(self) -> Self:
        super().__enter__()
        self.repository.address = self.conversations.address = self.address
        return self

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a release finds it."""
        return {"GITHUB_API_URL": f"{self.address}{API}", "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_TOKEN": TOKEN}

    def calls(self) -> list[str]:
        """Give what was asked for, in order."""
        with self._guard:
            return list(self._calls)

    def note(self, request: Request) -> None:
        """Remember a request by the name that it has now."""
        super().note(request)
        with self._guard:
            self._calls.append(self.call(request))

    def forget(self) -> None:
        """Begin a new log."""
        super().forget()
        with self._guard:
            self._calls.clear()

    def call(self, request: Request) -> str:
        """Name what is asked for."""
        with self._guard:
            return call_of(request, self.repository.name_of)

    def throttled(self, request: Request) -> Answer:  # noqa: ARG002  # all are told the same
        """Say what GitHub says of its secondary rate limit."""
        said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
        return replace(as_json(said), status=403, headers={"Retry-After": "0"})

    def expired(self, request: Request) -> Answer:  # noqa: ARG002  # likewise
        """Say that the token is none, or none any more."""
        return replace(as_json({"message": "Bad credentials"}), status=401)

    def answer(self, request: Request) -> Answer | Drop | Hang:
        """Answer as GitHub does, or as a test wants it."""
        with self._guard:
            wrong = self.wrong[self.call(request)] if self.wrong else []
            if wrong:
                return wrong.pop(0)
            try:
                return self._well(request)
            except Refused as refused:
                return refused.answer

    def _well(self, request: Request) -> Answer:
        route = route_of(request)
        if route.endpoint == "GetStored":
            must("authorization" not in request.headers, 400, "Only one auth mechanism allowed")
            return Answer(self.repository.asset(route.file)[1].content, kind="application/octet-stream")
        token = self._caller(request)
        if self.conversations.takes(request):
            answer = self.conversations.answer(request, token)
        else:
            must(token.pull, 404, "Not Found")
            answer = self.repository.answer(request, route, token)
        said = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": str(self.remaining), "X-RateLimit-Reset": "0"}
        said |= {"GitHub-Authentication-Token-Expiration": token.expires} if token.expires else {}
        return replace(answer, headers={**said, **answer.headers})

    def _caller(self, request: Request) -> Token:
        must(bool(request.headers.get("user-agent")), 403, "Request forbidden by administrative rules.")
        must("authorization" in request.headers, 404, "Not Found")
        scheme, _, secret = request.headers["authorization"].partition(" ")
        must(scheme == "Bearer" and secret in self.tokens, 401, "Bad credentials")
        must(request.headers.get("x-github-api-version") == "2022-11-28", 400, "API version not supported")
        return self.tokens[secret]
