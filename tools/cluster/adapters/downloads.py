"""Wheels by their addresses: with the credentials that uv has for the host, into files that have their digest."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from release.adapters.address import origin, without_secrets
from release.adapters.disk import sweep
from release.adapters.once import made_once
from release.errors import Conflict, Incomplete
from release.model.artifact import digest_of
from release.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from requests import Session

    from release.model.offer import Offer

INDEXES: Final = ("UV_DEFAULT_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX", "UV_INDEX_URL")
"""Variables by which uv is told where packages are."""
_NAMED = re.compile(r"(?P<name>[A-Za-z0-9_-]+)=(?P<url>.+)")
_SECONDS: Final = 60.0
"""For one answer, and between two parts of it."""
_PART: Final = 1 << 20
_OK: Final = 200
_CREDENTIALS: Final = "does the index take these credentials? then run the same command again"


class Downloads:
    """The door to files of indexes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._credentials = {origin(url): shown for url, shown in _read_credentials(environment)}
        hide(*(password for _, password in self._credentials.values()))

    def bring(self, offer: Offer, folder: Path) -> Path:
        """Bring a file that is not there yet; Conflict where its bytes are others than its digest says."""
        path = folder / offer.name
        if path.is_file() and digest_of(path) == offer.sha256:
            return path
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{offer.name}.part"
        if offer.url.startswith("file:"):
            shutil.copyfile(url2pathname(urlsplit(offer.url).path), part)
        else:
            self._download(offer.url, part)
        if (found := digest_of(part)) != offer.sha256:
            sweep(folder)
            raise Conflict(
                f"{without_secrets(offer.url)} has the SHA-256 {found}, and {offer.sha256} is locked",
                hint="the index gives other bytes than before: tell whoever keeps it",
            )
        return part.rename(path)

    def _download(self, url: str, part: Path) -> None:
        session = self._session
        from release.adapters.http_refusals import UNREACHED, reached, require_welcome  # noqa: PLC0415  # see below

        failed = f"{without_secrets(url)} could not be downloaded"
        with reached(failed), session.get(url, stream=True, auth=self._credentials.get(origin(url))) as response:
            require_welcome(response, failed, _CREDENTIALS)
            if response.status_code != _OK:
                raise Incomplete(f"{failed}: it answered HTTP {response.status_code}", hint=UNREACHED)
            with part.open("wb") as stream:
                for content in response.iter_content(_PART):
                    stream.write(content)

    @made_once
    def _session(self) -> Session:
        from release.adapters.http import open_session  # noqa: PLC0415  # requests takes 0.1 s, and only this needs it

        return open_session(_SECONDS)


def _read_credentials(environment: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Give each address that uv is given with a user and a password, and these."""
    for word in " ".join(environment.get(name, "") for name in INDEXES).split():
        named = _NAMED.fullmatch(word)
        url, name = (named["url"], named["name"].upper()) if named else (word, "")
        parts = urlsplit(url)
        user = unquote(parts.username or "") or environment.get(f"UV_INDEX_{name}_USERNAME", "")
        password = unquote(parts.password or "") or environment.get(f"UV_INDEX_{name}_PASSWORD", "")
        if user or password:
            yield url, (user, password)
