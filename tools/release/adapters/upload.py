"""The legacy upload API, through twine's library: one form with the file and its metadata, sent to an index."""

from __future__ import annotations

import logging
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from release.adapters.address import without_secrets
from release.adapters.libraries import await_library
from release.adapters.once import made_once
from release.errors import Conflict
from release.redaction import hide

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from twine.package import PackageFile
    from twine.repository import Repository

_REPLAYED: Final = frozenset({"GET", "POST"})  # an index takes the same bytes twice, or says that it has them
_NO_FILE: Final = {":action": "file_upload", "protocol_version": "1"}
_MALFORMED: Final = (400, 415, 422)


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
        from release.adapters.upload_refusals import require_taken  # noqa: PLC0415

        with reached(failed), opened.console.capture():
            response = opened.repository.upload(package, max_redirects=1)  # which is how often twine itself tries
        require_taken(response, failed, self.url, path.name)

    def knock(self) -> None:
        """Send a form without a file, which an index refuses after it has looked at the credentials."""
        opened = self._opened
        failed = f"no file could be brought to {without_secrets(self.url)}"
        from release.adapters.http_refusals import reached  # noqa: PLC0415
        from release.adapters.upload_refusals import require_taken  # noqa: PLC0415

        with reached(failed):
            response = opened.repository.session.post(self.url, data=_NO_FILE, allow_redirects=False)
        if response.status_code not in _MALFORMED:
            require_taken(response, failed, self.url)

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
        if not quiet.handlers:  # or its warnings, which are told as errors, would go to standard error
            quiet.addHandler(logging.NullHandler())
        repository = Repository(self.url, None, None, disable_progress_bar=True)
        agent = repository.session.headers["User-Agent"]
        repository.close()
        repository.session = open_session(self._seconds, replay=_REPLAYED)
        repository.session.auth = AtHome(self.url, self._username, self._password)
        repository.session.headers["User-Agent"] = agent  # by which some indexes choose how they answer
        return _Opened(repository, get_console())


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
