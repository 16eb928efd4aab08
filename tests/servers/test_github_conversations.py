"""GitHub's stand-in refuses of issues and comments what GitHub refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.servers.github import REPOSITORY, TOKEN, GitHub, Token
from tests.servers.github.conversations import ACTIONS, LONGEST, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-GitHub-Api-Version": "2022-11-28"}


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        server.tokens[TOKEN] = Writer()
        yield server


def ask(github: GitHub, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401  # of requests
    place = f"{github.environment['GITHUB_API_URL']}/repos/{REPOSITORY}/issues{path}"
    return requests.request(method, place, headers=HEADERS, timeout=5, **options)


def test_a_job_s_token_is_told_no_name_and_a_person_s_is(github: GitHub) -> None:
    place = f"{github.environment['GITHUB_API_URL']}/user"
    assert requests.get(place, headers=HEADERS, timeout=5).status_code == 403
    github.tokens[TOKEN] = Token(pull=False)
    assert requests.get(place, headers=HEADERS, timeout=5).json()["login"] == "ada"


def test_an_issue_is_opened_closed_and_opened_again(github: GitHub) -> None:
    made = ask(github, "POST", "", json={"title": "words"})
    assert (made.status_code, made.json()["user"]) == (201, {"login": ACTIONS, "type": "Bot"})
    place = f"/{made.json()['number']}"
    closed = ask(github, "PATCH", place, json={"state": "closed", "state_reason": "not_planned"}).json()
    assert (closed["state"], closed["state_reason"]) == ("closed", "not_planned")
    assert ask(github, "PATCH", place, json={"state": "open"}).json()["state_reason"] == "reopened"
    assert ask(github, "GET", place).json()["title"] == "words"


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("POST", "", {"body": "words"}),
        ("POST", "", {"title": "words", "body": "a" * (LONGEST + 1)}),
        ("PATCH", "/1", {"state": "gone"}),
        ("PATCH", "/1", {"state_reason": "gone"}),
        ("POST", "/1/comments", {"body": ""}),
        ("PATCH", "/comments/2", {"body": "a" * (LONGEST + 1)}),
    ],
)
def test_what_is_not_valid_is_refused(github: GitHub, method: str, path: str, asked: dict[str, str]) -> None:
    github.conversations.comment(github.conversations.add(title="one"), ACTIONS, "words")
    assert ask(github, method, path, json=asked).status_code == 422
    (post,) = github.conversations.posts
    assert (post.state, [each.body for each in post.comments]) == ("open", ["words"])


@pytest.mark.parametrize("path", ["/7", "/7/comments", "/comments/7", "/elsewhere"])
def test_what_is_not_there_is_not_found(github: GitHub, path: str) -> None:
    assert ask(github, "GET", path).status_code == 404
    assert ask(github, "DELETE", "").status_code == 404


def test_a_list_is_of_one_creator_and_of_what_is_open_unless_all_is_asked_for(github: GitHub) -> None:
    kept = github.conversations
    kept.add("ada", title="a")
    kept.add(ACTIONS, title="b", state="closed")
    kept.add(ACTIONS, title="c", is_change=True)

    def titles(**asked: str) -> list[str]:
        return [each["title"] for each in ask(github, "GET", "", params=asked).json()]

    assert titles() == ["c", "a"]
    assert titles(state="all", direction="asc") == ["a", "b", "c"]
    assert titles(state="all", creator=ACTIONS) == ["c", "b"]
    assert titles(state="all", creator="github-actions") == []
    assert "pull_request" in ask(github, "GET", "").json()[0]


def test_what_a_token_may_not_do_is_refused(github: GitHub) -> None:
    kept = github.conversations
    issue, change = kept.add(title="a"), kept.add(title="b", is_change=True)
    comment = kept.comment(issue, ACTIONS, "words")
    github.tokens[TOKEN] = Writer(issues=False)
    answers = [
        ask(github, "POST", "", json={"title": "c"}),
        ask(github, "PATCH", f"/{issue.number}", json={"state": "closed"}),
        ask(github, "POST", f"/{issue.number}/comments", json={"body": "more"}),
        ask(github, "DELETE", f"/comments/{comment.number}"),
        ask(github, "POST", f"/{change.number}/comments", json={"body": "more"}),
    ]
    assert [each.status_code for each in answers] == [403, 403, 403, 403, 201]
    github.tokens[TOKEN] = Writer(pull=False)
    assert ask(github, "GET", "").status_code == 404


def test_where_issues_are_switched_off_changes_are_still_spoken_of(github: GitHub) -> None:
    github.conversations.has_issues = False
    change = github.conversations.add(title="b", is_change=True)
    assert ask(github, "GET", "").status_code == 410
    assert ask(github, "POST", f"/{change.number}/comments", json={"body": "more"}).status_code == 201


def test_comments_come_in_pages(github: GitHub) -> None:
    issue = github.conversations.add(title="a")
    for number in range(150):
        github.conversations.comment(issue, ACTIONS, str(number))
    first = ask(github, "GET", f"/{issue.number}/comments", params={"per_page": 100})
    assert (len(first.json()), "next" in first.links) == (100, True)
    last = ask(github, "GET", f"/{issue.number}/comments", params={"per_page": 100, "page": 2})
    assert (len(last.json()), last.links) == (50, {})
