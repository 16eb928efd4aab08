"""HTTP as services are asked: with a limit, again where a replay is safe, with credentials for one place alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from release.adapters.address import origin
from release.adapters.retries import retries

if TYPE_CHECKING:
    from collections.abc import Collection

    from requests import PreparedRequest, Response
    from urllib3.util import Retry

REPLAYED: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""What can be asked twice and is done once."""
_TRIES: Final = 4
_LONGEST_WAIT: Final = 30
"""Seconds that a target may ask for before the next try."""
_CONNECT_SECONDS: Final = 5
_CONNECTIONS: Final = 64
"""Kept open to one host: as many as are ever asked side by side."""


def open_session(seconds: float, *, replay: Collection[str] = REPLAYED) -> requests.Session:
    """Open a session in which each answer has `seconds`, for several threads at once.

    What failed on its way, or met a service that is busy, is asked again where its method is in `replay`; what was
    throttled is asked again whatever it is, because it was not done. Proxies and certificates are the environment's.
    """
    session = _Session()
    session.headers["User-Agent"] = "wheelyard"
    session.max_redirects = 5
    adapter = _Timed(seconds, retries(_TRIES, _LONGEST_WAIT, methods=frozenset(replay), raise_on_status=False))
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class AtHome(AuthBase):
    """Credentials that are shown to one place alone: its scheme, host and port."""

    def __init__(self, url: str, username: str, password: str) -> None:
        self._origin = origin(url)
        self._show = HTTPBasicAuth(username.encode(), password.encode())
        self._has_any = bool(username or password)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Put them into a request that goes there."""
        return self._show(request) if self._has_any and origin(str(request.url)) == self._origin else request


class _Session(requests.Session):
    """Looks for proxies and certificates in the environment once for each place: it takes as long as sending does."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[str, str, int], dict[str, Any]] = {}

    def merge_environment_settings(self, url: Any, *given: Any) -> Any:  # noqa: ANN401  # as requests has it
        """Give what the environment says for a place, where nothing else is given."""
        if any(given):
            return super().merge_environment_settings(url, *given)
        place = origin(url)
        if place not in self._found:
            self._found[place] = dict(super().merge_environment_settings(url, *given))
        return {**self._found[place], "proxies": dict(self._found[place]["proxies"])}


class _Timed(HTTPAdapter):
    """Gives every answer its time, and sends again only what can be read again."""

    def __init__(self, seconds: float, again: Retry) -> None:
        super().__init__(max_retries=again, pool_maxsize=_CONNECTIONS)
        self._seconds = seconds

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]  # noqa: ANN401
        limit = options.pop("timeout", None) or (min(self._seconds, _CONNECT_SECONDS), self._seconds)
        body: Any = request.body
        if hasattr(body, "read") and not hasattr(body, "tell"):  # twine's form: a second try would send its empty rest
            request.body = body.read()
        return super().send(request, timeout=limit, **options)
