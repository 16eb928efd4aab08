"""Every version of some packages, in as few questions as the service allows."""

from __future__ import annotations

import time

from release.model.ledger import Held, Listing
from tests.release.adapters.codeartifact.world import World, artifacts
from tests.servers.codeartifact.store import PUBLISHED, Asset, PackageVersion


def fill(world: World, package: str, number: int) -> None:
    """Give a package many versions, as copies have them: of one revision in all repositories."""
    versions = []
    for each in range(number):
        names = [f"{package}-0.{each}.0-py3-none-any.whl", f"{package}-0.{each}.0.tar.gz"]
        versions.append(PackageVersion(f"0.{each}.0", {name: Asset(name, name.encode()) for name in names}))
    for repository in ("staging", "stable", "preview", "dev"):
        world.server.domain.repositories[repository].packages[package] = PUBLISHED.plus(*versions)


def without_times(held: tuple[Held, ...]) -> set[tuple[object, ...]]:
    """Give what was found, but when it came, which a list of versions does not say."""
    return {(each.tag, each.location, each.name, each.sha256, each.listing) for each in held}


def test_an_inventory_says_what_the_ledger_of_each_version_says(world: World) -> None:
    target, parcels = world.target(), [world.parcel(version=each) for each in ("0.1.0", "0.2.0rc1", "0.3.0.dev1")]
    for parcel in (*parcels, world.parcel("beta")):
        world.publish(parcel, target)
    target.relist(parcels[0].tag, [Listing.OFFERED], Listing.UNLISTED, "x")
    one_by_one = tuple(each for parcel in (*parcels, world.parcel("beta")) for each in target.held(parcel.tag))
    assert without_times(target.inventory(["alpha", "beta", "gamma"])) == without_times(one_by_one)
    assert {each.added is not None for each in one_by_one} == {True}


def test_the_files_of_a_revision_are_asked_for_once(world: World) -> None:
    fill(world, "alpha", 5)
    held = world.target().inventory(["alpha"])
    assert len(held) == 5 * 2 * 4
    assert len(world.asked("ListPackageVersions ")) == 4
    assert len(world.asked("ListPackageVersionAssets")) == 5


def test_a_version_that_differs_somewhere_is_asked_for_there(world: World) -> None:
    fill(world, "alpha", 2)
    stranger = world.asset(world.parcel(version="0.1.0"), ".whl", "alpha-0.1.0-cp311-none-any.whl")
    world.server.append("dev", "alpha", "0.1.0", stranger)
    held = world.target().inventory(["alpha"])
    assert [(each.location, each.sha256) for each in held if "cp311" in each.name] == [
        ("wheelyard/dev", artifacts(world.parcel(version="0.1.0"))["alpha-0.1.0-py3-none-any.whl"])
    ]


def test_a_list_of_many_pages_is_read_to_its_end(world: World) -> None:
    fill(world, "alpha", 7)
    world.server.control.page = 3
    assert len(world.target().inventory(["alpha"])) == 7 * 2 * 4
    assert len(world.asked("ListPackageVersions ")) == 4 * 3


def test_what_pip_takes_for_no_version_is_passed_over(world: World) -> None:
    fill(world, "alpha", 1)
    world.server.append("dev", "alpha", "not-a-version", Asset("alpha.zip", b""))
    assert {str(each.tag.version) for each in world.target().inventory(["alpha"])} == {"0.0.0"}


def test_a_thousand_versions_are_listed_in_seconds(world: World) -> None:
    for number in range(10):
        fill(world, f"alpha{number}", 100)
    started = time.monotonic()
    held = world.target(seconds=30).inventory([f"alpha{number}" for number in range(10)])
    seconds = time.monotonic() - started
    assert len(held) == 1000 * 2 * 4
    assert len(world.asked()) == 10 * 4 + 1000
    assert seconds < 30, f"{seconds:.1f} s"
