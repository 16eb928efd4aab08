"""In a job of GitHub Actions: each role is assumed with a token that the job asks for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.adapters.aws import Login
from release.errors import Incomplete, ReleaseError
from release.redaction import redact
from tests.aws.lending import LendingSts
from tests.aws.roles import Roles
from tests.servers.account import ENVIRONMENT, NO_FILES, REGION
from tests.servers.codeartifact import CodeArtifact
from tests.servers.stand_in import Answer, StandIn, as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.stand_in import Request

ROLES = Roles()
PUBLISHER, PROMOTER = ROLES.arn("publisher"), ROLES.arn("promoter")
WORD = "the-word-of-the-job"


class TokenService(StandIn):
    """What gives jobs their tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        """What it says instead, one after the other."""

    def answer(self, request: Request) -> Answer:
        """Give a token for an audience, to whoever knows the job's word."""
        if self.answers:
            return self.answers.pop(0)
        if request.headers.get("authorization") != f"bearer {WORD}":
            return Answer(b"{}", 401)
        return as_json({"value": f"token-{len(self.requests)}-for-{request.query.partition('audience=')[2]}"})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[TokenService]:
    """Give what jobs ask, and this process what a job has: no key of AWS."""
    with TokenService() as server:
        given = {name: value for name, value in ENVIRONMENT.items() if "KEY" not in name and "TOKEN" not in name}
        job = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{server.address}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": WORD,
            "AWS_ROLE_ARN": PUBLISHER,
        }
        for name, value in {**given, **NO_FILES, **job}.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        yield server


@pytest.fixture
def sts(service: TokenService, monkeypatch: pytest.MonkeyPatch) -> Iterator[LendingSts]:
    assert list(service.requests) == []
    with LendingSts(CodeArtifact(), ROLES, "publisher", "promoter") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.address)
        yield server


def who(role: str = "") -> str:
    return str(Login(REGION, 3, role).client("sts").get_caller_identity()["Arn"])


def test_each_role_is_assumed_with_a_token_of_its_own(service: TokenService, sts: LendingSts) -> None:
    assert who().endswith("assumed-role/wheelyard-Publisher/wheelyard")
    assert who(PROMOTER).endswith("assumed-role/wheelyard-Promoter/wheelyard")
    tokens = [f"token-{number + 1}-for-sts.amazonaws.com" for number in range(len(service.requests))]
    assert [token for _, _, token in sts.asked] == tokens
    assert {role for _, role, _ in sts.asked} == {PUBLISHER, PROMOTER}
    assert redact(tokens[0]) != tokens[0]


def test_keys_that_are_there_already_keep_their_say_over_the_first_role(
    service: TokenService, sts: LendingSts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert who().endswith("wheelyard-Publisher/wheelyard")
    assert list(service.requests) == []
    assert who(PROMOTER).endswith("wheelyard-Promoter/wheelyard")
    assert len(service.requests) > 0
    assert {action for action, role, _ in sts.asked if role == PUBLISHER} == {"AssumeRole"}


@pytest.mark.parametrize(
    "answer",
    [Answer(b"{}", 403), Answer(b"<html>", 200, "text/html"), Answer(b"[]"), Answer(b'{"value": ""}')],
)
def test_a_job_that_gets_no_token_says_which_permission_it_lacks(
    service: TokenService, sts: LendingSts, answer: Answer
) -> None:
    service.answers = [answer] * 9
    with pytest.raises(ReleaseError) as caught:
        who()
    assert isinstance(caught.value, Incomplete)
    assert "token for AWS" in caught.value.message
    assert WORD not in caught.value.message + caught.value.hint
    assert sts.asked == []


def test_a_wrong_word_gets_no_token(service: TokenService, sts: LendingSts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "another")
    with pytest.raises(Incomplete, match="GitHub answered 401") as caught:
        who()
    assert "id-token: write" in caught.value.hint
    assert len(service.requests) > 0
    assert sts.asked == []
