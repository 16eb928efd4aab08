"""`cluster render` as its users have it: in a repository, with a lock that this machine's key has signed."""

from __future__ import annotations

import io
import json
import os
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cluster.adapters.databricks_sdk import Questions, open_client
from cluster.adapters.locks import LockFolder
from cluster.adapters.volume import DatabricksVolume
from cluster.cli import main
from cluster.model.lock import parse_lock
from cluster.steps.promises import sign_lock
from release.adapters.git import Git
from release.adapters.local_key import LocalKey
from release.steps.runtime_tables import in_folder, read_runtimes
from tests.cluster.rendering import VOLUME, make_file, make_lock
from tests.release.command import Ended
from tests.release.repository import Repository
from tests.repository.tree import ROOT
from tests.servers.databricks import TOKEN, Databricks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("analytics-shared", "nightly-etl", "serverless-reports")
CODEARTIFACT = {
    "AWS_REGION": "eu-central-1",
    "CODEARTIFACT_DOMAIN": "wheelyard",
    "CODEARTIFACT_ACCOUNT_ID": "111122223333",
    "CODEARTIFACT_REPOSITORY": "stable",
}
CLUSTERS: dict[str, dict[str, Any]] = {
    "analytics-shared": {"runtime": "16.4", "source": "volume"},
    "nightly-etl": {"fallback": "volume", "refresher": True},
    "serverless-reports": {"runtime": "serverless-v4", "source": "volume"},
}


@dataclass(frozen=True)
class Desk:
    """A repository with cluster files and their locks, and the command there."""

    repository: Repository

    def __call__(self, *words: str, folder: Path | None = None, **variables: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        home = str(self.repository.root.parent / "home")
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(folder or self.repository.root)
            patch.setenv("XDG_CONFIG_HOME", home)
            for name, value in (CODEARTIFACT | variables).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main(["render", *words])
        return Ended(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    def refuse(self, *words: str, code: int, says: str, **variables: str) -> Ended:
        """Require a refusal with a hint, and that nothing was written."""
        ended = self(*words, folder=None, **variables).expect(code)
        assert says in ended.err, ended.err
        assert "hint: " in ended.err
        assert not (self.repository.root / "dist").exists()
        return ended

    def made(self, name: str, number: int = 7) -> dict[str, bytes]:
        """Give everything that was written of a lock."""
        folder = self.repository.root / "dist" / "clusters" / name / str(number)
        return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}

    @property
    def key(self) -> LocalKey:
        """This machine's key."""
        return LocalKey(self.repository.root.parent / "home" / "wheelyard", lambda _said: None)


def write_cluster(desk: Desk, name: str, keys: dict[str, Any], **lock_has: Any) -> None:  # noqa: ANN401  # fields of a lock
    """Write a cluster file, and a lock of it that is signed."""
    file, root = make_file(**keys), desk.repository.root
    rows = [f"{key} = {json.dumps(value)}" for key, value in {"runtime": "15.4", "volume": file.volume, **keys}.items()]
    packages = [f"{key} = {json.dumps(value)}" for key, value in file.packages.items()]
    desk.repository.write(f"databricks/clusters/{name}.toml", "\n".join([*rows, "[packages]", *packages, ""]))
    runtime = read_runtimes(in_folder(root), [file.runtime])[0]
    lock = make_lock(file, name, **{"python": runtime.python, "runtime_sha256": runtime.sha256, **lock_has})
    LockFolder(Git(root, dict(os.environ))).keep(lock, sign_lock(lock, desk.key))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a repository with three clusters, as this one has them."""
    desk = Desk(Repository(tmp_path / "repository"))
    shutil.copytree(
        ROOT / "databricks",
        desk.repository.root / "databricks",
        ignore=shutil.ignore_patterns("__pycache__", "clusters", "locks"),
    )
    desk.repository.git("add", "--all")
    desk.repository.git("commit", "--quiet", "--message", "Begin")
    for name, keys in CLUSTERS.items():
        write_cluster(desk, name, keys)
    return desk


def test_every_kind_of_cluster_is_rendered_below_dist(desk: Desk) -> None:
    found = {}
    for name in NAMES:
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


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Databricks]:
    with Databricks(tmp_path / "volumes") as server:
        server.volumes.add_volume(VOLUME)
        yield server


def put_script(desk: Desk, workspace: Databricks, floor: int) -> str:
    """Put a script into the volume as `push` does, and give its path."""
    path = str(desk("nightly-etl", f"--floor={floor}", "--json").expect(0).document["script"])
    content = desk.made("nightly-etl")["init.sh"]
    volume = DatabricksVolume(open_client(workspace.address, TOKEN), Questions())
    assert volume.add(path, content)
    return path


def test_the_script_that_was_pushed_is_the_one_that_documents_name(desk: Desk, workspace: Databricks) -> None:
    paths = [put_script(desk, workspace, floor) for floor in (4, 9)]
    said = desk("nightly-etl", "--pushed", "--json", folder=None, **workspace.environment).expect(0).document
    assert said["script"] == paths[1]
    assert paths[1].encode() in desk.made("nightly-etl")["cluster.tf"]


def test_a_script_of_other_settings_is_not_taken_for_the_one_that_was_pushed(desk: Desk, workspace: Databricks) -> None:
    put_script(desk, workspace, 4)
    shutil.rmtree(desk.repository.root / "dist")
    other = {**workspace.environment, "CODEARTIFACT_REPOSITORY": "another"}
    assert (
        "cluster push nightly-etl"
        in desk.refuse("nightly-etl", "--pushed", code=10, says="no init script", **other).err
    )


def test_the_floor_is_said_or_found_and_not_both(desk: Desk) -> None:
    desk.refuse("nightly-etl", "--pushed", "--floor=4", code=2, says="--pushed finds the floor by itself")


def test_which_workspace_was_pushed_to_has_to_be_said(desk: Desk) -> None:
    desk.refuse("nightly-etl", "--pushed", code=2, says="DATABRICKS_HOST", DATABRICKS_HOST="", DATABRICKS_TOKEN="")
    desk("serverless-reports", "--pushed", DATABRICKS_HOST="").expect(0)
