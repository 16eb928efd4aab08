"""Issues and comments of one repository, one method for each endpoint. https://docs.github.com/en/rest/issues."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from release.adapters.github.answers import read_document
from release.adapters.github.posts import Author, Comment, Issue
from release.adapters.github.refusals import AGAIN, Unclear, raise_refusal
from release.errors import Incomplete, Unauthorized, UsageError

if TYPE_CHECKING:
    from requests import Response

    from release.adapters.github.connection import Connection

Post = TypeVar("Post")
_ACTIONS: Final = "github-actions[bot]"
_PER_PAGE: Final = 100
_DONE: Final = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
_CLOSED: Final = "switch them on in Settings, General, Features; or let nothing call `release tell`"


class Conversation:
    """What people read in a repository, `owner/name`."""

    def __init__(self, connection: Connection, api: str, repository: str) -> None:
        self.repository = repository
        self._connection = connection
        self._api = api.rstrip("/")
        self._place = f"{self._api}/repos/{repository}"

    def author(self) -> str:
        """Give the name under which this token writes; GitHub tells a job's own token no name."""
        failed = "could not ask whose token it is"
        response = self._connection.send("GET", f"{self._api}/user", failed)
        if response.status_code == HTTPStatus.FORBIDDEN:
            return _ACTIONS
        if response.status_code != HTTPStatus.OK:
            _refuse(response, failed)
        return read_document(response, Author, failed).login

    def list_issues(self, author: str) -> tuple[Issue, ...]:
        """Give every issue that somebody opened, the oldest first; a name that is none has opened nothing."""
        asked = {"creator": author, "state": "all", "sort": "created", "direction": "asc"}
        found = self._list("issues", tuple[Issue, ...], "could not list the issues of", asked)
        return tuple(sorted((each for each in found if each.pull_request is None), key=lambda each: each.number))

    def create_issue(self, title: str, body: str) -> Issue:
        """Open an issue."""
        return self._change("POST", "issues", Issue, "could not open an issue in", title=title, body=body)

    def update_issue(self, number: int, **changed: str) -> Issue:
        """Change what an issue says, or open or close it."""
        return self._change("PATCH", f"issues/{number}", Issue, f"could not change issue {number} of", **changed)

    def list_comments(self, number: int) -> tuple[Comment, ...]:
        """Give every comment on an issue or a pull request, the oldest first."""
        failed = f"could not list the comments on {number} in"
        found = self._list(f"issues/{number}/comments", tuple[Comment, ...], failed, {})
        return tuple(sorted(found, key=lambda each: each.id))

    def create_comment(self, number: int, body: str) -> Comment:
        """Comment on an issue or a pull request."""
        failed = f"could not comment on {number} in"
        return self._change("POST", f"issues/{number}/comments", Comment, failed, body=body)

    def update_comment(self, comment: Comment, body: str) -> Comment:
        """Change what a comment says."""
        return self._change(
            "PATCH", f"issues/comments/{comment.id}", Comment, "could not change a comment in", body=body
        )

    def delete_comment(self, comment: Comment) -> None:
        """Take a comment away; one that is gone is no failure."""
        failed = f"could not take a comment away in {self.repository}"
        response = self._connection.send("DELETE", f"{self._place}/issues/comments/{comment.id}", failed)
        if response.status_code not in {*_DONE, HTTPStatus.NOT_FOUND}:
            _refuse(response, failed)

    def _list(self, path: str, kind: type[tuple[Post, ...]], failed: str, asked: dict[str, str]) -> tuple[Post, ...]:
        failed = f"{failed} {self.repository}"
        found: tuple[Post, ...] = ()
        page = 1
        while True:
            here = {**asked, "per_page": str(_PER_PAGE), "page": str(page)}
            response = self._connection.send("GET", f"{self._place}/{path}", failed, params=here)
            if response.status_code != HTTPStatus.OK:
                _refuse(response, failed)
            found += read_document(response, kind, failed)
            if "next" not in response.links:
                return found
            page += 1

    def _change(self, method: str, path: str, kind: type[Post], failed: str, **asked: Any) -> Post:  # noqa: ANN401  # as JSON
        failed = f"{failed} {self.repository}"
        response = self._connection.send(method, f"{self._place}/{path}", failed, json=asked)
        if response.status_code not in _DONE:
            _refuse(response, failed)
        try:
            return read_document(response, kind, failed)
        except Incomplete as error:
            raise Unclear(error.message, hint=error.hint) from None


def _refuse(response: Response, failed: str) -> NoReturn:
    """Say what an answer means that is not what was asked for; a limit that is reached was waited for before."""
    status = response.status_code
    if status == HTTPStatus.GONE:
        raise UsageError(f"{failed}: issues are switched off there", hint=_CLOSED)
    if status == HTTPStatus.NOT_FOUND:
        raise UsageError(
            f"{failed}: it is not there, or the token may not see it",
            hint="do GITHUB_REPOSITORY and NUMBER name it, and may GITHUB_TOKEN read it?",
        )
    if status == HTTPStatus.FORBIDDEN:
        needed = "`issues: write`, and `pull-requests: write` for a comment on a pull request"
        raise Unauthorized(f"{failed}: the token may not do that", hint=f"give the job {needed}; then {AGAIN}")
    raise_refusal(response, failed, is_change=True)
