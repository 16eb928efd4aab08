"""A release comes to CodeArtifact: once, whole, and into no channel that is not its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.model.ledger import Listing, State, compare
from release.model.tag import Channel
from tests.release.adapters.codeartifact.world import STAGING, World, artifacts, listings
from tests.servers.codeartifact import CHANNELS
from tests.servers.codeartifact.store import INGESTED, PackageVersion

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = [("0.1.0", CHANNELS), ("0.2.0rc1", ("preview", "dev")), ("0.3.0.dev20260102", ("dev",))]


@pytest.mark.parametrize("staging", ["staging", ""])
@pytest.mark.parametrize(("version", "shown"), SHOWN)
def test_a_release_stands_in_its_channel_and_the_wider_ones_alone(
    world: World, version: str, shown: tuple[str, ...], staging: str
) -> None:
    parcel, target = world.parcel(version=version), world.target({STAGING: staging})
    world.publish(parcel, target)
    assert {name for name in CHANNELS if world.digests(name, parcel)} == set(shown)
    assert all(world.digests(name, parcel) == artifacts(parcel) for name in shown)
    assert target.places(parcel.tag, f"{parcel.tag.stem}.tar.gz") == tuple(f"wheelyard/{name}" for name in shown)
    assert target.places(parcel.tag, "SHA256SUMS") == ()
    entries = compare(
        "codeartifact", lambda name: target.places(parcel.tag, name), parcel.digests, target.held(parcel.tag)
    )
    assert {each.state for each in entries} == {State.IDENTICAL}
    assert len(entries) == 2 * len(shown)


def test_nothing_is_offered_before_it_is_shown(world: World) -> None:
    parcel, target = world.parcel(), world.target()
    target.put(parcel)
    assert [name for name in CHANNELS if world.digests(name, parcel)] == []
    assert listings(target.held(parcel.tag)) == {"wheelyard/staging": {Listing.UNSEEN}}
    assert [target.offered("alpha", channel) for channel in Channel] == [(), (), ()]
    target.show(parcel)
    assert {each.sha256 for each in target.offered("alpha", Channel.STABLE)} == set(artifacts(parcel).values())


def test_what_is_copied_is_the_revision_that_was_reviewed(world: World) -> None:
    parcel = world.parcel()
    world.publish(parcel)
    revision = world.server.package("staging", "alpha").versions["0.1.0"].revision
    copies = [request.body for request in world.server.requests if "versions/copy" in request.path]
    assert len(copies) == 3
    assert all(revision.encode() in body for body in copies)


def test_a_release_that_is_there_is_uploaded_and_copied_once(world: World) -> None:
    parcel = world.parcel()
    world.publish(parcel)
    world.server.forget()
    world.publish(parcel)
    assert world.asked("Upload", "PutPackageOriginConfiguration") == []
    assert all(world.digests(name, parcel) == artifacts(parcel) for name in CHANNELS)


@pytest.mark.parametrize("staging", ["staging", ""])
def test_two_runs_at_once_end_as_one(world: World, staging: str) -> None:
    parcel = world.parcel()
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(world.publish, parcel, world.target({STAGING: staging})) for _ in range(2)]:
            done.result()
    assert all(world.digests(name, parcel) == artifacts(parcel) for name in CHANNELS)


def test_of_half_a_release_the_other_half_is_brought(world: World) -> None:
    parcel, target = world.parcel(), world.target()
    world.server.append("staging", "alpha", "0.1.0", world.asset(parcel, ".whl"))
    target.put(parcel)
    assert world.asked("Upload") == ["Upload staging alpha-0.1.0.tar.gz"]
    assert world.digests("staging", parcel) == artifacts(parcel)


def test_half_a_release_in_a_channel_is_made_whole(world: World) -> None:
    parcel = world.parcel()
    world.server.append("preview", "alpha", "0.1.0", world.asset(parcel, ".whl"))
    world.publish(parcel)
    assert "Upload preview alpha-0.1.0.tar.gz" in world.asked("Upload")
    assert all(world.digests(name, parcel) == artifacts(parcel) for name in CHANNELS)


@pytest.mark.parametrize("repository", ["staging", "stable", "preview", "dev"])
def test_other_bytes_are_never_replaced(world: World, repository: str) -> None:
    parcel, other = world.parcel(), world.parcel(content="other")
    world.server.append(repository, "alpha", "0.1.0", world.asset(other, ".whl"))
    before = world.digests(repository, parcel)
    refused = world.refused(lambda: world.publish(parcel))
    assert isinstance(refused, Conflict)
    assert f"wheelyard/{repository}" in refused.message
    assert "alpha-0.1.0-py3-none-any.whl (other bytes)" in refused.message
    assert world.digests(repository, parcel) == before


@pytest.mark.parametrize("repository", ["staging", "dev"])
def test_a_file_that_somebody_else_added_is_named(world: World, repository: str) -> None:
    parcel, target = world.parcel(), world.target()
    target.put(parcel)
    stranger = "alpha-0.1.0-cp311-cp311-manylinux_2_17_x86_64.whl"
    world.server.append(repository, "alpha", "0.1.0", world.asset(parcel, ".whl", stranger))
    refused = world.refused(lambda: target.show(parcel))
    assert isinstance(refused, Conflict)
    assert f"{stranger} (somebody added it to the release)" in refused.message
    assert f"wheelyard/{repository}" in refused.message
    assert stranger not in world.digests("stable", parcel)
    entries = compare(
        "codeartifact", lambda name: target.places(parcel.tag, name), parcel.digests, target.held(parcel.tag)
    )
    assert (State.CONFLICTING, stranger) in {(each.state, each.name) for each in entries}


def test_a_file_added_between_review_and_copy_is_not_copied(world: World) -> None:
    parcel = world.parcel()
    world.target().put(parcel)
    stale = world.server.package("staging", "alpha")
    world.server.append("staging", "alpha", "0.1.0", world.asset(parcel, ".whl", "alpha-0.1.0-cp311-none-any.whl"))
    late = world.server.domain.repositories["staging"]
    late.write("alpha", world.server.package("staging", "alpha"), 0)
    late.packages["alpha"], now = stale, late.packages["alpha"]
    late.write("alpha", now, 1)  # the review's read is the last that does not see the file
    refused = world.refused(lambda: world.target().show(parcel))
    assert isinstance(refused, Conflict)
    assert "cp311" in refused.message
    assert world.asked("CopyPackageVersions") != []
    assert [name for name in CHANNELS if world.digests(name, parcel)] == []


def test_a_file_added_after_it_was_brought_is_not_copied(world: World) -> None:
    parcel, target = world.parcel(), world.target()
    target.put(parcel)
    world.server.append("staging", "alpha", "0.1.0", world.asset(parcel, ".whl", "alpha-0.1.0-cp311-none-any.whl"))
    refused = world.refused(lambda: target.show(parcel))
    assert isinstance(refused, Conflict)
    assert "cp311" in refused.message
    assert len(world.asked("CopyPackageVersions")) == len(CHANNELS), "each by the revision that was reviewed"
    assert [name for name in CHANNELS if world.digests(name, parcel)] == []


def test_what_is_seen_late_is_waited_for(world: World) -> None:
    world.server.domain.lag = 3
    parcel = world.parcel()
    world.publish(parcel)
    assert all(world.digests(name, parcel) == artifacts(parcel) for name in CHANNELS)


def test_what_is_never_seen_is_incomplete(world: World) -> None:
    world.server.domain.lag = 1000
    parcel, target = world.parcel(), world.target(patience=0.1)
    refused = world.refused(lambda: target.put(parcel))
    assert isinstance(refused, Incomplete)
    assert "wheelyard/staging does not show alpha-0.1.0" in refused.message
    assert world.digests("staging", parcel) == artifacts(parcel)


def test_copies_that_are_asked_for_too_often_are_asked_for_again(world: World) -> None:
    parcel, target = world.parcel(), world.target(patience=20)
    target.put(parcel)
    world.server.throttle("CopyPackageVersions", 10)
    target.show(parcel)
    assert all(world.digests(name, parcel) == artifacts(parcel) for name in CHANNELS)


def test_a_version_that_can_not_be_copied_is_told(world: World) -> None:
    parcel, target = world.parcel(), world.target()
    target.put(parcel)
    staging = world.server.package("staging", "alpha").versions["0.1.0"]
    archived = PackageVersion("0.1.0", staging.assets, status="Archived")
    world.server.domain.repositories["staging"].packages["alpha"] = INGESTED.plus(archived)
    refused = world.refused(lambda: target.show(parcel))
    assert isinstance(refused, Incomplete)
    assert "MISMATCHED_STATUS" in refused.message
    assert world.digests("stable", parcel) == {}


def test_a_release_of_ten_asks_one_token_and_one_address(world: World) -> None:
    target, parcels = world.target(), [world.parcel(f"alpha{number}") for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(target.put, parcels))
    assert world.asked("GetAuthorizationToken", "GetRepositoryEndpoint") in (
        ["GetAuthorizationToken", "GetRepositoryEndpoint staging"],
        ["GetRepositoryEndpoint staging", "GetAuthorizationToken"],
    )


def test_the_calls_of_a_release_do_not_grow_with_its_versions(world: World) -> None:
    counts = []
    for number in range(1, 5):
        world.server.forget()
        world.publish(world.parcel(version=f"0.{number}.0"))
        counts.append(len(world.asked()))
    assert counts[1:] == [counts[1]] * 3
    assert counts[1] <= 20


def test_the_bytes_that_are_offered_can_be_fetched(world: World) -> None:
    parcel, target = world.parcel(), world.target()
    world.publish(parcel, target)
    offers = {each.name: each for each in target.offered("alpha", Channel.PREVIEW)}
    assert {name: target.fetch(each) for name, each in offers.items()} == {
        each.name: each.path.read_bytes() for each in parcel.artifacts
    }
    assert offers["alpha-0.1.0-py3-none-any.whl"].requires_python == ">=3.10"


def test_a_page_without_digests_is_no_riddle(world: World) -> None:
    world.server.pypi.has_hashes = False
    parcel, target = world.parcel(), world.target()
    world.publish(parcel, target)
    assert {each.name: each.sha256 for each in target.offered("alpha", Channel.DEV)} == artifacts(parcel)


def test_nothing_is_written_on_this_machine(world: World, tmp_path: Path) -> None:
    parcel = world.parcel()
    before = sorted(tmp_path.rglob("*"))
    world.publish(parcel)
    assert sorted(tmp_path.rglob("*")) == before
