"""`yank` and `restore`: off offer and back, everywhere it can be, and never half said."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from release.model.ledger import Listing
from release.model.tag import Channel, parse_tag
from tests.release.commands.stock import open_bucket, stock_bucket, stock_index
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import Ended
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.s3 import S3

TAG = "alpha/v0.1.0"
HIDDEN = "swordfish-of-nobody"
YANK = ("yank", TAG, "--reason", "loses rows")


def fates(ended: Ended) -> dict[str, str]:
    """Give what became of the version at each target."""
    return {each["target"]: each["fate"] for each in ended.document["targets"]}


def listings(bucket: S3, tag: str = TAG) -> set[Listing]:
    """Give how a version is listed in the bucket, by what the bucket says."""
    return {each.listing for each in open_bucket(bucket).held(parse_tag(tag))}


def offered(bucket: S3) -> set[str]:
    """Give the versions of alpha that are offered to whoever installs from stable."""
    return {str(each.version) for each in open_bucket(bucket).offered("alpha", Channel.STABLE)}


@pytest.fixture
def stocked(scene: Scene, bucket: S3, tmp_path: Path) -> Scene:
    """Give a repository whose tag stands in the bucket, and two other versions beside it."""
    stock_bucket(bucket, tmp_path, TAG, "alpha/v0.2.0")
    return scene.add("alpha").tagged(TAG)


def test_a_version_goes_off_offer_and_comes_back_and_both_can_be_said_twice(stocked: Scene, bucket: S3) -> None:
    before = bucket.stored()
    ended = stocked.call(*YANK, "--to", "s3", "--json").expect(0)
    assert ended.document["targets"][0] == {
        "tag": TAG,
        "target": "s3",
        "fate": "done",
        "before": ["offered"],
        "after": ["unlisted"],
        "added": None,
        "detail": "offered → unlisted",
        "hint": "",
        "exit_code": 0,
    }
    assert (listings(bucket), offered(bucket)) == ({Listing.UNLISTED}, {"0.2.0"})
    assert fates(stocked.call(*YANK, "--to", "s3", "--json").expect(0)) == {"s3": "identical"}
    assert fates(stocked.call("restore", TAG, "--to", "s3", "--json").expect(0)) == {"s3": "done"}
    assert (listings(bucket), offered(bucket)) == ({Listing.OFFERED}, {"0.1.0", "0.2.0"})
    assert fates(stocked.call("restore", TAG, "--to", "s3", "--json").expect(0)) == {"s3": "identical"}
    assert set(before) <= set(bucket.stored()), "bytes are gone"


def test_an_archived_version_is_not_made_easier_to_get(stocked: Scene, bucket: S3) -> None:
    stocked.call(*YANK, "--to", "s3").expect(0)
    assert "unlisted → archived" in stocked.call(*YANK, "--archive", "--to", "s3").expect(0).out
    assert fates(stocked.call(*YANK, "--to", "s3", "--json").expect(0)) == {"s3": "identical"}
    assert listings(bucket) == {Listing.ARCHIVED}
    stocked.call("restore", TAG, "--to", "s3").expect(0)
    assert listings(bucket) == {Listing.OFFERED}


def test_a_yank_that_was_stopped_before_the_pages_is_brought_to_its_end(stocked: Scene, bucket: S3) -> None:
    bucket.do("PUT", f"stable/alpha/0.1.0/{marker(bucket, stocked)}", b'{"listing": "unlisted", "reason": "x"}')
    assert offered(bucket) == {"0.1.0", "0.2.0"}
    assert fates(stocked.call(*YANK, "--to", "s3", "--json").expect(0)) == {"s3": "identical"}
    assert offered(bucket) == {"0.2.0"}


def marker(bucket: S3, scene: Scene) -> str:
    """Find out by another version what the bucket calls the file that says how a version is listed."""
    before = set(bucket.stored())
    scene.repository.tag("alpha/v0.2.0")
    scene.call("yank", "alpha/v0.2.0", "--reason", "x", "--to", "s3").expect(0)
    (key,) = set(bucket.stored()) - before
    scene.call("restore", "alpha/v0.2.0", "--to", "s3").expect(0)
    return key.rpartition("/")[2]


def test_a_target_that_can_not_be_told_is_named_with_what_to_do_there(
    stocked: Scene, bucket: S3, index: PackageIndex, tmp_path: Path
) -> None:
    stock_index(stocked, index, tmp_path, TAG)
    ended = stocked.call(*YANK, "--to", "s3", "--to", "index", "--json").expect(0)
    assert fates(ended) == {"s3": "done", "index": "by hand"}
    assert "warning: alpha/v0.1.0: index: an index can't be told" in ended.err
    alone = stocked.call(*YANK, "--to", "index").expect(2)
    assert "by hand" in alone.out
    assert "error: no target that was asked can be told" in alone.err
    assert listings(bucket) == {Listing.UNLISTED}


def test_a_target_that_can_not_be_reached_does_not_stop_the_others(
    stocked: Scene, bucket: S3, index: PackageIndex, tmp_path: Path
) -> None:
    stock_index(stocked, index, tmp_path)
    stocked.release.more["RELEASE_INDEX_URL"] = f"{closed_address()}/simple/"
    ended = stocked.call(*YANK, "--to", "index", "--to", "s3", "--json").expect(15)
    assert fates(ended) == {"index": "failed", "s3": "done"}
    assert ended.document["exit_code"] == 15
    assert "error: " in ended.err
    assert listings(bucket) == {Listing.UNLISTED}


def test_a_version_that_may_not_be_changed_there_stays_as_it_is(stocked: Scene, bucket: S3) -> None:
    bucket.denied.add("PutObject")
    ended = stocked.call(*YANK, "--to", "s3", "--json").expect(15)
    assert fates(ended) == {"s3": "failed"}
    assert ended.document["targets"][0]["exit_code"] == 15
    assert listings(bucket) == {Listing.OFFERED}


def test_what_is_half_published_is_not_put_on_offer_by_a_restore(stocked: Scene, bucket: S3) -> None:
    bucket.do("DELETE", "dev/simple/alpha/index.html")
    ended = stocked.call("restore", TAG, "--to", "s3").expect(14)
    assert "unseen" in ended.err
    assert listings(bucket) == {Listing.UNSEEN}


def test_a_version_that_nobody_holds_is_refused_and_so_is_one_that_nobody_knows(stocked: Scene, bucket: S3) -> None:
    stocked.repository.tag("alpha/v0.3.0")
    says = ("alpha/v0.3.0: s3 holds nothing of it",)
    stocked.refuse(*replace_tag("alpha/v0.3.0"), "--to", "s3", code=2, says=says, hint="--to TARGET")
    says = ("there is no tag alpha/v0.9.0 here, and local holds nothing of it",)
    stocked.refuse(*replace_tag("alpha/v0.9.0"), code=2, says=says, hint="git fetch --tags")
    assert offered(bucket) == {"0.1.0", "0.2.0"}


def test_a_version_whose_tag_is_gone_can_still_be_withdrawn_where_it_stands(stocked: Scene, bucket: S3) -> None:
    stocked.call(*replace_tag("alpha/v0.2.0"), "--to", "s3").expect(0)
    assert offered(bucket) == {"0.1.0"}


@pytest.mark.parametrize("tag", ["alpha", "alpha/v01.0", "alpha/v0.2.0.dev3", "alpha/v1.0\n", "[red]/v1.0"])
def test_what_is_no_tag_of_a_release_is_refused(scene: Scene, tag: str) -> None:
    scene.add("alpha").tagged(TAG)
    scene.refuse(*replace_tag(tag), code=2, says=("tag ",))


def replace_tag(tag: str) -> tuple[str, ...]:
    """Give the words that yank another version."""
    return ("yank", tag, *YANK[2:])


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "a\x1b[31mred", "right\u202eleft", "x" * 501])
def test_a_reason_that_is_none_or_no_line_is_refused(scene: Scene, reason: str) -> None:
    scene.add("alpha").tagged(TAG)
    scene.refuse("yank", TAG, "--reason", reason, code=2, says=("the reason",), hint="one line")
    assert "\x1b" not in scene.call("yank", TAG, "--reason", reason).err


def test_a_reason_is_required(scene: Scene) -> None:
    scene.add("alpha").tagged(TAG)
    assert "--reason" in scene.call("yank", TAG, "--json").expect(2).document["error"]["message"]


def test_a_hostile_reason_does_no_harm_and_takes_no_secret_along(stocked: Scene, bucket: S3) -> None:
    reason = f"<script>alert(1)</script> [bold]![/] \"quoted' {HIDDEN}"
    ended = stocked.call("yank", TAG, "--reason", reason, "--to", "s3", "--json", SOME_PASSWORD=HIDDEN).expect(0)
    said = ended.document["reason"]
    assert said == reason.replace(HIDDEN, "***")
    contents = {key: bucket.do("GET", key).content for key in bucket.stored()}
    pages = [content for key, content in contents.items() if key.endswith("index.html")]
    assert pages
    assert all(b"<script>" not in page for page in pages)
    assert HIDDEN.encode() not in b"".join(contents.values())


def test_a_release_of_a_withdrawn_version_finds_it_identical_and_leaves_it_withdrawn(scene: Scene, bucket: S3) -> None:
    scene.add("alpha").tagged(TAG)
    scene.call("run", "--to", "s3").expect(0)
    assert fates(scene.call(*YANK, "--json").expect(0)) == {"s3": "done"}, "the receipt says where it is"
    before = bucket.stored()
    document = scene.call("run", "--to", "s3", "--json").expect(0).document
    assert [each["ending"] for each in document["outcomes"]] == ["identical"]
    assert (listings(bucket), offered(bucket)) == ({Listing.UNLISTED}, set())
    shutil.rmtree(scene.repository.root / "dist")
    scene.call("run", "--to", "s3").expect(0)
    assert (listings(bucket), offered(bucket), bucket.stored()) == ({Listing.UNLISTED}, set(), before)
    ledger = json.loads(scene.call("plan", "--to", "s3", "--json").expect(0).out)["ledger"]
    assert {(each["state"], each["detail"]) for each in ledger} == {("identical", "unlisted")}
