"""A version is taken off offer and put back, by compare and set, and its bytes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.model.ledger import Listing
from release.model.tag import Channel
from release.ports import Examined, Revocable, Target
from tests.release.adapters.codeartifact.world import World, artifacts, listings
from tests.servers.codeartifact import CHANNELS

if TYPE_CHECKING:
    from release.adapters.codeartifact.target import CodeArtifactTarget
    from release.model.parcel import Parcel

OFF = [Listing.UNLISTED, Listing.ARCHIVED]


def statuses(world: World, parcel: Parcel) -> set[str]:
    """Give the statuses that a version has in the channels."""
    number = str(parcel.tag.version)
    return {world.server.package(name, parcel.tag.package).versions[number].status for name in CHANNELS}


def made(world: World) -> tuple[Parcel, CodeArtifactTarget]:
    """Give a release that is offered."""
    parcel, target = world.parcel(), world.target()
    world.publish(parcel, target)
    world.server.forget()
    return parcel, target


def test_it_is_what_its_ports_say(world: World) -> None:
    target: Target = world.target()
    assert isinstance(target, Revocable)
    assert isinstance(target, Examined)
    assert target.name == "codeartifact"


@pytest.mark.parametrize("listing", OFF)
def test_a_version_is_taken_off_offer_and_put_back(world: World, listing: Listing) -> None:
    parcel, target = made(world)
    held = target.relist(parcel.tag, [Listing.OFFERED], listing, "it loses rows")
    assert {each.listing for each in held if each.location != "wheelyard/staging"} == {listing}
    assert statuses(world, parcel) == {listing.value.capitalize()}
    assert [target.offered("alpha", channel) for channel in Channel] == [(), (), ()]
    target.relist(parcel.tag, OFF, Listing.OFFERED, "")
    assert statuses(world, parcel) == {"Published"}
    assert {each.sha256 for each in target.offered("alpha", Channel.STABLE)} == set(artifacts(parcel).values())


def test_what_is_listed_so_already_is_left_alone(world: World) -> None:
    parcel, target = made(world)
    for _ in range(2):
        held = target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "it loses rows")
    assert listings(held)["wheelyard/stable"] == {Listing.UNLISTED}
    assert len(world.asked("UpdatePackageVersionsStatus")) == 3


def test_a_run_that_was_ended_half_way_is_finished_by_the_next(world: World) -> None:
    parcel, target = made(world)
    client = target.relist
    world.server.restrict("DescribePackageVersion", "UpdatePackageVersionsStatus/stable")
    assert isinstance(world.refused(lambda: client(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x")), Incomplete)
    assert statuses(world, parcel) == {"Published", "Unlisted"}
    world.server.restrict("DescribePackageVersion", "UpdatePackageVersionsStatus", "ListPackageVersionAssets")
    client(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x")
    assert statuses(world, parcel) == {"Unlisted"}


def test_a_version_that_somebody_listed_otherwise_is_left_alone_everywhere(world: World) -> None:
    parcel, target = made(world)
    target.relist(parcel.tag, [Listing.OFFERED], Listing.ARCHIVED, "x")
    world.server.forget()
    refused = world.refused(lambda: target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x"))
    assert isinstance(refused, Conflict)
    assert "alpha/v0.1.0 is Archived in wheelyard/stable" in refused.message
    assert world.asked("UpdatePackageVersionsStatus") == []
    assert statuses(world, parcel) == {"Archived"}


def test_a_change_between_look_and_set_is_a_conflict(world: World) -> None:
    parcel, target = made(world)
    world.server.append("preview", "alpha", "0.1.0", world.asset(parcel, ".whl", "alpha-0.1.0-cp311-none-any.whl"))
    repository = world.server.domain.repositories["preview"]
    late, now = world.server.package("stable", "alpha"), repository.packages["alpha"]
    repository.packages["alpha"] = late
    repository.write("alpha", now, 1)
    refused = world.refused(lambda: target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x"))
    assert isinstance(refused, Conflict)
    assert "somebody made it so meanwhile" in refused.message
    assert world.server.package("preview", "alpha").versions["0.1.0"].status == "Published"


def test_a_change_that_is_seen_late_is_waited_for(world: World) -> None:
    parcel, target = made(world)
    world.server.domain.lag = 2
    held = target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x")
    assert listings(held)["wheelyard/dev"] == {Listing.UNLISTED}
    world.server.domain.lag = 1000
    refused = world.refused(lambda: world.target(patience=0.1).relist(parcel.tag, OFF, Listing.OFFERED, ""))
    assert isinstance(refused, Incomplete)
    assert "not seen to be Published" in refused.message


def test_a_version_that_is_nowhere_is_nothing_to_list(world: World) -> None:
    assert world.target().relist(world.parcel().tag, [Listing.OFFERED], Listing.UNLISTED, "x") == ()
    assert world.asked("UpdatePackageVersionsStatus") == []


def test_a_yanked_version_stays_so_when_it_is_released_again(world: World) -> None:
    parcel, target = made(world)
    target.relist(parcel.tag, [Listing.OFFERED], Listing.UNLISTED, "x")
    world.publish(parcel, target)
    assert statuses(world, parcel) == {"Unlisted"}


def test_no_bytes_are_ever_deleted(world: World) -> None:
    parcel, target = made(world)
    for listing in (*OFF, Listing.OFFERED):
        target.relist(parcel.tag, list(Listing), listing, "x")
    world.target().inventory(["alpha"])
    assert not [each for each in world.server.requests if "delete" in each.path or "dispose" in each.path]
    assert not [each for each in world.server.requests if b"Disposed" in each.body or b"Deleted" in each.body]
