"""`cluster render` as its users have it: in a repository, with a lock that this machine's key has signed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from cluster.model.lock import parse_lock
from cluster.steps.promises import sign_lock
from release.adapters.local_key import LocalKey
from tests.cluster.desk import CLUSTERS, open_desk, write_cluster

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def test_every_kind_of_cluster_is_rendered_below_dist(desk: Desk) -> None:
    found = {}
    for name in CLUSTERS:
        desk(name).expect(0)
        found[name] = set(desk.made(name))
    libraries = {f"libraries/{name}" for name in ("policy.json", "databricks.yml", "cluster.tf")}
    nodes = {"init.sh", "cluster.json", "policy.json", "databricks.yml", "cluster.tf", "lock.txt"}
    assert found == {
        "analytics-shared": nodes | libraries,
        "nightly-etl": nodes | libraries,
        "serverless-reports": {"env.yaml", "databricks.yml", "lock.txt"},
    }


def test_the_lock_that_comes_along_is_the_one_that_was_signed(desk: Desk) -> None:
    desk("nightly-etl").expect(0)
    kept = (desk.repository.root / "databricks" / "locks" / "nightly-etl.txt").read_bytes()
    assert desk.made("nightly-etl")["lock.txt"] == kept
    assert parse_lock(kept.decode(), "it").number == 7


def test_rendered_again_nothing_is_written_anew(desk: Desk) -> None:
    desk("nightly-etl").expect(0)
    folder = desk.repository.root / "dist" / "clusters" / "nightly-etl" / "7"
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*") if path.is_file()}
    desk("nightly-etl").expect(0)
    assert {
        path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in folder.rglob("*") if path.is_file()
    } == before


def test_the_document_says_what_was_made_and_where_the_script_belongs(desk: Desk, tmp_path: Path) -> None:
    said = desk("nightly-etl", "--output", str(tmp_path / "review"), "--json").expect(0).document
    assert said["folder"] == str(tmp_path / "review")
    assert (said["name"], said["number"]) == ("nightly-etl", 7)
    assert all((tmp_path / "review" / name).is_file() for name in said["files"])
    assert said["script"].encode() in (tmp_path / "review" / "policy.json").read_bytes()
    assert desk("serverless-reports", "--json").expect(0).document["script"] is None


def test_the_floor_is_told_to_nodes_and_makes_another_script(desk: Desk) -> None:
    one, nine = (desk("nightly-etl", f"--floor={floor}", "--json").expect(0).document["script"] for floor in (1, 9))
    assert one != nine
    assert b'"floor": 9' in desk.made("nightly-etl")["init.sh"]
    desk("nightly-etl", "--floor=0").expect(2)


def test_it_finds_the_repository_from_below(desk: Desk) -> None:
    desk("nightly-etl", folder=desk.repository.root / "databricks" / "clusters").expect(0)
    assert desk.made("nightly-etl")


def test_a_cluster_that_there_is_not_is_refused(desk: Desk) -> None:
    assert "analytics-shared, nightly-etl" in desk.refuse("nightly", code=2, says="there is no cluster nightly").err


def test_without_a_lock_there_is_nothing_to_render(desk: Desk) -> None:
    (desk.repository.root / "databricks" / "locks" / "nightly-etl.txt").unlink()
    assert "hatch run cluster lock nightly-etl" in desk.refuse("nightly-etl", code=10, says="there is no lock").err


def test_a_lock_that_was_edited_into_none_is_refused(desk: Desk) -> None:
    path = desk.repository.root / "databricks" / "locks" / "nightly-etl.txt"
    path.write_text(path.read_text().replace("# cluster:", "# clustre:"))
    desk.refuse("nightly-etl", code=10, says="is no lock")


@pytest.mark.parametrize(
    ("lock_has", "says"),
    [
        ({"wanted": ("env-drift>=0.1",)}, "made from another cluster file"),
        ({"runtime_sha256": "f" * 64}, "made for another table of 15.4"),
        ({"python": "3.10"}, "made for python 3.10, and it is 3.11"),
    ],
)
def test_a_stale_lock_is_refused_and_it_is_said_in_what(desk: Desk, lock_has: dict[str, Any], says: str) -> None:
    write_cluster(desk, "nightly-etl", CLUSTERS["nightly-etl"], **lock_has)
    ended = desk.refuse("nightly-etl", code=10, says=says)
    assert "lock 7 is stale" in ended.err
    assert "hint: hatch run cluster lock nightly-etl" in ended.err


def test_the_lock_of_another_cluster_is_refused(desk: Desk) -> None:
    folder = desk.repository.root / "databricks" / "locks"
    write_cluster(desk, "weekly-etl", CLUSTERS["nightly-etl"])
    for end in (".txt", ".intoto.jsonl"):
        shutil.copyfile(folder / f"weekly-etl{end}", folder / f"nightly-etl{end}")
    desk.refuse("nightly-etl", code=10, says="the lock is that of weekly-etl")


def test_an_unsigned_lock_is_refused(desk: Desk) -> None:
    path = desk.repository.root / "databricks" / "locks" / "nightly-etl.intoto.jsonl"
    path.write_bytes(b"")
    desk.refuse("nightly-etl", code=16, says="is not signed")


def test_a_lock_whose_bytes_were_changed_is_refused(desk: Desk) -> None:
    path = desk.repository.root / "databricks" / "locks" / "nightly-etl.txt"
    path.write_text(path.read_text().replace("a" * 64, "e" * 64))
    desk.refuse("nightly-etl", code=16, says="is not signed")


def test_a_lock_that_a_stranger_signed_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = desk.repository.root / "databricks" / "locks" / "nightly-etl.txt"
    lock = parse_lock(path.read_text(), "it")
    stranger = LocalKey(tmp_path / "stranger", lambda _said: None)
    path.with_suffix(".intoto.jsonl").write_bytes(sign_lock(lock, stranger))
    desk.refuse("nightly-etl", code=16, says="is not signed")


def test_where_nobody_is_trusted_nothing_is_rendered(desk: Desk, tmp_path: Path) -> None:
    desk.refuse("nightly-etl", code=16, says="nobody is trusted here", XDG_CONFIG_HOME=str(tmp_path / "nobody"))


def test_without_the_settings_of_its_index_a_script_is_refused(desk: Desk) -> None:
    desk.refuse("nightly-etl", code=2, says="CODEARTIFACT_DOMAIN", CODEARTIFACT_DOMAIN="")
    desk("analytics-shared", CODEARTIFACT_DOMAIN="").expect(0)


def test_a_file_that_was_not_rendered_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "databricks.yml").write_text("bundle: {name: mine}\n")
    refused = desk("nightly-etl", "--output", str(tmp_path / "mine")).expect(14)
    assert "databricks.yml is there, and was not rendered" in refused.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["databricks.yml"]
    assert (tmp_path / "mine" / "databricks.yml").read_text() == "bundle: {name: mine}\n"
    desk("nightly-etl", "--output", str(tmp_path / "fresh")).expect(0)
    desk("analytics-shared", "--output", str(tmp_path / "fresh")).expect(0)
