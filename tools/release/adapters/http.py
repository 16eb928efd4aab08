"""HTTP as services are asked: with a limit, with retries where a question can be repeated, at a named address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.util import Retry

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_BUSY = (429, 500, 502, 503, 504)
_PATIENCE = 5
"""Seconds that a service may ask for before the next try."""


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
