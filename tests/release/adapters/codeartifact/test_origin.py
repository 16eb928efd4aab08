"""Our names take versions from us alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.model.tag import Channel
from tests.release.adapters.codeartifact.world import World, artifacts
from tests.servers.codeartifact.store import INGESTED, PUBLISHED, Package, PackageVersion
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from tests.servers.stand_in import Drop, Hang, Request

EVERYWHERE = ("staging", "stable", "preview", "dev")


def test_a_name_is_closed_to_others_before_its_first_file_comes(world: World) -> None:
    world.target().put(world.parcel())
    calls = world.asked("PutPackageOriginConfiguration", "Upload")
    assert sorted(calls[:4]) == sorted(f"PutPackageOriginConfiguration alpha {name}" for name in EVERYWHERE)
    assert len(calls) == 6
    restrictions = {(each.publish, each.upstream) for each in map(world.server.package, EVERYWHERE, ["alpha"] * 4)}
    assert restrictions == {("ALLOW", "BLOCK")}


def test_a_candidate_leaves_the_stable_channel_alone(world: World) -> None:
    world.target().put(world.parcel(version="0.1.0rc1"))
    assert [each for each in world.asked() if each.endswith(" stable")] == []


@pytest.mark.parametrize("wrong", [INGESTED, Package(publish="ALLOW", upstream="ALLOW")])
def test_a_setting_that_is_wrong_is_put_right(world: World, wrong: Package) -> None:
    world.server.domain.repositories["dev"].packages["alpha"] = wrong
    parcel = world.parcel()
    world.publish(parcel)
    assert world.server.package("dev", "alpha").upstream == "BLOCK"
    assert world.digests("dev", parcel) == artifacts(parcel)


def test_a_setting_that_is_right_is_not_written(world: World) -> None:
    for name in EVERYWHERE:
        world.server.domain.repositories[name].packages["alpha"] = PUBLISHED
    world.publish(world.parcel())
    assert world.asked("PutPackageOriginConfiguration") == []


@pytest.mark.parametrize("repository", EVERYWHERE)
def test_a_name_that_a_repository_took_from_the_world_is_refused(world: World, repository: str) -> None:
    parcel, strange = world.parcel(), world.parcel(version="99.0.0")
    world.server.publish_elsewhere("alpha", "99.0.0", world.asset(strange, ".whl"))
    there = world.server.domain.repositories[repository]
    world.server.domain.ingest(there, "alpha", "99.0.0")
    refused = world.refused(lambda: world.target().put(parcel))
    assert isinstance(refused, Conflict)
    assert f"wheelyard/{repository} holds versions of alpha that came from a public index" in refused.message
    assert world.asked("Upload") == []
    assert isinstance(world.refused(lambda: world.target().held(strange.tag)), Conflict)


@pytest.mark.parametrize("repository", EVERYWHERE)
def test_what_came_before_the_name_was_closed_to_others_is_not_taken_for_ours(world: World, repository: str) -> None:
    strange = world.asset(world.parcel(version="99.0.0"), ".whl")
    came = PackageVersion("99.0.0", {strange.name: strange}, origin="EXTERNAL")
    world.server.domain.repositories[repository].packages["alpha"] = PUBLISHED.plus(came)
    refused = world.refused(lambda: world.target().put(world.parcel()))
    assert isinstance(refused, Conflict)
    assert f"wheelyard/{repository} holds versions of alpha that came from a public index" in refused.message
    assert world.asked("Upload") == []


def test_what_the_world_publishes_under_our_name_is_never_offered(world: World) -> None:
    strange = world.parcel(version="99.0.0")
    world.server.publish_elsewhere("alpha", "99.0.0", world.asset(strange, ".whl"))
    target = world.target()
    assert [str(each.version) for each in target.offered("alpha", Channel.STABLE)] == ["99.0.0"]
    world.publish(world.parcel(), target)
    for channel in Channel:
        assert {str(each.version) for each in target.offered("alpha", channel)} == {"0.1.0"}


def test_a_repository_that_takes_no_uploads_is_told(world: World) -> None:
    world.server.restrict(
        "sts:GetServiceBearerToken",
        "GetAuthorizationToken",
        "GetRepositoryEndpoint",
        "DescribePackage",
        "ListPackageVersions",
        "ListPackageVersionAssets",
        "PutPackageOriginConfiguration",
    )
    refused = world.refused(lambda: world.target().put(world.parcel()))
    assert isinstance(refused, Incomplete)
    assert "could not be brought to" in refused.message
    assert "codeartifact:PublishPackageVersion" in refused.hint
    assert world.digests("staging", world.parcel()) == {}


@pytest.mark.parametrize(
    "kept", ["{}", '{"originConfiguration": {"restrictions": {"publish": "ALLOW", "upstream": "ALLOW"}}}']
)
def test_nothing_comes_where_it_is_not_said_that_the_name_is_closed_to_others(world: World, kept: str) -> None:
    answer = world.server.answer

    def careless(request: Request) -> Answer | Hang | Drop:
        is_asked = world.server.call(request) == "PutPackageOriginConfiguration alpha preview"
        return Answer(kept.encode()) if is_asked else answer(request)

    world.server.answer = careless  # type: ignore[assignment,method-assign]  # a failure of the service
    refused = world.refused(lambda: world.target().put(world.parcel()))
    assert isinstance(refused, Incomplete)
    assert world.asked("Upload") == []
