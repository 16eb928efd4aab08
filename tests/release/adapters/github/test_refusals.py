"""Answers of GitHub that are not what was asked for."""

from __future__ import annotations

import json
import time

import pytest
from packaging.version import Version

from release.adapters.github import open_target
from release.errors import Incomplete, ReleaseError, UsageError
from release.model.offer import Offer
from release.model.tag import parse_tag
from release.settings import Settings
from tests.release.adapters.github.desk import TAG, Desk
from tests.servers.faults import Call, Fault, Faults
from tests.servers.github import TOKEN, Token
from tests.servers.stand_in import Answer, Hang

ALPHA = parse_tag(TAG)
BY_TAG, CREATE = f"GetReleaseByTag {TAG}", f"CreateRelease {TAG}"
WAIT = "You have exceeded a secondary rate limit."


def limit(said: str = "", status: int = 403, **headers: str) -> Answer:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(f'{{"message": "{said}"}}'.encode(), status, headers=names)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (Answer(b"", 401), Incomplete, "GitHub does not accept the token: it is wrong or has ended"),
        (Answer(b"", 403), Incomplete, "the token may not do that"),
        (Answer(b"", 400), Incomplete, "GitHub answered 400"),
        (Answer(b"", 410), Incomplete, "GitHub answered 410"),
        (Answer(b"<html>", kind="text/html"), Incomplete, "the answer could not be read"),
        (Answer(b"[]"), Incomplete, "the answer could not be read"),
        (Answer(b'{"id": 1'), Incomplete, "the answer could not be read"),
        (Answer(b"", 422), Incomplete, r"GitHub found it not valid \(no reason\)"),
    ],
)
def test_nothing_but_404_is_taken_for_absent(desk: Desk, answer: Answer, kind: type[ReleaseError], says: str) -> None:
    desk.github.wrong[BY_TAG] = [answer] * 5
    with pytest.raises(kind, match=rf"could not look for the release of alpha/v0.1.0 in wheelyard/wheelyard: {says}"):
        desk.open().held(ALPHA)
    assert desk.github.calls().count("ListReleases page 1") == 0


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_stays_broken_is_told(desk: Desk, status: int) -> None:
    desk.github.wrong[BY_TAG] = [Answer(b"", status)] * 9
    with pytest.raises(Incomplete, match=rf"GitHub answered {status}"):
        desk.open().held(ALPHA)


def test_a_server_that_does_not_answer_is_told(desk: Desk) -> None:
    desk.github.wrong[BY_TAG] = [Hang()] * 9
    with pytest.raises(Incomplete, match=r"there was no answer in time"):
        desk.open(seconds=0.1).held(ALPHA)


def test_a_repository_that_the_token_may_not_see_is_not_an_empty_one(desk: Desk) -> None:
    desk.add_published()
    desk.github.tokens[TOKEN] = Token(pull=False)
    with pytest.raises(UsageError, match=r"there is no such repository, or the token may not see it") as refused:
        desk.open().held(ALPHA)
    assert "GITHUB_REPOSITORY" in refused.value.hint


def test_a_token_that_may_only_read_makes_nothing(desk: Desk) -> None:
    desk.github.tokens[TOKEN] = Token(push=False)
    with pytest.raises(
        Incomplete, match=r"could not make a draft for alpha/v0.1.0 .*: the token may not do that"
    ) as told:
        desk.open().put(desk.parcel())
    assert "contents: write" in told.value.hint
    assert desk.releases == []


def test_an_upload_to_a_draft_that_is_gone_is_told(desk: Desk) -> None:
    parcel = desk.parcel()
    desk.github.wrong[f"UploadAsset {TAG}/SHA256SUMS"] = [Answer(b"", 404)]
    with pytest.raises(Incomplete, match=r"could not upload SHA256SUMS .*: it is not there, or the token may not see"):
        desk.open().put(parcel)


def test_a_repository_that_moved_is_not_followed_with_a_change(desk: Desk) -> None:
    desk.github.wrong[CREATE] = [Answer(b"", 307, headers={"Location": "/elsewhere"})]
    with pytest.raises(Incomplete, match=r"the repository has moved"):
        desk.open().put(desk.parcel())
    assert not [each for each in desk.github.requests if each.path == "/elsewhere"]


