"""GitHub's stand-in refuses what GitHub refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.servers.github import REPOSITORY, TOKEN, GitHub, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TAG = "alpha/v0.1.0"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-GitHub-Api-Version": "2022-11-28"}


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        server.repository.tag(TAG, "c" * 40)
        yield server


def ask(github: GitHub, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401  # of requests
    headers = {**HEADERS, **options.pop("headers", {})}
    place = f"{github.environment['GITHUB_API_URL']}/repos/{REPOSITORY}{path}"
    return requests.request(method, place, headers=headers, timeout=5, **options)


def draft(github: GitHub, **asked: object) -> dict[str, Any]:
    answer = ask(github, "POST", "/releases", json={"tag_name": TAG, "draft": True, **asked})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def upload(release: dict[str, Any], name: str, content: bytes, kind: str = "text/plain") -> requests.Response:
    headers = {**HEADERS, **({"Content-Type": kind} if kind else {})}
    url = release["upload_url"].partition("{")[0]
    return requests.post(url, params={"name": name}, data=content, headers=headers, timeout=5)


def publish(github: GitHub, release: dict[str, Any], **asked: object) -> requests.Response:
    return ask(github, "PATCH", f"/releases/{release['id']}", json={"draft": False, **asked})


def codes_of(answer: requests.Response) -> list[str]:
    return [each["code"] for each in answer.json().get("errors", [])]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer nobody"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"X-GitHub-Api-Version": "1999-01-01"}, 400),
        ({"User-Agent": ""}, 403),
    ],
)
def test_whoever_asks_says_who_they_are(github: GitHub, headers: dict[str, str], status: int) -> None:
    assert ask(github, "GET", "/releases", headers=headers).status_code == status
    assert ask(github, "GET", "/releases").status_code == 200


def test_what_a_token_may_not_see_is_not_there(github: GitHub) -> None:
    place = f"{github.environment['GITHUB_API_URL']}/repos/{REPOSITORY}"
    assert requests.get(place, timeout=5).status_code == 404
    github.tokens[TOKEN] = Token(pull=False)
    assert ask(github, "GET", "").status_code == 404
    assert ask(github, "GET", "/nowhere").status_code == 404


def test_drafts_are_shown_to_those_who_may_write(github: GitHub) -> None:
    made = draft(github)
    upload(made, "a", b"content")
    assert [each["draft"] for each in ask(github, "GET", "/releases").json()] == [True]
    assert ask(github, "GET", f"/releases/tags/{TAG}").status_code == 404
    github.tokens[TOKEN] = Token(push=False)
    assert ask(github, "GET", "/releases").json() == []
    assert ask(github, "GET", f"/releases/{made['id']}").status_code == 404
    asset = github.repository.releases[0].assets[0]
    assert ask(github, "GET", f"/releases/assets/{asset.id}").status_code == 404
    refused = [ask(github, "POST", "/releases", json={"tag_name": TAG}), upload(made, "b", b"content")]
    refused.append(ask(github, "DELETE", f"/releases/assets/{asset.id}"))
    assert [each.status_code for each in refused] == [403, 404, 403]


def test_the_list_comes_in_pages_newest_first(github: GitHub) -> None:
    for number in range(250):
        github.repository.add(f"alpha/v0.{number}.0")
    first = ask(github, "GET", "/releases", params={"per_page": 1000})
    assert [each["tag_name"] for each in first.json()][:2] == ["alpha/v0.249.0", "alpha/v0.248.0"]
    assert len(first.json()) == 100
    assert first.links["last"]["url"].endswith("page=3")
    last = ask(github, "GET", "/releases", params={"per_page": 100, "page": 3})
    assert (len(last.json()), last.links) == (50, {})
    assert len(ask(github, "GET", "/releases").json()) == 30


def test_drafts_of_one_tag_can_be_many_and_published_ones_can_not(github: GitHub) -> None:
    older, newer = draft(github), draft(github)
    assert publish(github, newer).status_code == 200
    refused = publish(github, older)
    assert (refused.status_code, codes_of(refused)) == (422, ["already_exists"])
    assert ask(github, "GET", f"/releases/tags/{TAG}").json()["id"] == newer["id"]
    again = ask(github, "POST", "/releases", json={"tag_name": TAG})
    assert (again.status_code, codes_of(again)) == (422, ["already_exists"])
    assert len(github.repository.releases) == 2


def test_a_release_needs_a_tag_s_name(github: GitHub) -> None:
    refused = ask(github, "POST", "/releases", json={"draft": True})
    assert (refused.status_code, codes_of(refused)) == (422, ["missing_field"])


def test_a_tag_that_is_missing_is_made_where_a_release_is_published(github: GitHub) -> None:
    made = draft(github, tag_name="alpha/v0.2.0", target_commitish="d" * 40)
    assert ask(github, "GET", "/git/ref/tags/alpha/v0.2.0").status_code == 404
    publish(github, made)
    found = ask(github, "GET", "/git/ref/tags/alpha/v0.2.0").json()
    assert found == {"ref": "refs/tags/alpha/v0.2.0", "object": {"type": "commit", "sha": "d" * 40}}


def test_an_annotated_tag_leads_to_its_commit(github: GitHub) -> None:
    github.repository.tag(TAG, "c" * 40, "a" * 40)
    assert ask(github, "GET", f"/git/ref/tags/{TAG}").json()["object"] == {"type": "tag", "sha": "a" * 40}
    assert ask(github, "GET", f"/git/tags/{'a' * 40}").json()["object"] == {"type": "commit", "sha": "c" * 40}
    assert ask(github, "GET", f"/git/tags/{'b' * 40}").status_code == 404


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (("a", b"other", "text/plain"), (422, ["already_exists"])),
        (("b", b"", "text/plain"), (422, ["custom"])),
        (("b", b"content", ""), (400, [])),
    ],
)
def test_an_upload_that_is_wrong_is_refused(
    github: GitHub, file: tuple[str, bytes, str], refusal: tuple[int, list[str]]
) -> None:
    made = draft(github)
    assert upload(made, "a", b"content").status_code == 201
    refused = upload(made, *file)
    assert (refused.status_code, codes_of(refused)) == refusal
    assert len(github.repository.releases[0].assets) == 1


def test_an_asset_has_its_digest_and_a_name_without_special_characters(github: GitHub) -> None:
    said = upload(draft(github), ".a b(1)+x.whl.", b"content").json()
    assert said["name"] == "a.b.1.+x.whl"
    assert said["digest"] == f"sha256:{hashlib.sha256(b'content').hexdigest()}"
    assert said["state"] == "uploaded"


def test_an_asset_is_had_from_a_storage_that_takes_no_token(github: GitHub) -> None:
    asset = upload(draft(github), "a", b"content").json()
    path = f"/releases/assets/{asset['id']}"
    assert ask(github, "GET", path).json()["name"] == "a"
    moved = ask(github, "GET", path, headers={"Accept": "application/octet-stream"}, allow_redirects=False)
    assert moved.status_code == 302
    assert requests.get(moved.headers["Location"], timeout=5).content == b"content"
    assert requests.get(moved.headers["Location"], headers=HEADERS, timeout=5).status_code == 400


def test_an_immutable_release_keeps_its_files_and_not_its_words(github: GitHub) -> None:
    github.repository.is_immutable = True
    made = draft(github)
    asset = upload(made, "a", b"content").json()
    assert publish(github, made).json()["immutable"] is True
    assert upload(made, "b", b"content").status_code == 422
    assert ask(github, "DELETE", f"/releases/assets/{asset['id']}").status_code == 422
    changes: tuple[dict[str, object], ...] = ({"tag_name": "alpha/v9"}, {"draft": True}, {"body": "words"})
    answers = [ask(github, "PATCH", f"/releases/{made['id']}", json=change) for change in changes]
    assert [each.status_code for each in answers] == [422, 422, 200]
    assert (github.repository.releases[0].body, len(github.repository.releases[0].assets)) == ("words", 1)


@pytest.mark.parametrize(
    ("asked", "is_latest"),
    [({}, True), ({"make_latest": "true"}, True), ({"make_latest": "false"}, False), ({"prerelease": True}, False)],
)
def test_what_is_published_is_the_latest_unless_it_is_asked_not_to_be(
    github: GitHub, asked: dict[str, object], is_latest: object
) -> None:
    made = draft(github)
    assert publish(github, made, **asked).status_code == 200
    assert (ask(github, "GET", "/releases/latest").status_code == 200) is is_latest


def test_a_prerelease_can_not_be_the_latest(github: GitHub) -> None:
    refused = publish(github, draft(github), prerelease=True, make_latest="true")
    assert (refused.status_code, codes_of(refused)) == (422, ["invalid"])
    assert github.repository.releases[0].draft


def test_the_limit_is_said_with_every_answer(github: GitHub) -> None:
    github.remaining = 17
    assert ask(github, "GET", "").headers["X-RateLimit-Remaining"] == "17"
