"""What package managers use: the upload API and the simple pages of each repository, by a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from release.adapters.codeartifact.token import Token
from release.adapters.once import Once
from release.errors import Unauthorized, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release.adapters.codeartifact.service import Service
    from release.adapters.simple import SimpleIndex
    from release.adapters.simple_page import IndexFile
    from release.adapters.upload import Uploader

T = TypeVar("T")
_USER: Final = "aws"
_PERMISSIONS: Final = (
    "has the role codeartifact:ReadFromRepository and codeartifact:PublishPackageVersion there, and does the package's "
    "origin configuration allow publishing? then run the same command again"
)


class Endpoints:
    """The endpoints of all repositories; `seconds` is the time for one answer."""

    def __init__(self, service: Service, seconds: float) -> None:
        self._seconds = seconds
        self._token = Token(service.token)
        self._addresses = Once(service.endpoint)
        self._uploaders = Once(self._open_uploader)
        self._indexes = Once(self._open_index)

    def prepare(self, repository: str) -> None:
        """Find out what an upload needs, while others look at the repository."""
        self._token.value()
        self._addresses.get(repository)

    def upload(self, repository: str, path: Path) -> None:
        """Bring a file; Conflict where the repository has other bytes under its name."""
        self._with_token(lambda token: self._uploaders.get((repository, token)).upload(path))

    def files(self, repository: str, package: str) -> tuple[IndexFile, ...]:
        """Give what the page of a package shows."""
        return self._with_token(lambda token: self._indexes.get((repository, token)).files(package))

    def download(self, repositories: tuple[str, ...], url: str) -> bytes:
        """Give the bytes behind an address of one of these repositories; the token is shown to no other."""
        home = next((each for each in repositories if url.startswith(self._addresses.get(each))), None)
        if home is None:
            raise UsageError(
                f"codeartifact: {url} is no address of {' or '.join(repositories)}",
                hint="were the CODEARTIFACT_ variables changed? run the same command again",
            )
        return self._with_token(lambda token: self._indexes.get((home, token)).download(url))

    def look(self) -> str:
        """Get a token, and give it."""
        return self._token.value()

    def _with_token(self, ask: Callable[[str], T]) -> T:
        token = self._token.value()
        try:
            return ask(token)
        except Unauthorized:  # it may have been revoked, or its session ended, in the middle
            token = self._token.renewed(token)
        try:
            return ask(token)
        except Unauthorized as error:
            raise Unauthorized(f"codeartifact: {error.message}", hint=_PERMISSIONS) from None

    def _open_uploader(self, key: tuple[str, str]) -> Uploader:
        from release.adapters.upload import Uploader  # noqa: PLC0415  # only for whoever brings something

        repository, token = key
        return Uploader(self._addresses.get(repository), _USER, token, self._seconds)

    def _open_index(self, key: tuple[str, str]) -> SimpleIndex:
        from release.adapters.simple import SimpleIndex  # noqa: PLC0415  # likewise

        repository, token = key
        return SimpleIndex(f"{self._addresses.get(repository).rstrip('/')}/simple/", _USER, token, self._seconds)