@pytest.mark.parametrize(
    "answer",
    [
        limit(Retry_After="0"),
        limit(status=429, Retry_After="0"),
        limit(X_RateLimit_Remaining="0", X_RateLimit_Reset="0"),
    ],
)
@pytest.mark.parametrize("call", [BY_TAG, CREATE, f"UploadAsset {TAG}/SHA256SUMS"])
def test_what_was_throttled_is_asked_again(desk: Desk, call: str, answer: Answer) -> None:
    desk.github.wrong[call] = [answer, answer]
    target, parcel = desk.open(), desk.parcel()
    assert target.held(ALPHA) == ()
    target.put(parcel)
    assert desk.github.calls().count(call) == 3
    assert [len(each.assets) for each in desk.releases] == [6]


def test_what_is_asked_to_wait_waits(desk: Desk) -> None:
    desk.github.wrong[BY_TAG] = [limit(WAIT, Retry_After="1")]
    begun = time.monotonic()
    assert desk.open().held(ALPHA) == ()
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(
    "answer",
    [
        limit(Retry_After="3600"),
        limit(X_RateLimit_Remaining="0", X_RateLimit_Reset="99999999999"),
    ],
)
def test_a_limit_that_lasts_is_told(desk: Desk, answer: Answer) -> None:
    desk.github.wrong[BY_TAG] = [answer]
    with pytest.raises(Incomplete, match=r"GitHub's rate limit is reached, for another \d+ s") as refused:
        desk.open().held(ALPHA)
    assert "wait until then" in refused.value.hint
    assert desk.github.calls() == [BY_TAG]


def test_a_limit_that_does_not_end_is_told(desk: Desk) -> None:
    desk.github.wrong[BY_TAG] = [limit(Retry_After="0")] * 9
    with pytest.raises(Incomplete, match=r"GitHub's rate limit is reached"):
        desk.open().held(ALPHA)


@pytest.mark.parametrize("address", ["", "ftp://example.org/assets{?name}"])
def test_an_address_that_is_none_gets_no_upload(desk: Desk, address: str) -> None:
    draft = desk.add_draft(desk.parcel(), "SHA256SUMS")
    document = [{**draft.as_json("", ""), "upload_url": address}]
    desk.github.wrong["ListReleases page 1"] = [Answer(json.dumps(document).encode())]
    with pytest.raises(Incomplete, match=r"GitHub gave no address to upload to"):
        desk.open().put(desk.parcel())
    assert len(draft.assets) == 1


@pytest.mark.parametrize("name", ["wheelyard", "wheelyard/", "/wheelyard", "a/b/c", "a/b?c", "https://example.org/a/b"])
def test_a_repository_is_named_by_its_owner_and_its_name(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError, match=r"GITHUB_REPOSITORY names no repository"):
        desk.open(settings={"GITHUB_REPOSITORY": name})


def test_github_s_own_api_is_asked_where_no_other_is_named() -> None:
    settings = Settings({"GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": "github-token"})
    with pytest.raises(UsageError, match=r"is no file of it"):
        open_target(settings, 1).fetch(Offer(Version("1"), "x", "https://example.org/x", ""))


@pytest.mark.parametrize("call", [BY_TAG, CREATE, f"UploadAsset {TAG}/SHA256SUMS"])
def test_a_token_is_in_no_message(desk: Desk, call: str) -> None:
    desk.github.wrong[call] = [Answer(f"{{'token': '{TOKEN}'}}".encode(), 403)] * 5
    with pytest.raises(Incomplete, match=r"the token may not do that") as refused:
        hold_and_put(desk)
    assert TOKEN not in f"{refused.value}{refused.value.hint}"
    assert all(f"Bearer {TOKEN}" == each.headers["authorization"] for each in desk.github.requests)


def hold_and_put(desk: Desk) -> None:
    target = desk.open()
    target.held(ALPHA)
    target.put(desk.parcel())


def test_an_expired_token_is_told_each_time(desk: Desk) -> None:
    desk.github.faults = Faults(Call("GitHub", BY_TAG, 1), Fault.EXPIRED)
    with pytest.raises(Incomplete, match=r"does not accept the token"):
        desk.open().held(ALPHA)
