"""The simple repository API (PEP 503, 592, 691, 700), read as pip reads it, and not at all where it is in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from release.adapters.address import without_secrets
from release.adapters.clock import seconds_ahead
from release.adapters.libraries import await_library
from release.errors import Incomplete, UsageError
from release.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pypi_simple import DistributionPackage, ProjectPage
    from requests import Response, Session

_CREDENTIALS: Final = "are the user and the password for reading the index right? then run the same command again"
_STRANGE: Final = (
    "does the address name the index's simple pages? open it in a browser; then run the same command again"
)
_OK: Final = 200
_MISSING: Final = 404
_NOWHERE: Final = (404, 410)
_NO_HEAD: Final = (405, 501)
"""What says that somebody is there, who is not asked in this way."""


@dataclass(frozen=True)
class IndexFile:
    """A file that a project's page offers."""

    name: str
    version: Version
    url: str
    sha256: str
    """Empty where the page has none."""
    requires_python: str
    yanked: bool
    added: datetime | None
    """When it was uploaded, where the page says."""


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
        self._opening = Lock()
        self._opened: Session | None = None

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
        page = _parse(response, package, failed)
        files = tuple(_distributions(page, package))
        if not files and not _is_empty_page(response, page):
            raise Incomplete(f"{failed}: what it shows is no page of {package}", hint=_STRANGE)
        return _once(files, failed)

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
        session = self._open()
        from release.adapters.http_refusals import reached  # noqa: PLC0415

        with reached(failed):
            response = session.request(method, url, headers={"Accept": accepted, "Cache-Control": "no-cache"})
        self.ahead = seconds_ahead(response.headers.get("Date", ""))
        return response

    def _require_answer(self, response: Response, failed: str) -> None:
        from release.adapters.http_refusals import AGAIN, require_welcome  # noqa: PLC0415

        require_welcome(response, failed, _CREDENTIALS)
        if response.status_code != _OK:
            raise Incomplete(f"{failed}: it answered HTTP {response.status_code}", hint=AGAIN)

    def _open(self) -> Session:
        with self._opening:
            if self._opened is None:
                await_library("pypi_simple")
                from release.adapters.http import AtHome, open_session  # noqa: PLC0415

                self._opened = open_session(self._seconds)
                self._opened.auth = AtHome(self.url, self._username, self._password)
            return self._opened


def _parse(response: Response, package: str, failed: str) -> ProjectPage:
    from pypi_simple import ProjectPage, UnsupportedRepoVersionError  # noqa: PLC0415

    is_html = "json" not in response.headers.get("Content-Type", "")
    if is_html and b"</html>" not in response.content[-200:].lower():
        raise Incomplete(f"{failed}: its answer ends before the page does", hint=_STRANGE)
    try:
        page = ProjectPage.from_response(response, package)
    except (ValueError, UnsupportedRepoVersionError) as error:  # JSON that is none, or of another shape
        raise Incomplete(f"{failed}: its answer can't be read ({type(error).__name__})", hint=_STRANGE) from None
    if canonicalize_name(page.project) != canonicalize_name(package):
        raise Incomplete(f"{failed}: it answers with the page of another project", hint=_STRANGE)
    return page


def _distributions(page: ProjectPage, package: str) -> Iterator[IndexFile]:
    for each in page.packages:
        version = _version(each)
        if version is not None and canonicalize_name(each.project or "") == canonicalize_name(package):
            sha256, python = each.digests.get("sha256", "").lower(), each.requires_python or ""
            yield IndexFile(each.filename, version, each.url, sha256, python, each.is_yanked, each.upload_time)


def _version(file: DistributionPackage) -> Version | None:
    try:
        return Version(file.version or "")
    except InvalidVersion:
        return None


def _is_empty_page(response: Response, page: ProjectPage) -> bool:
    """Whether a page without files says by its form that it is the page of a project: that of an HTML page may not."""
    is_marked = page.repository_version is not None or b"links for" in response.content.lower()
    return is_marked and not page.packages


def _once(files: tuple[IndexFile, ...], failed: str) -> tuple[IndexFile, ...]:
    """Give each file once; refuse a page that says two things of one."""
    found: dict[str, IndexFile] = {}
    for each in files:
        if found.setdefault(each.name, each).sha256 != each.sha256:
            raise Incomplete(f"{failed}: it offers {each.name} twice, with different bytes", hint=_STRANGE)
    return tuple(found.values())
