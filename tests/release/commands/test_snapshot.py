"""`snapshot` to targets, and `snapshot --prune`: dev versions come, have their time, and are in nobody's way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from release.model.ledger import Listing
from release.model.tag import Channel
from tests.release.commands.stock import age_bucket, open_bucket, stock_bucket, stock_index
from tests.servers.index import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import Ended
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.s3 import S3

OLD, YOUNG, FINAL = "alpha/v0.2.0.dev3", "alpha/v0.2.0.dev9", "alpha/v0.1.0"
PRUNE = ("snapshot", "--prune", "--to", "s3")


def fates(ended: Ended) -> dict[str, str]:
    """Give what became of each version."""
    return {each["tag"]: each["fate"] for each in ended.document["targets"]}


def listings(bucket: S3) -> dict[str, Listing]:
    """Give how every version of alpha is listed in the bucket."""
    return {str(each.tag): each.listing for each in open_bucket(bucket).inventory(["alpha"])}


def offered(bucket: S3, channel: Channel = Channel.DEV) -> set[str]:
    """Give the versions of alpha that a channel offers."""
    return {str(each.version) for each in open_bucket(bucket).offered("alpha", channel)}


@pytest.fixture
def stocked(scene: Scene, bucket: S3, tmp_path: Path) -> Scene:
    """Give a repository, and in the bucket a release and a snapshot that are old, and a snapshot that is not."""
    stock_bucket(bucket, tmp_path, FINAL, OLD, YOUNG)
    age_bucket("alpha/0.1.0/", 100)
    age_bucket("alpha/0.2.0.dev3/", 11)
    return scene.add("alpha").tagged()


def test_a_snapshot_goes_to_targets_and_never_stands_in_the_way_of_its_release(scene: Scene, bucket: S3) -> None:
    scene.add("alpha").tagged()
    to = ("--to", "local", "--to", "s3")
    (snapshot,) = scene.call("snapshot", *to, "--json").expect(0).document["outcomes"]
    assert snapshot["ending"] == "released"
    assert {each["target"] for each in snapshot["receipt"]["publications"]} == {"local", "s3"}
    version = snapshot["receipt"]["version"]
    assert (offered(bucket), offered(bucket, Channel.PREVIEW)) == ({version}, set())
    (again,) = scene.call("snapshot", *to, "--json").expect(0).document["outcomes"]
    assert again["ending"] == "identical"
    before = {key: bucket.do("GET", key).content for key in bucket.stored("dev/alpha/")}
    scene.repository.tag(FINAL)
    (final,) = scene.call("run", *to, "--json").expect(0).document["outcomes"]
    assert final["ending"] == "released"
    assert (offered(bucket), offered(bucket, Channel.STABLE)) == ({version, "0.1.0"}, {"0.1.0"})
    assert {key: bucket.do("GET", key).content for key in before} == before


def test_a_target_that_takes_no_development_versions_is_left_out_and_named(scene: Scene) -> None:
    scene.add("alpha").tagged()
    github: dict[str, Any] = {"GITHUB_REPOSITORY": "ada/alpha", "GITHUB_TOKEN": "a-token-of-nobody"}
    alone = scene.refuse("snapshot", "--to", "github", code=2, says=("no target is left",), hint="--to local", **github)
    assert "warning: github takes no development versions" in alone.err
    ended = scene.call("snapshot", "--to", "github", "--to", "local", "--json", **github).expect(0)
    (snapshot,) = ended.document["outcomes"]
    assert {each["target"] for each in snapshot["receipt"]["publications"]} == {"local"}


def test_old_snapshots_are_archived_and_young_ones_and_releases_are_not(stocked: Scene, bucket: S3) -> None:
    before = set(bucket.stored())
    ended = stocked.call(*PRUNE, "--json").expect(0)
    (gone,) = ended.document["targets"]
    assert (gone["tag"], gone["fate"], gone["after"]) == (OLD, "done", ["archived"])
    age = datetime.now(UTC) - datetime.fromisoformat(gone["added"])
    assert timedelta(days=10) < age < timedelta(days=12)
    assert ended.document["older_than_days"] == 10
    assert listings(bucket) == {FINAL: Listing.OFFERED, OLD: Listing.ARCHIVED, YOUNG: Listing.OFFERED}
    assert (offered(bucket), offered(bucket, Channel.STABLE)) == ({"0.1.0", "0.2.0.dev9"}, {"0.1.0"})
    assert before <= set(bucket.stored()), "bytes are gone"
    again = stocked.call(*PRUNE).expect(0)
    assert "nothing to prune: no snapshot on offer is older than 10 days" in again.err
    assert again.out == ""


def test_how_old_a_snapshot_may_become_is_said_by_word_or_setting(stocked: Scene) -> None:
    assert fates(stocked.call(*PRUNE, "--older-than", "12", "--json").expect(0)) == {}
    stocked.repository.write("pyproject.toml", "[tool.release]\nsnapshot-days = 12\n")
    stocked.repository.commit()
    assert fates(stocked.call(*PRUNE, "--json").expect(0)) == {}
    assert fates(stocked.call(*PRUNE, "alpha", "--older-than", "11", "--json").expect(0)) == {OLD: "done"}


def test_a_pruning_that_was_stopped_before_the_pages_is_brought_to_its_end(stocked: Scene, bucket: S3) -> None:
    stocked.call(*PRUNE).expect(0)
    key = "dev/simple/alpha/index.html"
    target = open_bucket(bucket)
    pruned = bucket.do("GET", key).content
    stocked.call(*PRUNE, "--older-than", "0").expect(0)
    bucket.do("PUT", key, pruned)
    assert "0.2.0.dev9" in {str(each.version) for each in target.offered("alpha", Channel.DEV)}
    assert fates(stocked.call(*PRUNE, "--older-than", "0", "--json").expect(0)) == {YOUNG: "identical"}
    assert offered(bucket) == {"0.1.0"}


def test_what_has_no_age_is_left_and_named(scene: Scene, index: PackageIndex, tmp_path: Path) -> None:
    scene.add("alpha").tagged()
    stock_index(scene, index, tmp_path, OLD)
    index.fail(Fault.HTML)
    ended = scene.call("snapshot", "--prune", "--to", "index", "--json").expect(0)
    assert fates(ended) == {OLD: "undated"}
    assert "nobody says when it came there" in ended.document["targets"][0]["detail"]


def test_what_can_not_be_pruned_there_is_to_be_taken_away_by_hand(
    stocked: Scene, bucket: S3, index: PackageIndex, tmp_path: Path
) -> None:
    stock_index(stocked, index, tmp_path, OLD)
    assert fates(stocked.call("snapshot", "--prune", "--to", "index", "--json").expect(2)) == {OLD: "by hand"}
    both = stocked.call("snapshot", "--prune", "--to", "index", "--to", "s3").expect(0)
    assert f"warning: {OLD}: index: " in both.err
    assert listings(bucket)[OLD] is Listing.ARCHIVED


def test_a_target_that_can_not_be_asked_stops_no_other(
    stocked: Scene, bucket: S3, index: PackageIndex, tmp_path: Path
) -> None:
    stock_index(stocked, index, tmp_path)
    index.fail(Fault.ERROR)
    ended = stocked.call("snapshot", "--prune", "--to", "index", "--to", "s3", "--json").expect(15)
    assert [(each["target"], each["fate"]) for each in ended.document["targets"]] == [
        ("index", "failed"),
        ("s3", "done"),
    ]
    assert listings(bucket)[OLD] is Listing.ARCHIVED


def test_words_that_do_not_fit_are_refused(scene: Scene) -> None:
    scene.add("alpha").tagged()
    scene.refuse("snapshot", "--older-than", "3", code=2, says=("--older-than says what is pruned",), hint="--prune")
    scene.refuse("snapshot", "--prune", "beta", code=2, says=("there is no package beta",), hint="packages: alpha")
    assert "-1" in scene.call("snapshot", "--prune", "--older-than", "-1").expect(2).err
