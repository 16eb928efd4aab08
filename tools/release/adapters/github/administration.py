"""The way to a repository's settings: what is asked for and not to be seen is told apart from what is not there."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

from release.adapters.github.refusals import AGAIN, raise_refusal
from release.errors import Incomplete, Unauthorized, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response

    from release.adapters.github.connection import Connection

NEEDS: Final = (
    "the token needs `administration: write` (to look: read), and to read `actions`, `environments`, `variables` and "
    "`secrets`"
)
_PLAN: Final = (
    "make the repository public, choose a plan that has it, or take it out of .github/rulesets/, and run it again"
)
_PER_PAGE: Final = 100
_MOST_PAGES: Final = 100
_LONGEST: Final = 300
_DONE: Final = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT, HTTPStatus.SEE_OTHER)
_NOT_THERE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
"""GitHub says 409 of what another setting has no use for: of selected actions where all are allowed."""


class Administration:
    """Addresses below one repository's, read and written as JSON. For several threads at once."""

    def __init__(self, connection: Connection, api: str, repository: str) -> None:
        self.repository = repository
        self._connection = connection
        self._place = f"{api.rstrip('/')}/repos/{repository}"
        self._api = api.rstrip("/")

    def read(self, path: str) -> Any:  # noqa: ANN401  # whatever GitHub says there
        """Give the document at an address; None where there is none, or none to be seen."""
        failed = f"could not look at {path or 'the settings'} of {self.repository}"
        return self._document(self._ask(f"{self._place}/{path}".rstrip("/"), failed), failed)

    def read_owner(self, path: str) -> Any:  # noqa: ANN401  # likewise
        """Give the document at an address that is not the repository's."""
        failed = f"could not look at {path}"
        return self._document(self._ask(f"{self._api}/{path}", failed), failed)

    def is_on(self, path: str) -> bool:
        """Say whether there is anything at an address: GitHub says so of what is on."""
        failed = f"could not look at {path} of {self.repository}"
        return self._ask(f"{self._place}/{path}", failed) is not None

    def collect(self, path: str, key: str = "", **asked: str) -> list[dict[str, Any]] | None:
        """Give everything that an address lists, page by page; `key` is where the list stands in the document."""
        failed = f"could not list {path} of {self.repository}"
        found: list[dict[str, Any]] = []
        for page in range(1, _MOST_PAGES + 1):
            response = self._ask(f"{self._place}/{path}", failed, per_page=str(_PER_PAGE), page=str(page), **asked)
            document = self._document(response, failed)
            listed = document.get(key) if key and isinstance(document, dict) else document
            if listed is None:
                return None
            if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
                raise _unreadable(failed)
            found += cast("list[dict[str, Any]]", listed)
            if response is None or "next" not in response.links:
                return found
        raise Incomplete(f"{failed}: there are more than {len(found)}", hint="take away what nobody uses")

    def write(self, method: str, path: str, document: Mapping[str, object] | None = None) -> None:
        """Change what is at an address; UsageError where GitHub does not take it, and says why."""
        failed = f"could not change {path or 'the settings'} of {self.repository}"
        body: dict[str, Any] = {} if document is None else {"json": dict(document)}
        response = self._connection.send(method, f"{self._place}/{path}".rstrip("/"), failed, **body)
        if response.status_code in _NOT_THERE:
            said = "it is not there, or an organisation decides it, or the token may not change it"
            raise Unauthorized(f"{failed}: {said}", hint=f"{NEEDS}; then {AGAIN}")
        if response.status_code not in _DONE:
            _refuse(response, failed, is_change=True)

    def _ask(self, url: str, failed: str, **asked: str) -> Response | None:
        response = self._connection.send("GET", url, failed, params=asked)
        if response.status_code in _NOT_THERE:
            return None
        if response.status_code not in _DONE:
            _refuse(response, failed)
        return response

    def _document(self, response: Response | None, failed: str) -> Any:  # noqa: ANN401  # likewise
        if response is None:
            return None
        try:
            return response.json()
        except ValueError:
            raise _unreadable(failed) from None


def _unreadable(failed: str) -> Incomplete:
    hint = f"does GITHUB_API_URL lead to GitHub's API? {AGAIN}"
    return Incomplete(f"{failed}: the answer could not be read", hint=hint)


def _refuse(response: Response, failed: str, *, is_change: bool = False) -> NoReturn:
    """Say in GitHub's own words what a plan lacks or is not valid: what was sent holds no secret."""
    status, said = response.status_code, _words(response)
    if status == HTTPStatus.UNPROCESSABLE_ENTITY or (status == HTTPStatus.FORBIDDEN and "Upgrade" in said):
        raise UsageError(f"{failed}: GitHub does not take it: {said}", hint=_PLAN)
    if status == HTTPStatus.FORBIDDEN:
        raise Unauthorized(f"{failed}: the token may not do that", hint=f"{NEEDS}; then {AGAIN}")
    raise_refusal(response, failed, is_change=is_change)


def _words(response: Response) -> str:
    try:
        document = response.json()
    except ValueError:
        return "no reason"
    if not isinstance(document, dict):
        return "no reason"
    errors = document.get("errors") or []
    more = [str(each.get("message", each) if isinstance(each, dict) else each) for each in errors]
    return "; ".join([str(document.get("message", "no reason")), *more])[:_LONGEST]
