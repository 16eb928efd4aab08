"""A release to CodeArtifact by the roles of the template: each does its part, and neither does the other's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from release.errors import Incomplete, Unauthorized
from release.model.ledger import Listing
from tests.aws.lending import LendingSts
from tests.aws.roles import Roles
from tests.release.adapters.codeartifact.world import World, artifacts
from tests.servers.account import NO_FILES
from tests.servers.codeartifact import CHANNELS, CodeArtifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROLES = Roles()
PUBLISHER, PROMOTER = ROLES.arn("publisher"), ROLES.arn("promoter")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    """Give CodeArtifact, and this process a person's keys, which may do nothing there by themselves."""
    with CodeArtifact() as server:
        for name, value in {**server.environment, **NO_FILES, "AWS_ROLE_ARN": PUBLISHER}.items():
            monkeypatch.setenv(name, value)
        server.callers.keys.clear()
        yield World(server, tmp_path)


@pytest.fixture
def sts(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[LendingSts]:
    with LendingSts(world.server, ROLES, "publisher", "promoter") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", server.address)
        yield server


@pytest.fixture
def both(sts: LendingSts, monkeypatch: pytest.MonkeyPatch) -> LendingSts:
    monkeypatch.setenv("AWS_PROMOTER_ROLE_ARN", PROMOTER)
    return sts


def test_two_roles_make_a_release_that_neither_could_make_alone(world: World, both: LendingSts) -> None:
    parcel = world.parcel()
    world.publish(parcel)
    for repository in ("staging", *CHANNELS):
        assert world.digests(repository, parcel) == artifacts(parcel)
    assert {(action, role) for action, role, _ in both.asked} == {("AssumeRole", PUBLISHER), ("AssumeRole", PROMOTER)}


def test_the_publisher_alone_stops_before_anything_is_uploaded(world: World, sts: LendingSts) -> None:
    parcel = world.parcel()
    error = world.refused(lambda: world.publish(parcel))
    assert isinstance(error, Incomplete)
    assert f"{PUBLISHER} is not authorized to perform: codeartifact:PutPackageOriginConfiguration" in error.message
    assert world.asked("Upload") == []
    assert {role for _, role, _ in sts.asked} == {PUBLISHER}


def test_the_promoter_alone_uploads_nothing(world: World, both: LendingSts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", PROMOTER)
    parcel = world.parcel()
    error = world.refused(lambda: world.publish(parcel))
    assert isinstance(error, (Incomplete, Unauthorized))
    assert both.asked
    assert [world.digests(each, parcel) for each in ("staging", *CHANNELS)] == [{}] * 4


def test_the_promoter_alone_shows_what_was_brought_before(
    world: World, both: LendingSts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = world.parcel()
    world.target().put(parcel)
    monkeypatch.setenv("AWS_ROLE_ARN", PROMOTER)
    world.publish(parcel)
    assert world.digests("stable", parcel) == artifacts(parcel)
    assert len(both.asked) > 2


def test_the_promoter_takes_a_version_off_offer(world: World, both: LendingSts) -> None:
    parcel = world.parcel()
    world.publish(parcel)
    held = world.target().relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "wrong")
    assert {each.listing for each in held if each.location == "wheelyard/stable"} == {Listing.UNLISTED}
    assert both.asked[-1][1] == PROMOTER


def test_the_publisher_takes_nothing_off_offer(world: World, both: LendingSts, monkeypatch: pytest.MonkeyPatch) -> None:
    parcel = world.parcel()
    world.publish(parcel)
    monkeypatch.delenv("AWS_PROMOTER_ROLE_ARN")
    refused = world.refused(lambda: world.target().relist(parcel.tag, [Listing.OFFERED], Listing.ARCHIVED, "wrong"))
    assert "UpdatePackageVersionsStatus" in refused.message
    assert both.asked[-1][1] == PUBLISHER


def test_in_a_job_both_roles_are_assumed_with_its_token(
    world: World, both: LendingSts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("a-jobs-token")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    parcel = world.parcel()
    world.publish(parcel)
    assert world.digests("stable", parcel) == artifacts(parcel)
    assert {*both.asked} == {
        ("AssumeRoleWithWebIdentity", PUBLISHER, "a-jobs-token"),
        ("AssumeRoleWithWebIdentity", PROMOTER, "a-jobs-token"),
    }


def test_a_promoter_that_may_not_be_assumed_is_named_before_anything_is_uploaded(
    world: World, both: LendingSts, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"{PROMOTER}-2"
    monkeypatch.setenv("AWS_PROMOTER_ROLE_ARN", other)
    refused = world.refused(lambda: world.publish(world.parcel()))
    assert f"could not assume the role {other}" in refused.message
    assert world.asked("Upload") == []
    assert both.asked


def test_the_token_of_the_job_writes_nothing_but_staging(world: World, both: LendingSts) -> None:
    world.publish(world.parcel())
    holders = {caller.arn for caller, _ in world.server.callers.tokens.values()}
    assert holders == {PUBLISHER}
    (publisher,) = {caller for caller, _ in world.server.callers.tokens.values()}
    assert not [each for each in CHANNELS if publisher.may("PublishPackageVersion", each)]
    assert os.environ["AWS_PROMOTER_ROLE_ARN"] == PROMOTER
    assert both.asked
