"""The way to GitHub: the headers it wants, its rate limits waited for, the token shown to nobody else."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from release.adapters.github.refusals import Throttled, Unclear, raise_refusal, waiting_time
from release.adapters.libraries import await_library
from release.adapters.once import made_once
from release.errors import Incomplete

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session
    from tenacity import RetryCallState

JSON: Final = "application/vnd.github+json"
AT_ONCE: Final = 8
"""Requests side by side: GitHub asks for one after the other, and takes a few."""
BYTES: Final = "application/octet-stream"
_VERSION: Final = "2022-11-28"
_ASKS: Final = frozenset({"GET", "HEAD"})
_REPLAYED: Final = frozenset({"GET", "HEAD", "DELETE"})
_TRIES: Final = 4
_LONGEST_WAIT: Final = 90.0
"""Seconds that are waited for a rate limit: the secondary one asks for a minute, the other for up to an hour."""


class Connection:
    """Sends requests with a token; `seconds` is the time for one answer. For several threads at once."""

    def __init__(self, token: str, *, seconds: float) -> None:
        self._token = token
        self._seconds = seconds

    def send(self, method: str, url: str, failed: str, *, accept: str = JSON, **options: Any) -> Response:  # noqa: ANN401  # what requests takes
        """Send a request, and again once the rate limit lets it through: what was throttled was not done.

        An answer is given whatever it says, but for that limit; `Unclear` where a change got no answer.
        """
        await_library("tenacity")
        from tenacity import Retrying, retry_if_exception, stop_after_attempt  # noqa: PLC0415  # only for who asks

        again = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, Throttled) and error.seconds <= _LONGEST_WAIT),
            wait=_as_long_as_told,
            stop=stop_after_attempt(_TRIES),
            reraise=True,
        )
        headers = {"Accept": accept, "X-GitHub-Api-Version": _VERSION, **options.pop("headers", {})}
        return again(self._send_once, method, url, failed, headers=headers, **options)

    def _send_once(self, method: str, url: str, failed: str, **options: Any) -> Response:  # noqa: ANN401  # likewise
        from release.adapters.http_refusals import reached  # noqa: PLC0415  # requests takes 0.1 s that only this pays

        body = options.get("data")
        if body is not None:
            body.seek(0)
        try:
            with reached(failed):
                response = self._session.request(
                    method, url, auth=self._authorise, allow_redirects=method in _ASKS, **options
                )
        except Incomplete as error:
            raise (error if method in _REPLAYED else Unclear(error.message, hint=error.hint)) from None
        if waiting_time(response) is not None:
            raise_refusal(response, failed)
        return response

    @made_once
    def _session(self) -> Session:
        await_library("requests")
        from release.adapters.http import open_session  # noqa: PLC0415  # likewise

        return open_session(self._seconds, replay=_REPLAYED)

    def _authorise(self, request: PreparedRequest) -> PreparedRequest:
        """Show the token; requests takes it away again where an answer sends to another host."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _as_long_as_told(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    seconds = error.seconds if isinstance(error, Throttled) else 0.0
    return seconds + random.uniform(0, max(0.1, seconds / 10))  # noqa: S311  # so that not all come back at once
