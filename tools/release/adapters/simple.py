"""The simple pages of an index, asked for as pip asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from release.adapters.address import without_secrets
from release.adapters.clock import seconds_ahead
from release.adapters.libraries import await_library
from release.adapters.once import made_once
from release.adapters.simple_page import read_page
from release.errors import Incomplete, UsageError
from release.redaction import hide

if TYPE_CHECKING:
    from requests import Response, Session

    from release.adapters.simple_page import IndexFile

_CREDENTIALS: Final = "are the user and the password for reading the index right? then run the same command again"
_OK: Final = 200
_MISSING: Final = 404
_NOWHERE: Final = (404, 410)
_NO_HEAD: Final = (405, 501)
"""What says that somebody is there, who is not asked in this way."""


class SimpleIndex:
    """The door to the pages of an index, read under one name and password; for several threads at once.

    `url` is what `pip --index-url` is given. The credentials are shown to its host alone, whatever its pages link to.
    `seconds` is the time for one answer.
    """

    def __init__(self, url: str, username: str, password: str, seconds: float) -> None:
        hide(password)
        self.url = f"{url.rstrip('/')}/"
        self.ahead: float | None = None
        """Seconds by which the index's clock was ahead of this machine's at its last answer, where it said."""
        self._username = username
        self._password = password
        self._seconds = seconds
        self._has_root = False

    def files(self, package: str) -> tuple[IndexFile, ...]:
        """Give what the page of a project offers; nothing, where there is no such page.

        What pip would pass over is passed over: files whose name is none of this project's, or says no version. A page
        that is not surely a whole page of such an index is refused as Incomplete: of a login page, or of half a page,
        nobody may conclude that a file is absent.
        """
        url = f"{self.url}{canonicalize_name(package)}/"
        failed = f"the index could not be asked for {package} at {without_secrets(url)}"
        response = self._get(url, failed, "application/vnd.pypi.simple.v1+json, text/html;q=0.1")
        if response.status_code == _MISSING:
            return ()
        self._require_answer(response, failed)
        return read_page(response, package, failed)

    def require_root(self) -> None:
        """Refuse an address below which no pages are: there, no page of any project would be found either."""
        if not self._has_root:
            failed = f"the index could not be asked at {without_secrets(self.url)}"
            response = self._get(self.url, failed, "*/*", "HEAD")
            if response.status_code in _NOWHERE:
                raise UsageError(
                    f"{failed}: there are no simple pages (HTTP {response.status_code})",
                    hint="set RELEASE_INDEX_URL to what `pip install --index-url` is given for this index",
                )
            if response.status_code not in _NO_HEAD:
                self._require_answer(response, failed)
            self._has_root = True

    def download(self, url: str) -> bytes:
        """Give the bytes behind an address that a page named."""
        failed = f"{without_secrets(url)} could not be downloaded"
        response = self._get(url, failed, "*/*")
        self._require_answer(response, failed)
        return response.content

    def _get(self, url: str, failed: str, accepted: str, method: str = "GET") -> Response:
        session = self._session
        from release.adapters.http_refusals import reached  # noqa: PLC0415

        with reached(failed):
            response = session.request(method, url, headers={"Accept": accepted, "Cache-Control": "no-cache"})
        self.ahead = seconds_ahead(response.headers.get("Date", ""))
        return response

    def _require_answer(self, response: Response, failed: str) -> None:
        from release.adapters.http_refusals import UNREACHED, require_welcome  # noqa: PLC0415

        require_welcome(response, failed, _CREDENTIALS)
        if response.status_code != _OK:
            raise Incomplete(f"{failed}: it answered HTTP {response.status_code}", hint=UNREACHED)

    @made_once
    def _session(self) -> Session:
        await_library("pypi_simple")
        from release.adapters.http import AtHome, open_session  # noqa: PLC0415

        session = open_session(self._seconds)
        session.auth = AtHome(self.url, self._username, self._password)
        return session
