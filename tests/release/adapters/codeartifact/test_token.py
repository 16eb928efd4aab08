"""The token: got once, as short as it can be, renewed in the middle, and seen by nobody."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import boto3
import pytest

from release.adapters.codeartifact.token import Token
from release.errors import Incomplete, UsageError
from release.model.tag import Channel
from release.redaction import redact
from tests.release.adapters.codeartifact.world import World, artifacts
from tests.servers.account import REGION
from tests.servers.stand_in import Answer
from tests.servers.sts import ROLE, Sts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.stand_in import Request


class ShortSts(Sts):
    """STS whose sessions end in a moment."""

    def answer(self, request: Request) -> Answer:
        """Answer as STS does, with another end."""
        soon = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = super().answer(request)
        said = re.sub(rb"(?<=<Expiration>)[^<]+", soon.encode(), answer.content)
        return Answer(said, answer.status, answer.kind)


@pytest.fixture
def sts(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    """Give STS, and this process the role that it lends."""
    assert world.server.callers.lent.allowed is None
    with Sts() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.address)
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        yield server


def durations(world: World) -> list[str]:
    """Give for how long each token was asked for."""
    asked = [each for each in world.server.requests if each.path == "/v1/authorization-token"]
    return [parse_qs(each.query)["duration"][0] for each in asked]


def test_a_token_ends_with_the_session_that_got_it(world: World) -> None:
    world.target().put(world.parcel())
    assert durations(world) == ["0"]


def test_keys_that_do_not_end_get_the_shortest_token(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    world.target().put(world.parcel())
    assert durations(world) == ["900"]


def test_a_token_that_ends_in_the_middle_is_renewed_once(world: World) -> None:
    target = world.target()
    target.put(world.parcel())
    world.server.expire_tokens()
    parcels = [world.parcel(version=f"0.{number}.0") for number in range(2, 6)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(target.put, parcels))
    assert durations(world) == ["0", "0"]
    assert all(world.digests("staging", parcel) == artifacts(parcel) for parcel in parcels)


def test_a_page_is_read_with_a_new_token_where_the_old_one_ended(world: World) -> None:
    target = world.target()
    world.publish(world.parcel(), target)
    world.server.expire_tokens()
    assert len(target.offered("alpha", Channel.STABLE)) == 2


def test_a_new_token_that_is_refused_as_well_is_told(world: World) -> None:
    target = world.target()
    target.put(world.parcel())
    world.server.callers.session = timedelta(0)
    world.server.expire_tokens()
    refused = world.refused(lambda: target.put(world.parcel(version="0.2.0")))
    assert isinstance(refused, Incomplete)
    assert world.digests("staging", world.parcel(version="0.2.0")) == {}


def test_a_token_is_renewed_before_it_ends() -> None:
    ends = iter([timedelta(seconds=59), timedelta(hours=1), timedelta(hours=2)])
    got: list[str] = []

    def fetch() -> tuple[str, datetime]:
        got.append(f"the-token-number-{len(got)}")
        return got[-1], datetime.now(UTC) + next(ends)

    token = Token(fetch)
    assert [token.value() for _ in range(3)] == ["the-token-number-0", "the-token-number-1", "the-token-number-1"]
    assert token.renewed("the-token-number-0") == "the-token-number-1"
    assert token.renewed("the-token-number-1") == "the-token-number-2"


def test_a_token_is_taken_out_of_every_text(world: World) -> None:
    world.target().put(world.parcel())
    (token,) = world.server.callers.tokens
    assert token not in redact(f"it said {token} and aws:{token}")


def test_a_role_is_assumed_once_for_as_short_as_can_be(world: World, sts: Sts) -> None:
    world.publish(world.parcel(), world.target(seconds=30))
    asked = [parse_qs(each.body.decode()) for each in sts.requests]
    assert [each["Action"] + each["DurationSeconds"] + each["RoleArn"] for each in asked] == [
        ["AssumeRole", "900", ROLE]
    ]
    signed = {re.findall(r"Credential=(\w{4})", each.headers["authorization"])[0] for each in world.server.requests[:4]}
    assert signed == {"ASIA"}
    assert durations(world) == ["0"]


def test_a_role_that_may_not_be_assumed_is_told(world: World, sts: Sts) -> None:
    sts.roles.clear()
    refused = world.refused(lambda: world.target().held(world.parcel().tag))
    assert isinstance(refused, Incomplete)
    assert f"could not assume the role {ROLE}: AWS answered AccessDenied" in refused.message
    assert world.asked() == []


def test_a_role_needs_somebody_to_assume_it(world: World, sts: Sts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    refused = world.refused(lambda: world.target().held(world.parcel().tag))
    assert isinstance(refused, UsageError)
    assert "there are no AWS credentials" in refused.message
    assert sts.requests == ()


@pytest.mark.usefixtures("sts")
def test_a_role_that_a_job_assumes_by_itself_is_left_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token")
    assert world.target().held(world.parcel().tag) == ()
    assert "AKIA" in world.server.requests[0].headers["authorization"]


def test_a_role_is_assumed_again_before_it_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with ShortSts() as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.address)
        monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
        target = world.target(seconds=30)
        assert target.held(world.parcel().tag) == ()
        before = len(sts.requests)
        assert target.held(world.parcel().tag) == ()
        assert len(sts.requests) > before


def test_a_token_of_the_stand_in_is_as_short_as_the_service_allows(world: World) -> None:
    client = boto3.client("codeartifact", region_name=REGION)
    with pytest.raises(client.exceptions.ValidationException):
        client.get_authorization_token(domain="wheelyard", durationSeconds=899)
    assert world.asked() == ["GetAuthorizationToken"]
