"""What people read in a repository on GitHub, and what GitHub refuses of it. https://docs.github.com/en/rest/issues."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, unquote

from tests.servers.github.calls import API, REPOSITORY
from tests.servers.github.guards import must, refuse
from tests.servers.github.pages import page_of
from tests.servers.github.records import Token
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.stand_in import Request

LONGEST: Final = 65_536
"""Characters of a body."""
ACTIONS: Final = "github-actions[bot]"
_PLACE: Final = f"{API}/repos/{REPOSITORY}/issues"
_REFUSED: Final = "Resource not accessible by integration"
_STATES: Final = ("open", "closed")
_REASONS: Final = ("completed", "duplicate", "not_planned", "reopened", None)


@dataclass(frozen=True)
class Writer(Token):
    """A token, and what it may write; that of a job of Actions is told no name."""

    login: str = ACTIONS
    is_person: bool = False
    issues: bool = True
    pull_requests: bool = True


@dataclass
class Post:
    """An issue, a pull request, or a comment on one of them."""

    number: int
    login: str
    body: str
    title: str = ""
    state: str = "open"
    state_reason: str | None = None
    is_change: bool = False
    comments: list[Post] = field(default_factory=list)

    def as_json(self, address: str) -> dict[str, object]:
        """Write it as GitHub does."""
        kind = "Bot" if self.login.endswith("[bot]") else "User"
        return {
            "id": self.number,
            "number": self.number,
            "title": self.title,
            "body": self.body,
            "state": self.state,
            "state_reason": self.state_reason,
            "user": {"login": self.login, "type": kind},
            "html_url": f"{address}/{REPOSITORY}/issues/{self.number}",
            **({"pull_request": {"url": ""}} if self.is_change else {}),
        }


class Conversations:
    """Issues, pull requests and comments of one repository; what is there is for a test to say."""

    def __init__(self) -> None:
        self.address = ""
        self.posts: list[Post] = []
        self.has_issues = True
        self.before: list[Post] = []
        """What others post just before the next issue or comment is made."""
        self._ids = 0

    @property
    def issues(self) -> list[Post]:
        """Give the issues alone, the oldest first."""
        return [each for each in self.posts if not each.is_change]

    def add(self, login: str = "ada", body: str = "", title: str = "", **known: Any) -> Post:  # noqa: ANN401  # of a post
        """Put an issue there, or a pull request, as if somebody had made it."""
        self.posts.append(Post(self._next(), login, body, title, **known))
        return self.posts[-1]

    def comment(self, post: Post, login: str, body: str) -> Post:
        """Put a comment there."""
        post.comments.append(Post(self._next(), login, body))
        return post.comments[-1]

    def takes(self, request: Request) -> bool:
        """Whether a request is for this."""
        path = unquote(request.path)
        return path in {f"{API}/user", _PLACE} or path.startswith(f"{_PLACE}/")

    def answer(self, request: Request, token: Token) -> Answer:
        """Answer at an endpoint."""
        path = unquote(request.path)
        writer = token if isinstance(token, Writer) else Writer(login="ada", is_person=True, issues=token.push)
        if path == f"{API}/user":
            must(writer.is_person, 403, _REFUSED)
            return as_json({"login": writer.login, "type": "User"})
        must(token.pull, 404, "Not Found")
        match = re.fullmatch(
            r"(?:/(?:comments/(?P<comment>\d+)|(?P<post>\d+)(?P<list>/comments)?))?", path[len(_PLACE) :]
        )
        if match is None:
            refuse(404, "Not Found")
        if match["comment"]:
            return self._one_comment(request, int(match["comment"]), writer)
        if match["list"]:
            return self._comments(request, int(match["post"]), writer)
        must(self.has_issues, 410, "Issues has been disabled in this repository.")
        return self._change(request, int(match["post"]), writer) if match["post"] else self._all(request, writer)

    def _all(self, request: Request, writer: Writer) -> Answer:
        if request.method == "POST":
            return self._open(json.loads(request.body), writer)
        must(request.method == "GET", 404, "Not Found")
        asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
        state, creator = asked.get("state", "open"), asked.get("creator", "")
        found = [
            each for each in self.posts if state in {"all", each.state} and creator in {"", each.login}
        ]  # a name that is none is no error: nothing was opened in it
        ordered = found if asked.get("direction") == "asc" else found[::-1]
        return page_of(request, [each.as_json(self.address) for each in ordered], self.address)

    def _open(self, asked: dict[str, Any], writer: Writer) -> Answer:
        must(writer.issues, 403, _REFUSED)
        must(bool(asked.get("title")), 422, "Validation Failed", field="title", code="missing_field")
        self._check(asked)
        for each in self.before:
            self.posts.append(replace(each, number=self._next()))
        self.before = []
        made = self.add(writer.login, asked.get("body") or "", asked["title"])
        return replace(as_json(made.as_json(self.address)), status=201)

    def _change(self, request: Request, number: int, writer: Writer) -> Answer:
        post = self._find(number)
        if request.method == "GET":
            return as_json(post.as_json(self.address))
        must(request.method == "PATCH", 404, "Not Found")
        must(writer.pull_requests if post.is_change else writer.issues, 403, _REFUSED)
        asked = json.loads(request.body)
        self._check(asked)
        must(asked.get("state", "open") in _STATES, 422, "Validation Failed", field="state", code="invalid")
        must(asked.get("state_reason") in _REASONS, 422, "Validation Failed", field="state_reason", code="invalid")
        if asked.get("state") == "open" and post.state == "closed":
            asked["state_reason"] = "reopened"
        for name in ("title", "body", "state", "state_reason"):
            setattr(post, name, asked.get(name, getattr(post, name)))
        return as_json(post.as_json(self.address))

    def _comments(self, request: Request, number: int, writer: Writer) -> Answer:
        post = self._find(number)
        if request.method == "GET":
            return page_of(request, [each.as_json(self.address) for each in post.comments], self.address)
        must(request.method == "POST", 404, "Not Found")
        must(writer.issues or (post.is_change and writer.pull_requests), 403, _REFUSED)
        asked = json.loads(request.body)
        must(bool(asked.get("body")), 422, "Validation Failed", field="body", code="missing_field")
        self._check(asked)
        for each in self.before:
            self.comment(post, each.login, each.body)
        self.before = []
        made = self.comment(post, writer.login, asked["body"])
        return replace(as_json(made.as_json(self.address)), status=201)

    def _one_comment(self, request: Request, number: int, writer: Writer) -> Answer:
        for post in self.posts:
            for comment in post.comments:
                if comment.number == number:
                    must(writer.issues or (post.is_change and writer.pull_requests), 403, _REFUSED)
                    return self._change_comment(request, post, comment)
        return refuse(404, "Not Found")

    def _change_comment(self, request: Request, post: Post, comment: Post) -> Answer:
        if request.method == "DELETE":
            post.comments.remove(comment)
            return Answer(status=204)
        must(request.method == "PATCH", 404, "Not Found")
        asked = json.loads(request.body)
        self._check(asked)
        comment.body = asked["body"]
        return as_json(comment.as_json(self.address))

    def _check(self, asked: dict[str, Any]) -> None:
        is_short = len(asked.get("body") or "") <= LONGEST
        must(is_short, 422, "Validation Failed", field="body", code="custom")

    def _find(self, number: int) -> Post:
        return next((each for each in self.posts if each.number == number), None) or refuse(404, "Not Found")

    def _next(self) -> int:
        self._ids += 1
        return self._ids
