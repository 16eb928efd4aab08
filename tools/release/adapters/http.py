"""HTTP as services are asked: with a limit, with retries where a replay is safe, credentials for one place alone."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_environ_proxies
from urllib3 import exceptions
from urllib3.util import Retry

from release.adapters.address import origin
from release.errors import Incomplete, Unauthorized, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from requests import PreparedRequest, Response

REPLAYED: Final = frozenset({"GET", "HEAD", "PUT", "DELETE"})
"""What can be asked twice and is done once."""
AGAIN: Final = "is it reached from here? run the same command again"
_BUSY: Final = (429, 500, 502, 503, 504)
_THROTTLED: Final = 429
_REFUSED: Final = (401, 403)
_TRIES: Final = 4
_PATIENCE: Final = 5
"""Seconds that a service of knowledge may ask for before the next try."""
_LONGEST_WAIT: Final = 30
"""Seconds that a target may ask for before the next try."""
_CONNECT_SECONDS: Final = 5
_CONNECTIONS: Final = 64
"""Kept open to one host: as many as are ever asked side by side."""
_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (requests.exceptions.ChunkedEncodingError, "the connection broke off in the middle of the answer"),
    (requests.exceptions.ContentDecodingError, "the answer is damaged"),
    (exceptions.NameResolutionError, "no machine has that name"),
    (exceptions.NewConnectionError, "the connection was refused"),
    (exceptions.ProxyError, "the proxy could not be reached"),
    (exceptions.SSLError, "its certificate is not trusted"),
    (requests.exceptions.SSLError, "its certificate is not trusted"),
    (exceptions.TimeoutError, "there was no answer in time"),
    (requests.Timeout, "there was no answer in time"),
    (exceptions.ProtocolError, "the connection broke off"),
    (requests.TooManyRedirects, "it sends from one address to the next"),
)
_NO_ADDRESS: Final = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)


def open_session(seconds: float, *, replay: Collection[str] = REPLAYED) -> requests.Session:
    """Open a session in which each answer has `seconds`, for several threads at once.

    What failed on its way, or met a service that is busy, is asked again where its method is in `replay`; what was
    throttled is asked again whatever it is, because it was not done. Proxies and certificates are the environment's.
    """
    session = _Session()
    session.headers["User-Agent"] = "wheelyard"
    session.max_redirects = 5
    retries = _Backoff(
        total=_TRIES - 1,
        backoff_factor=0.4,
        status_forcelist=_BUSY,
        allowed_methods=frozenset(replay),
        retry_after_max=_LONGEST_WAIT,
        raise_on_status=False,
    )
    adapter = _Timed(seconds, retries)
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


@contextmanager
def reached(failed: str, hint: str = AGAIN) -> Iterator[None]:
    """Turn what keeps an answer from coming into an error of ours that begins with `failed`, and repeats no address."""
    try:
        yield
    except _NO_ADDRESS as error:
        raise UsageError(f"{failed}: that is no address ({type(error).__name__})", hint="mend the setting") from None
    except requests.RequestException as error:
        raise Incomplete(f"{failed}: {_reason(error)}", hint=hint) from None


def require_welcome(response: Response, failed: str, hint: str) -> None:
    """Refuse an answer that says that the credentials are not accepted, or may not do this."""
    if response.status_code in _REFUSED:
        what = "the credentials are not accepted" if response.status_code == _REFUSED[0] else "it is not permitted"
        raise Unauthorized(f"{failed}: {what} (HTTP {response.status_code})", hint=hint)


def _reason(error: requests.RequestException) -> str:
    """Say why there is no answer, by the kind of the innermost error: its text may repeat what was sent."""
    inner = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    found = (said for kind, said in _REASONS if isinstance(inner, kind) or isinstance(error, kind))
    return next(found, f"no answer that could be read ({type(error).__name__})")


class _Session(requests.Session):
    """Looks for proxies and certificates in the environment once for each place: it takes as long as sending does."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[tuple[str, str, int], dict[str, Any]] = {}

    def merge_environment_settings(self, url: str, *given: Any) -> Any:  # noqa: ANN401  # as requests has it
        """Give what the environment says for a place, where nothing else is given."""
        if any(given):
            return super().merge_environment_settings(url, *given)
        place = origin(url)
        if place not in self._found:
            self._found[place] = dict(super().merge_environment_settings(url, *given))
        return {**self._found[place], "proxies": dict(self._found[place]["proxies"])}


class _Backoff(Retry):
    """Waits before the first repetition as well, and never two clients for the same time."""

    def get_backoff_time(self) -> float:
        longest = float(self.backoff_factor) * 2 ** (len(self.history) - 1)
        return random.uniform(longest / 2, longest)  # noqa: S311  # nobody gains by guessing it

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002
        return status_code == _THROTTLED or super().is_retry(method, status_code, has_retry_after)


class _Timed(HTTPAdapter):
    """Gives every answer its time, and sends again only what can be read again."""

    def __init__(self, seconds: float, retries: Retry) -> None:
        super().__init__(max_retries=retries, pool_maxsize=_CONNECTIONS)
        self._seconds = seconds

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]  # noqa: ANN401
        limit = options.pop("timeout", None) or (min(self._seconds, _CONNECT_SECONDS), self._seconds)
        body: Any = request.body
        if hasattr(body, "read") and not hasattr(body, "tell"):  # twine's form: a second try would send its empty rest
            request.body = body.read()
        return super().send(request, timeout=limit, **options)


def retrying_session(base: str = "") -> requests.Session:
    """Give a session for questions, which change nothing and may be repeated."""
    retries = Retry(
        total=2,
        backoff_factor=0.2,
        backoff_jitter=0.2,
        status_forcelist=_BUSY,
        allowed_methods=None,
        retry_after_max=_PATIENCE,
    )
    session = requests.Session()
    adapter = _Rebased(base, retries) if base else HTTPAdapter(max_retries=retries)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def require_vulnerabilities(response: Response, *_: object, **__: object) -> None:
    """Refuse an answer of 200 that lacks the list that was asked for, which pip-audit takes for an empty one."""
    if response.ok and not response.is_redirect and not isinstance(response.json().get("vulnerabilities"), list):
        raise requests.RequestException("the answer holds no list of vulnerabilities")


def require_last_page(response: Response, *_: object, **__: object) -> None:
    """Refuse an answer that goes on elsewhere: pip-audit takes the first page for all there is."""
    document = response.json() if response.ok and not response.is_redirect else {}
    if isinstance(document, dict) and document.get("next_page_token"):
        raise requests.RequestException("the answer goes on on a page that is not read")


class _Rebased(HTTPAdapter):
    """Sends `…/<name>/<version>/json` to another base."""

    def __init__(self, base: str, retries: Retry) -> None:
        super().__init__(max_retries=retries)
        self._base = base.rstrip("/")

    def send(self, request: PreparedRequest, **options: Any) -> Response:  # type: ignore[override]  # noqa: ANN401
        tail = "/".join(urlsplit(str(request.url)).path.split("/")[-3:])
        request.url = f"{self._base}/{tail}"
        return super().send(request, **{**options, "proxies": get_environ_proxies(request.url)})
