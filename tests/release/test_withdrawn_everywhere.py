"""A version that is off offer at every target, and back: no run puts it back by itself, none takes it away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.servers.world import TARGETS, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.release.command import Ended
    from tests.release.scene import Scene

TAG = "alpha/v0.1.0"
TO = [word for target in TARGETS for word in ("--to", target)]
CAN_BE_TOLD = {target: "done" for target in TARGETS if target != "index"}


def fates(ended: Ended) -> dict[str, str]:
    """Give what became of the version at each target."""
    return {each["target"]: each["fate"] for each in ended.document["targets"]}


def stands(scene: Scene) -> dict[str, set[tuple[str, str]]]:
    """Give the states and details that the plan says of each target's files."""
    found: dict[str, set[tuple[str, str]]] = {}
    for each in scene.call("plan", TAG, *TO, "--json").expect(0).document["ledger"]:
        found.setdefault(each["target"], set()).add((each["state"], each["detail"]))
    return found


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    """Give every service, with a package in the repository that is tagged here and at GitHub."""
    scene.add("alpha").tagged(TAG)
    with World() as world:
        world.github.repository.tag(TAG, scene.repository.git("rev-parse", "HEAD"))
        scene.release.more.update(world.environment)
        yield world


@pytest.mark.parametrize(("archive", "listing"), [((), "unlisted"), (("--archive",), "archived")])
def test_a_version_stays_withdrawn_everywhere_until_it_is_restored(
    scene: Scene, world: World, archive: tuple[str, ...], listing: str
) -> None:
    scene.call("run", *TO).expect(0)
    before, stored = stands(scene), set(world.s3.stored())
    yanked = scene.call("yank", TAG, "--reason", "loses rows", *archive, "--json").expect(0)
    assert fates(yanked) == CAN_BE_TOLD | {"index": "by hand"}, "it is where the receipt says"
    for words in (("run", *TO, "--json"), ("run", "--to", "s3", "--json")):
        outcomes = scene.call(*words).expect(0).document["outcomes"]
        assert [each["ending"] for each in outcomes] == ["identical"]
    withdrawn = stands(scene)
    assert {target for target, said in withdrawn.items() if said != before[target]} == CAN_BE_TOLD.keys()
    assert all(("identical", listing) in withdrawn[target] for target in CAN_BE_TOLD)
    assert set(fates(scene.call("yank", TAG, "--reason", "x", *archive, "--json")).values()) == {"identical", "by hand"}
    assert fates(scene.call("restore", TAG, "--json").expect(0)) == CAN_BE_TOLD | {"index": "identical"}
    assert stands(scene) == before
    assert stored <= set(world.s3.stored()), "bytes are gone"


def test_snapshots_come_and_go_at_every_target_that_takes_them(scene: Scene, world: World) -> None:
    assert "github takes no development versions" in scene.call("snapshot", *TO).expect(0).err
    pruned = scene.call("snapshot", "--prune", "--older-than", "0", *TO, "--json").expect(0)
    assert fates(pruned) == {target: "done" for target in CAN_BE_TOLD if target != "github"} | {"index": "by hand"}
    assert world.github.repository.releases == []
    scene.call("run", TAG, *TO).expect(0)


def test_whoever_has_no_receipt_knows_by_what_is_published_that_nothing_is_left_to_do(
    scene: Scene, world: World
) -> None:
    scene.call("run", *TO).expect(0)
    shutil.rmtree(scene.repository.root / "dist/alpha")
    before = world.s3.stored()
    document = scene.call("plan", TAG, *TO, "--json").expect(0).document
    assert [(each["does"], each["why"]) for each in document["runs"]] == [("nothing", "everything is there")]
    assert {each["target"] for each in document["ledger"]} == set(TARGETS)
    assert {each["state"] for each in document["ledger"]} == {"identical"}
    assert world.s3.stored() == before
