"""GitHub's REST API, one method for each endpoint. https://docs.github.com/en/rest/releases."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from release.adapters.github.answers import Asset, Immutability, Reference, Release, Repository, read_document
from release.adapters.github.connection import BYTES
from release.adapters.github.refusals import Unclear, raise_refusal
from release.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from requests import Response

    from release.adapters.github.connection import Connection

Document = TypeVar("Document")
_PER_PAGE: Final = 100
"""The most that GitHub gives on one page."""
_DONE: Final = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)


class Client:
    """The API of one repository, `owner/name`. For several threads at once."""

    def __init__(self, connection: Connection, api: str, repository: str) -> None:
        self.repository = repository
        self._connection = connection
        self._place = f"{api.rstrip('/')}/repos/{repository}"

    def describe(self) -> tuple[Repository, Mapping[str, str]]:
        """Give the repository, and the headers of the answer; UsageError where there is none to be seen."""
        failed = f"could not look at {self.repository}"
        response = self._require_seen(self._ask("GET", "", failed), failed)
        return read_document(response, Repository, failed), response.headers

    def immutability(self) -> Immutability | None:
        """Give the setting of immutable releases; None where it is off, or not to be seen."""
        return self._read("immutable-releases", Immutability, "could not look at the setting of immutable releases of")

    def list_releases(self, page: int) -> tuple[tuple[Release, ...], int]:
        """Give one page of all releases, and the number of the last; drafts are shown to tokens that may write."""
        failed = f"could not list the releases of {self.repository}"
        asked = {"per_page": _PER_PAGE, "page": page}
        response = self._require_seen(self._ask("GET", "releases", failed, params=asked), failed)
        ways = (way["url"] for name, way in response.links.items() if name in {"next", "last"})
        numbers = [int(parse_qs(urlsplit(way).query).get("page", ["0"])[0]) for way in ways]
        return read_document(response, tuple[Release, ...], failed), max(numbers, default=page)

    def release(self, number: int) -> Release | None:
        """Give a release by its id, published or not."""
        return self._read(f"releases/{number}", Release, "could not look at a release of")

    def release_by_tag(self, tag: str) -> Release | None:
        """Give the published release of a tag."""
        return self._read(f"releases/tags/{quote(tag)}", Release, f"could not look for the release of {tag} in")

    def latest_release(self) -> Release | None:
        """Give the release that visitors are shown first."""
        return self._read("releases/latest", Release, "could not look for the latest release of")

    def create_release(self, document: Mapping[str, object]) -> Release:
        """Make a release; GitHub makes as many drafts of a tag as are asked for."""
        return self._change("POST", "releases", document, f"could not make a draft for {document['tag_name']} in")

    def update_release(self, release: Release, document: Mapping[str, object]) -> Release:
        """Change what a release says of itself, or publish it."""
        failed = f"could not change the release of {release.tag_name} in"
        return self._change("PATCH", f"releases/{release.id}", document, failed)

    def delete_draft(self, draft: Release) -> None:
        """Take a draft away; one that is gone is no failure."""
        self._ask(
            "DELETE", f"releases/{draft.id}", f"could not take a draft for {draft.tag_name} away in {self.repository}"
        )

    def upload_asset(self, release: Release, path: Path) -> Asset:
        """Add a file to a release, at the address that GitHub gave for it."""
        failed = f"could not upload {path.name} to the release of {release.tag_name} in {self.repository}"
        url = release.upload_url.partition("{")[0]
        if urlsplit(url).scheme != urlsplit(self._place).scheme or not urlsplit(url).netloc:
            raise Incomplete(f"{failed}: GitHub gave no address to upload to", hint="does GITHUB_API_URL lead to it?")
        with path.open("rb") as content:
            response = self._connection.send(
                "POST", url, failed, headers={"Content-Type": BYTES}, params={"name": path.name}, data=content
            )
        return _made(response, Asset, failed)

    def delete_asset(self, release: Release, asset: Asset) -> None:
        """Take a file out of a draft; one that is gone is no failure."""
        failed = f"could not take {asset.name} out of the draft for {release.tag_name} in {self.repository}"
        self._ask("DELETE", f"releases/assets/{asset.id}", failed)

    def download_asset(self, url: str) -> bytes | None:
        """Give the bytes of a file of this repository; GitHub sends on to a storage that is not shown the token."""
        failed = f"could not fetch a file of {self.repository}"
        if not url.startswith(f"{self._place}/releases/assets/"):
            raise UsageError(f"{failed}: {url} is no file of it", hint="does GITHUB_REPOSITORY name its repository?")
        response = _found(self._connection.send("GET", url, failed, accept=BYTES), failed)
        return None if response is None else response.content

    def reference(self, tag: str) -> Reference | None:
        """Give what a tag names."""
        return self._read(f"git/ref/tags/{quote(tag)}", Reference, f"could not look for the tag {tag} in")

    def tag_object(self, sha: str) -> Reference | None:
        """Give what an annotated tag's object names."""
        return self._read(f"git/tags/{quote(sha)}", Reference, "could not look at a tag in")

    def asset_url(self, asset: Asset) -> str:
        """Give the address at which a file is had with a token."""
        return f"{self._place}/releases/assets/{asset.id}"

    def _read(self, path: str, kind: type[Document], failed: str) -> Document | None:
        failed = f"{failed} {self.repository}"
        response = self._ask("GET", path, failed)
        return None if response is None else read_document(response, kind, failed)

    def _change(self, method: str, path: str, document: Mapping[str, object], failed: str) -> Release:
        failed = f"{failed} {self.repository}"
        response = self._connection.send(method, f"{self._place}/{path}", failed, json=dict(document))
        return _made(response, Release, failed)

    def _ask(self, method: str, path: str, failed: str, **options: Any) -> Response | None:  # noqa: ANN401  # what requests takes
        """Ask for what can be asked twice; None stands for 404 alone."""
        return _found(self._connection.send(method, f"{self._place}/{path}".rstrip("/"), failed, **options), failed)

    def _require_seen(self, response: Response | None, failed: str) -> Response:
        """Refuse 404 where the repository itself must answer: GitHub says it too of what a token may not see."""
        if response is None:
            raise UsageError(
                f"{failed}: there is no such repository, or the token may not see it",
                hint="does GITHUB_REPOSITORY name it as owner/name, and may GITHUB_TOKEN read it?",
            )
        return response


def _found(response: Response, failed: str) -> Response | None:
    if response.status_code == HTTPStatus.NOT_FOUND:
        return None
    if response.status_code not in _DONE:
        raise_refusal(response, failed)
    return response


def _made(response: Response, kind: type[Document], failed: str) -> Document:
    """Read the answer to a change; one that can't be read leaves open whether it was made."""
    if response.status_code not in _DONE:
        raise_refusal(response, failed, is_change=True)
    try:
        return read_document(response, kind, failed)
    except Incomplete as error:
        raise Unclear(error.message, hint=error.hint) from None
