"""`plan --to`: what several targets hold, by what that is known, and what a run would do about it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from release.model import forecast
from tests.release.commands.stock import stock_bucket, stock_index

if TYPE_CHECKING:
    from tests.release.command import Ended
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.s3 import S3

TAG = "alpha/v0.1.0"
WHEEL, SDIST = "alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"
EVIDENCE: dict[str, Any] = {"cdx_json": b"{}", "audit_json": b"[]", "intoto_jsonl": b"{}\n"}
SCHEMA = json.loads(Path(forecast.__file__).with_name("forecast.schema.json").read_text())


def foretold(ended: Ended) -> dict[str, Any]:
    """Give what a run would do with the one tag, after requiring that the document is what its schema says."""
    jsonschema_rs.validate(SCHEMA, ended.document)
    (run,) = ended.document["runs"]
    return dict(run)


def told(ended: Ended, name: str) -> dict[str, tuple[str, str]]:
    """Give state and detail of a file, by target."""
    return {
        each["target"]: (each["state"], each["detail"]) for each in ended.document["ledger"] if each["name"] == name
    }


@pytest.fixture
def tagged(scene: Scene) -> Scene:
    """Give a repository with one tag, and no receipt of any release."""
    return scene.add("alpha").tagged(TAG)


def test_what_is_nowhere_would_be_released_to_all_of_it(tagged: Scene, bucket: S3) -> None:
    ended = tagged.call("plan", "--to", "local", "--to", "s3", "--json").expect(0)
    assert foretold(ended) | {"wave": 1} == {
        "wave": 1,
        "tag": TAG,
        "does": "release",
        "why": "nothing of it is at local, s3",
        "exit_code": 0,
    }
    names = {target: [each["name"] for each in ended.document["ledger"] if each["target"] == target]
             for target in ("local", "s3")}  # fmt: skip
    assert set(names["local"]) == {WHEEL, SDIST}
    assert len(names["s3"]) == 6, "the evidence goes there as well"
    assert bucket.stored() == []


def test_after_a_release_nothing_would_be_done_with_the_receipt_and_without(tagged: Scene, bucket: S3) -> None:
    tagged.call("run", "--to", "local", "--to", "s3").expect(0)
    asked = ("plan", "--to", "local", "--to", "s3", "--json")
    with_receipt = tagged.call(*asked).expect(0)
    assert foretold(with_receipt)["does"] == "nothing"
    assert {each["detail"] for each in with_receipt.document["ledger"]} == {""}
    shutil.rmtree(tagged.repository.root / "dist/alpha")
    without = tagged.call(*asked).expect(0)
    assert (foretold(without)["does"], foretold(without)["why"]) == ("nothing", "everything is there")
    assert told(without, WHEEL) == dict.fromkeys(("local", "s3"), ("identical", "by SHA256SUMS at s3"))
    bundle = "alpha-0.1.0.intoto.jsonl"
    assert told(without, bundle) == {"s3": ("identical", "by what s3 keeps")}
    bucket.do("DELETE", f"stable/alpha/0.1.0/{bundle}")
    ended = tagged.call(*asked).expect(0)
    assert (foretold(ended)["does"], foretold(ended)["why"]) == ("finish", "s3 lacks 1 of 8 files")


def test_a_file_that_differs_from_what_is_published_is_named_with_what_says_so(
    tagged: Scene, bucket: S3, tmp_path: Path, index: PackageIndex
) -> None:
    (parcel,) = stock_bucket(bucket, tmp_path, TAG, **EVIDENCE)
    sums = "".join(f"{each.sha256}  {each.name}\n" for each in parcel.artifacts)
    bucket.do("PUT", "stable/alpha/0.1.0/SHA256SUMS", f"no line of it\n{sums}".encode())
    stock_index(tagged, index, tmp_path, TAG, source="# other\n")
    ended = tagged.call("plan", "--to", "index", "--to", "s3", "--json").expect(14)
    assert told(ended, WHEEL) == {
        "index": ("conflicting", "SHA256SUMS at s3 says otherwise"),
        "s3": ("identical", "by SHA256SUMS at s3"),
    }
    run = foretold(ended)
    assert (run["does"], run["exit_code"], ended.document["exit_code"]) == ("stop", 14, 14)
    assert run["why"].startswith(f"index holds other bytes as {WHEEL}")


def test_places_that_agree_are_identical_and_say_that_nothing_else_is_known(
    tagged: Scene, bucket: S3, tmp_path: Path, index: PackageIndex
) -> None:
    stock_bucket(bucket, tmp_path, TAG)
    stock_index(tagged, index, tmp_path, TAG)
    ended = tagged.call("plan", "--to", "index", "--to", "s3", "--json").expect(0)
    assert told(ended, WHEEL) == dict.fromkeys(("index", "s3"), ("identical", "by 2 places that agree"))
    assert foretold(ended)["does"] == "finish"


def test_places_that_disagree_conflict_where_nothing_says_which_is_right(
    tagged: Scene, bucket: S3, tmp_path: Path, index: PackageIndex
) -> None:
    stock_bucket(bucket, tmp_path, TAG)
    stock_index(tagged, index, tmp_path, TAG, source="# other\n")
    ended = tagged.call("plan", "--to", "index", "--to", "s3", "--json").expect(14)
    assert {state for state, _ in told(ended, WHEEL).values()} == {"conflicting"}
    assert "nothing here says which are right" in told(ended, SDIST)["s3"][1]


def test_one_place_and_nothing_to_compare_it_with_stays_unknown(tagged: Scene, bucket: S3, tmp_path: Path) -> None:
    stock_bucket(bucket, tmp_path, TAG, SHA256SUMS=b"nothing that anybody could read")
    ended = tagged.call("plan", "--to", "s3", "--json").expect(0)
    ((state, detail),) = told(ended, WHEEL).values()
    assert state == "unknown"
    assert "nothing says what its bytes should be" in detail
    assert foretold(ended)["does"] == "finish"


def test_files_that_are_all_there_and_known_by_nothing_are_compared_by_a_run(
    tagged: Scene, index: PackageIndex, tmp_path: Path
) -> None:
    stock_index(tagged, index, tmp_path, TAG)
    run = foretold(tagged.call("plan", "--to", "index", "--json").expect(0))
    assert (run["does"], run["why"]) == (
        "finish",
        "it is there, and nothing says what it should be at index: it is compared",
    )


def test_a_target_that_can_not_be_asked_stops_a_run_and_those_that_need_it(scene: Scene, bucket: S3) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged(TAG, "beta/v0.1.0")
    bucket.denied.add("ListBucket")
    ended = scene.call("plan", "--to", "local", "--to", "s3", "--json").expect(15)
    assert {state for state, _ in told(ended, WHEEL).values()} == {"absent", "unknown"}
    assert [(each["does"], each["exit_code"]) for each in ended.document["runs"]] == [("stop", 15), ("stop", 15)]
    assert "s3 could not be asked" in scene.call("plan", "--to", "s3").out


def test_what_needs_a_release_that_stops_is_held_back_by_it(scene: Scene, index: PackageIndex, tmp_path: Path) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged(TAG, "beta/v0.1.0")
    scene.call("run", TAG).expect(0)
    stock_index(scene, index, tmp_path, TAG)
    ended = scene.call("plan", "--to", "index", "--json").expect(14)
    assert [(each["tag"], each["does"], each["why"]) for each in ended.document["runs"][1:]] == [
        ("beta/v0.1.0", "stop", f"it needs {TAG}, which stops")
    ]


def test_a_receipt_of_another_commit_says_nothing(tagged: Scene) -> None:
    tagged.call().expect(0)
    tagged.repository.commit()
    tagged.repository.git("tag", "--force", TAG)
    ended = tagged.call("plan", "--to", "local", "--json").expect(0)
    assert {state for state, _ in told(ended, WHEEL).values()} == {"unknown"}


def test_a_person_reads_what_is_there_and_what_a_run_would_do(tagged: Scene, bucket: S3, tmp_path: Path) -> None:
    stock_bucket(bucket, tmp_path, TAG)
    lines = [" ".join(line.split()) for line in tagged.call("plan", "--to", "s3").expect(0).out.splitlines()]
    assert lines[0] == "state wave tag target file"
    assert f"absent 1 {TAG} s3 SHA256SUMS" in lines
    assert lines[-2:] == ["a run would wave tag", f"finish 1 {TAG} s3 lacks 4 of 6 files"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (("CHANGELOG.md", "# Changelog\n"), "has no entry for it"),
        (("pyproject.toml", "hatchling.build"), "build-backend is setuptools.build_meta"),
    ],
)
def test_what_a_release_would_refuse_stops_with_verify_and_not_without(
    scene: Scene, spoil: tuple[str, str], says: str
) -> None:
    scene.add("alpha")
    path = f"packages/alpha/{spoil[0]}"
    if spoil[0] == "CHANGELOG.md":
        scene.repository.write(path, spoil[1])
    else:
        scene.repository.edit(path, spoil[1], "setuptools.build_meta")
    scene.tagged(TAG)
    assert scene.call("plan", "--json").expect(0).document["refused"] == []
    with scene.untouched():
        ended = scene.call("plan", "--verify", "--json").expect(10)
    run = foretold(ended)
    assert (run["does"], run["exit_code"], ended.document["exit_code"]) == ("stop", 10, 10)
    (refused,) = ended.document["refused"]
    assert says in run["why"]
    assert says in refused["reason"]
    assert refused["tag"] == TAG
    assert refused["hint"]
    assert "stop" in (shown := scene.call("plan", "--verify").expect(10)).out
    assert says in shown.out
    assert "hint: " in shown.err


def test_what_needs_a_refused_release_stops_with_it_and_neither_is_in_the_matrix(scene: Scene) -> None:
    scene.add("base", changelog="# Changelog\n").add("upper", requires=["base>=0.1"]).add("other")
    scene.tagged("base/v0.1.0", "upper/v0.1.0", "other/v0.1.0")
    document = scene.call("plan", "--verify", "--json").expect(10).document
    does = {each["tag"]: (each["does"], each["why"]) for each in document["runs"]}
    assert does["upper/v0.1.0"] == ("stop", "it needs base/v0.1.0, which stops")
    assert does["other/v0.1.0"][0] == "release"
    assert [each["tag"] for each in document["refused"]] == ["base/v0.1.0"]
    matrix = scene.call("plan", "--verify", "--matrix").expect(10).document
    assert [each["tag"] for each in matrix["include"]] == ["other/v0.1.0"]
    assert len(scene.call("plan", "--matrix").expect(0).document["include"]) == 3


def test_a_plan_that_a_release_would_take_is_the_same_with_verify(scene: Scene) -> None:
    scene.add("base").add("upper", requires=["base>=0.1"]).tagged("base/v0.1.0", "upper/v0.1.0")
    with scene.untouched():
        ended = scene.call("plan", "--verify", "--json").expect(0)
    assert ended.document == scene.call("plan", "--json").expect(0).document
