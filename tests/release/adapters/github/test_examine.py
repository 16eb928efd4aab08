"""What the doctor is told of GitHub."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from release.model.diagnosis import State
from tests.release.adapters.github.desk import TAG, Desk
from tests.servers.github import TOKEN, GitHub, Token
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.model.diagnosis import Diagnosis

ADMIN = Token(admin=True)
OK, WARNING, FAILED = State.OK, State.WARNING, State.FAILED


def findings_of(
    desk: Desk, token: str = TOKEN, settings: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Diagnosis]:
    """Examine, and give the worst finding of each check."""
    before = str(vars(desk.repository))
    found = list(desk.open(token, seconds=0.5, settings=settings).examine(["alpha", "beta"]))
    assert str(vars(desk.repository)) == before
    assert all(request.method == "GET" for request in desk.github.requests)
    assert all(each.cure for each in found if each.state is not OK)
    return {each.check: each for each in sorted(found, key=lambda each: each.state is not OK)}


def test_a_repository_that_is_ready_is_well(desk: Desk) -> None:
    desk.github.tokens[TOKEN] = ADMIN
    desk.repository.is_immutable = True
    found = findings_of(desk)
    assert {each.state for each in found.values()} == {OK}
    assert list(found) == [
        "GitHub repository",
        "GitHub token",
        "GitHub immutable releases",
        "GitHub drafts",
        "GitHub rate limit",
        "GitHub clock",
    ]
    assert len(desk.github.calls()) == 3


def test_a_repository_that_is_not_there_is_the_only_finding(desk: Desk) -> None:
    found = findings_of(desk, settings={"GITHUB_REPOSITORY": "wheelyard/other"})
    assert {name: each.state for name, each in found.items()} == {"GitHub repository": FAILED}
    assert "no such repository, or the token may not see it" in found["GitHub repository"].detail
    assert found["GitHub repository"].exit_code == 2


def test_a_token_that_is_wrong_is_the_only_finding(desk: Desk) -> None:
    found = findings_of(desk, "a-token-of-nobody")
    assert {name: each.state for name, each in found.items()} == {"GitHub repository": FAILED}
    assert "does not accept the token" in found["GitHub repository"].detail
    assert found["GitHub repository"].exit_code == 15


def test_a_service_that_is_not_there_is_the_only_finding(desk: Desk) -> None:
    with GitHub() as gone:
        address = gone.environment["GITHUB_API_URL"]
    found = findings_of(desk, settings={"GITHUB_API_URL": address})
    assert [each.state for each in found.values()] == [FAILED]


def test_an_archived_repository_takes_nothing(desk: Desk) -> None:
    desk.repository.is_archived = True
    assert findings_of(desk)["GitHub repository"].cure == "unarchive it"


def test_a_token_that_may_not_write_fails(desk: Desk) -> None:
    desk.github.tokens[TOKEN] = Token(push=False)
    found = findings_of(desk)["GitHub token"]
    assert (found.state, found.exit_code) == (FAILED, 15)
    assert "contents: write" in found.cure


@pytest.mark.parametrize("token", ["ghs_of-a-job", "of-another-kind"])
def test_a_token_of_which_github_does_not_say_what_it_may_is_looked_at(desk: Desk, token: str) -> None:
    desk.github.tokens[token] = Token(push=not token.startswith("ghs_"), is_named=token.startswith("ghs_"))
    assert findings_of(desk, token)["GitHub token"].state is WARNING


@pytest.mark.parametrize(("days", "state"), [(2, WARNING), (30, OK)])
def test_a_token_that_ends_soon_is_named(desk: Desk, days: int, state: State) -> None:
    ends = datetime.now(timezone.utc) + timedelta(days=days)
    desk.github.tokens[TOKEN] = Token(expires=f"{ends:%Y-%m-%d %H:%M:%S UTC}")
    assert findings_of(desk)["GitHub token"].state is state


@pytest.mark.parametrize(
    ("setting", "token", "says"),
    [
        (None, ADMIN, "off, or not to be seen"),
        (False, ADMIN, "off, or not to be seen"),
        (True, Token(), "the token may not see this setting"),
    ],
)
def test_a_setting_that_lets_files_be_replaced_is_named(desk: Desk, setting: object, token: Token, says: str) -> None:
    desk.repository.is_immutable = None if setting is None else bool(setting)
    desk.github.tokens[TOKEN] = token
    found = findings_of(desk)["GitHub immutable releases"]
    assert found.state is WARNING
    assert says in found.detail
    assert "Enable release immutability" in found.cure


def test_what_could_not_be_asked_is_a_finding(desk: Desk) -> None:
    desk.github.wrong["GetImmutableReleases"] = [Answer(b"<html>")]
    desk.github.wrong["ListReleases page 1"] = [Answer(b"<html>")]
    found = findings_of(desk)
    assert [found[f"GitHub {name}"].state for name in ("immutable releases", "drafts")] == [FAILED, FAILED]


def test_a_release_that_was_begun_is_named_with_the_command_that_ends_it(desk: Desk) -> None:
    desk.add_draft(desk.parcel())
    desk.add_draft(desk.parcel("gamma/v1.0.0"))
    found = findings_of(desk)["GitHub drafts"]
    assert "the release of alpha/v0.1.0 was begun" in found.detail
    assert f"hatch run release run {TAG} --to github" in found.cure


def test_drafts_that_are_of_no_use_are_counted(desk: Desk) -> None:
    desk.add_published("beta/v1.0.0")
    for tag in ("beta/v1.0.0", TAG, TAG, TAG):
        desk.add_draft(desk.parcel(tag))
    found = [each.detail for each in desk.open().examine(["alpha", "beta"]) if each.check == "GitHub drafts"]
    assert found == [
        "the release of alpha/v0.1.0 was begun, and is not published",
        "2 more drafts of alpha/v0.1.0 than are of use",
        "1 more draft of beta/v1.0.0 than are of use",
    ]


def test_calls_that_will_not_do_for_a_release_are_named(desk: Desk) -> None:
    desk.github.remaining = 7
    found = findings_of(desk)["GitHub rate limit"]
    assert (found.state, found.detail) == (WARNING, "7 calls are left, and a release may take more")
    assert found.cure == "wait until 00:00 UTC"


def test_a_rate_limit_that_is_not_named_is_none(desk: Desk) -> None:
    desk.github.wrong["GetRepository"] = [Answer(b'{"permissions": {"push": true}}')]
    found = findings_of(desk)
    assert (found["GitHub rate limit"].state, found["GitHub rate limit"].detail) == (OK, "GitHub names none")
