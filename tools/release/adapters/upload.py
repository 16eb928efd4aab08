"""The legacy upload API, through twine's library: one form with the file and its metadata, sent to an index."""

from __future__ import annotations

import logging
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from release.adapters.address import without_secrets
from release.adapters.libraries import await_library
from release.adapters.once import made_once
from release.errors import Conflict, Incomplete, UsageError
from release.redaction import hide

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Response
    from rich.console import Console
    from twine.package import PackageFile
    from twine.repository import Repository

_REPLAYED: Final = frozenset({"GET", "POST"})  # an index takes the same bytes twice, or says that it has them
_CREDENTIALS: Final = (
    "are the user and the password of the index right, and may they upload? then run the same command again"
)
_NO_FILE: Final = {":action": "file_upload", "protocol_version": "1"}
_MALFORMED: Final = (400, 415, 422)
_NOWHERE: Final = (404, 405, 410)
_EXISTS: Final = (
    (400, "already exist"),  # the Python Package Index, Google's, pypiserver
    (400, "already been used"),  # the Python Package Index, of a file that was deleted
    (400, "already been taken"),  # GitLab
    (400, "updating asset"),  # Nexus
    (403, "overwrite artifact"),  # Artifactory
    (409, ""),  # devpi, CodeArtifact and pypiserver
)
"""How indexes say that they have a file of that name: a status, and words of the answer."""


@dataclass(frozen=True)
class _Opened:
    """What is slow to make, and made once."""

    repository: Repository
    console: Console
    """Where twine prints; what one thread prints can be caught without touching what others print."""


class Uploader:
    """The door to an index that files are brought to, under one name and password; for several threads at once.

    `seconds` is the time for one answer.
    """

    def __init__(self, url: str, username: str, password: str, seconds: float) -> None:
        hide(password)
        self.url = url
        self._username = username
        self._password = password
        self._seconds = seconds

    def upload(self, path: Path) -> None:
        """Bring a wheel or an sdist; what the index then offers has to be read back.

        Conflict where the index has a file of that name, of whatever bytes; Unauthorized where it does not let these
        credentials; UsageError where no index takes files at this address.
        """
        opened = self._opened
        failed = f"{path.name} could not be brought to {without_secrets(self.url)}"
        package = _read(path)
        from release.adapters.http_refusals import reached  # noqa: PLC0415  # requests, which only whoever publishes needs

        with reached(failed), opened.console.capture():
            response = opened.repository.upload(package, max_redirects=1)  # which is how often twine itself tries
        self._judge(response, failed, path.name)

    def knock(self) -> None:
        """Send a form without a file, which an index refuses after it has looked at the credentials."""
        opened = self._opened
        failed = f"no file could be brought to {without_secrets(self.url)}"
        from release.adapters.http_refusals import reached  # noqa: PLC0415

        with reached(failed):
            response = opened.repository.session.post(self.url, data=_NO_FILE, allow_redirects=False)
        if response.status_code not in _MALFORMED:
            self._judge(response, failed)

    def replaces(self) -> bool:
        """Say whether the index tells of itself that it replaces files: devpi calls such an index volatile."""
        session = self._opened.repository.session
        from release.adapters.http_refusals import reached  # noqa: PLC0415

        with reached(f"{without_secrets(self.url)} could not be asked how it is set"):
            response = session.get(self.url, headers={"Accept": "application/json"}, allow_redirects=False)
        try:
            said = response.json()
        except ValueError:  # others show a page, or nothing
            return False
        result = said.get("result") if isinstance(said, dict) else None
        return isinstance(result, dict) and result.get("volatile") is True

    @made_once
    def _opened(self) -> _Opened:
        await_library("twine.repository")
        await_library("twine.package")
        from rich import get_console  # noqa: PLC0415
        from twine.repository import Repository  # noqa: PLC0415

        from release.adapters.http import AtHome, open_session  # noqa: PLC0415

        quiet = logging.getLogger("twine.repository")
        if not quiet.handlers:  # or its warnings, which `_judge` tells as errors, would go to standard error
            quiet.addHandler(logging.NullHandler())
        repository = Repository(self.url, None, None, disable_progress_bar=True)
        agent = repository.session.headers["User-Agent"]
        repository.close()
        repository.session = open_session(self._seconds, replay=_REPLAYED)
        repository.session.auth = AtHome(self.url, self._username, self._password)
        repository.session.headers["User-Agent"] = agent  # by which some indexes choose how they answer
        return _Opened(repository, get_console())

    def _judge(self, response: Response, failed: str, name: str = "") -> None:
        from release.adapters.http_refusals import require_welcome  # noqa: PLC0415

        status = response.status_code
        if 200 <= status < 300:  # noqa: PLR2004  # as HTTP has it
            return
        if response.is_redirect:
            right = without_secrets(urljoin(self.url, response.headers["Location"]))
            raise UsageError(
                f"{failed}: uploads are never redirected, and it sends to {right}",
                hint=f"name {right} as the address for uploads, if you know it to be right",
            )
        if name and _says_it_exists(response):
            raise Conflict(f"{failed}: there is a file of that name", hint="compare what is there with what was built")
        require_welcome(response, failed, _CREDENTIALS)
        if status in _NOWHERE:
            raise UsageError(
                f"{failed}: no index takes files there (HTTP {status})", hint="mend the address for uploads"
            )
        raise Incomplete(
            f"{failed}: it answered HTTP {status}",
            hint="run the same command again; if it says so again, `twine upload --verbose` shows its reason",
        )


def _read(path: Path) -> PackageFile:
    """Read the metadata that goes with a file."""
    from twine.exceptions import TwineException  # noqa: PLC0415
    from twine.package import PackageFile  # noqa: PLC0415

    try:
        return PackageFile.from_filename(str(path), None)
    except (TwineException, EOFError, OSError, tarfile.TarError, zipfile.BadZipFile, zlib.error) as error:
        raise Conflict(
            f"{path} is nothing that an index takes ({type(error).__name__})",
            hint="something changed it after it was built: take it away, and run the same command again",
        ) from None


def _says_it_exists(response: Response) -> bool:
    said = f"{response.reason} {response.text}".lower()
    return any(response.status_code == status and words in said for status, words in _EXISTS)
