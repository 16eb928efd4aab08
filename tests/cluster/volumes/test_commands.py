"""`push`, `rollback`, `prune` and `status` as their users have them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from cluster.steps.script import SOURCES
from tests.cluster.locksmith import VOLUME, Locksmith
from tests.repository.tree import ROOT
from tests.servers.databricks import Cluster, Databricks, Principal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.release.command import Ended


@dataclass
class Team:
    """A repository with a cluster `etl` that is locked, and a workspace with its volume."""

    locksmith: Locksmith
    workspace: Databricks

    def __call__(self, *words: str, **variables: str) -> Ended:
        return self.locksmith.call(*words, **{**self.workspace.environment, **variables})

    def relock(self, version: str) -> None:
        """Release alpha once more, and lock that."""
        self.locksmith.publisher.release(f"alpha/v{version}", ["rich"])
        self.locksmith.call("lock", "etl", "--upgrade").expect(0)

    @property
    def files(self) -> list[str]:
        """What stands in the volume, below its path there."""
        root = self.workspace.volumes.place(VOLUME)
        return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


@pytest.fixture
def team(locksmith: Locksmith, workspace: Databricks) -> Team:
    for name in ("init.sh", *SOURCES):
        locksmith.repository.write(f"databricks/{name}", (ROOT / "databricks" / name).read_text())
    locksmith.cluster("etl", alpha=">=0.1")
    locksmith.offer("rich", "1.0")
    team = Team(locksmith, workspace)
    team.relock("0.1.0")
    return team


def test_a_lock_goes_from_this_machine_into_the_volume(team: Team) -> None:
    ended = team("push", "etl").expect(0)
    assert [line.split() for line in ended.out.splitlines()] == [
        ["cluster", "lock", "sequence", "files"],
        ["pushed", "etl", "1", "1", "8", "sent,", "0", "there", "already"],
    ]
    assert "it is new, so name it in the cluster's or the policy's settings" in ended.err
    assert "hatch run cluster status etl says which have" in ended.err
    assert [path for path in team.files if path.startswith("wheels/")] == [
        "wheels/alpha/0.1.0/SHA256SUMS",
        "wheels/alpha/0.1.0/alpha-0.1.0-py3-none-any.whl",
        "wheels/alpha/0.1.0/alpha-0.1.0.cdx.json",
        "wheels/alpha/0.1.0/alpha-0.1.0.intoto.jsonl",
        "wheels/rich/1.0/rich-1.0-py3-none-any.whl",
    ]


def test_a_second_push_says_identical(team: Team, tmp_path: Path) -> None:
    first = team("push", "etl", "--json").expect(0).document
    summary = tmp_path / "summary.md"
    again = team("push", "etl", "--json", GITHUB_STEP_SUMMARY=str(summary)).expect(0).document
    assert (again["state"], again["sent"], again["sequence"]) == ("identical", [], 1)
    assert (again["script"], again["script_is_new"]) == (first["script"], False)
    assert "| identical | etl | 1 | 1 |" in summary.read_text()
    assert team("push", "etl").expect(0).out.splitlines()[1].startswith("identical")


def test_the_prefix_of_its_scripts_goes_on_the_allow_list(team: Team) -> None:
    said = team("push", "etl", "--allow", "--json").expect(0).document
    assert said["allowed"] == f"{VOLUME}/clusters/etl/scripts/"
    assert [each["artifact"] for each in team.workspace.allow_lists.lists["INIT_SCRIPT"]] == [said["allowed"]]
    assert team("push", "etl", "--allow", "--json").expect(0).document["state"] == "identical"


def test_serverless_compute_has_no_script_to_allow(team: Team) -> None:
    team.locksmith.ship("serverless-v4", {"idna==3.4": ()}, python="3.12")
    team.locksmith.cluster("reports", "serverless-v4", rich="")
    ended = team("push", "reports", "--allow").expect(2)
    assert "takes no init script" in ended.err
    team.locksmith.call("lock", "reports").expect(0)
    said = team("push", "reports", "--json").expect(0).document
    assert said["script"] is None
    assert "serverless compute has no clusters" in team("status", "reports").expect(0).out


@pytest.mark.parametrize("command", ["push", "rollback", "prune"])
def test_missing_settings_are_said_at_once(team: Team, command: str) -> None:
    ended = team.locksmith.call(command, "etl", DATABRICKS_TOKEN="").expect(2)
    assert "settings are missing: DATABRICKS_HOST, DATABRICKS_TOKEN" in ended.err
    assert "hint: set DATABRICKS_HOST and DATABRICKS_TOKEN" in ended.err
    assert team.workspace.calls == []


def test_an_address_that_is_none_is_told(team: Team) -> None:
    ended = team("push", "etl", DATABRICKS_HOST="http://[").expect(2)
    assert "hint: look at DATABRICKS_HOST and DATABRICKS_TOKEN" in ended.err


@pytest.mark.parametrize("command", ["push", "rollback", "status"])
def test_an_unknown_cluster_is_refused_with_those_that_are_known(team: Team, command: str) -> None:
    ended = team(command, "elt").expect(2)
    assert "there is no cluster elt" in ended.err
    assert "etl" in ended.err


def test_a_lock_that_is_not_of_its_cluster_file_goes_nowhere(team: Team) -> None:
    team.locksmith.cluster("etl", alpha=">=0.2")
    ended = team("push", "etl").expect(10)
    assert "hatch run cluster lock etl" in ended.err
    assert team.files == []


def test_a_token_that_is_not_good_is_told_and_never_shown(team: Team) -> None:
    ended = team("push", "etl", "--json", DATABRICKS_TOKEN="dapi-of-nobody").expect(15)  # noqa: S106  # of a stand-in
    assert "it is not permitted" in ended.document["error"]["message"]
    assert "dapi-of-nobody" not in ended.out + ended.err


def test_a_rollback_goes_back_and_says_from_where_to_where(team: Team) -> None:
    team("push", "etl").expect(0)
    team.relock("0.2.0")
    team("push", "etl").expect(0)
    ended = team("rollback", "etl").expect(0)
    assert ended.out.splitlines()[1].split()[:6] == ["rolled", "back", "etl", "2", "1", "3"]
    said = team("rollback", "etl", "--to", "1", "--json").expect(0).document
    assert (said["state"], said["lock"]["number"], said["sequence"]) == ("identical", 1, 3)
    assert team("rollback", "etl", "--to", "2", "--json").expect(0).document["sequence"] == 4


def test_a_push_undoes_a_rollback_only_when_told(team: Team) -> None:
    team("push", "etl").expect(0)
    team.relock("0.2.0")
    assert not team("push", "etl", "--json").expect(0).document["forward_again"]
    assert "takes no lock up to 2 now" in team("rollback", "etl").expect(0).err
    said = team("status", "etl", "--json").expect(0).document
    assert said["pointer"] == {"number": 1, "sequence": 3, "rolled_back_from": 2}
    assert "at lock 1, sequence 3; somebody has rolled back from lock 2" in team("status", "etl").expect(0).out
    ended = team("push", "etl").expect(10)
    assert "hatch run cluster push etl --forward" in ended.err
    assert team("status", "etl", "--json").expect(0).document["pointer"] == said["pointer"]
    ended = team("push", "etl", "--forward").expect(0)
    assert "rollback etl --to 1 does it again" in ended.err
    team("rollback", "etl").expect(0)
    assert team("push", "etl", "--forward", "--json").expect(0).document["forward_again"]


def test_a_lock_anew_needs_no_word_after_a_rollback(team: Team) -> None:
    team("push", "etl").expect(0)
    team.relock("0.2.0")
    team("push", "etl").expect(0)
    assert team("rollback", "etl", "--json").expect(0).document["rolled_back_from"] == 2
    team.relock("0.3.0")
    said = team("push", "etl", "--json").expect(0).document
    assert (said["lock"]["number"], said["forward_again"]) == (3, False)


def test_a_script_that_a_policy_or_a_job_names_is_not_pruned(team: Team) -> None:
    scripts = []
    for number in range(4):
        team.locksmith.repository.write("databricks/refresher.py", f"# way {number}\n")
        scripts.append(team("push", "etl", "--json").expect(0).document["script"])
    definition = json.dumps({"init_scripts.0.volumes.destination": {"type": "fixed", "value": scripts[0]}})
    team.workspace.compute.policies["A1"] = {"policy_id": "A1", "name": "locked", "definition": definition}
    cluster = {"init_scripts": [{"volumes": {"destination": scripts[1]}}], "spark_version": "15.4.x-scala2.12"}
    team.workspace.jobs.jobs[1] = {
        "name": "nightly",
        "job_clusters": [{"job_cluster_key": "a", "new_cluster": cluster}],
    }
    (said,) = team("prune", "--keep", "1", "--json").expect(0).document["volumes"]
    assert said["scripts"] == [scripts[2].removesuffix("/init.sh")]


def test_a_rollback_to_another_runtime_warns(team: Team) -> None:
    team("push", "etl").expect(0)
    team.locksmith.ship("new", {"idna==3.4": ()}, python="3.12")
    team.locksmith.cluster("etl", "new", alpha=">=0.1")
    team.locksmith.call("lock", "etl").expect(0)
    team("push", "etl").expect(0)
    assert "lock 1 is for runtime tiny, and 2 for new" in team("rollback", "etl").expect(0).err


def test_prune_shows_what_would_go_and_takes_it_away_when_told(team: Team) -> None:
    for version in ("0.2.0", "0.3.0"):
        team("push", "etl").expect(0)
        team.relock(version)
    team("push", "etl").expect(0)
    before = team.files
    ended = team("prune", "--keep", "2").expect(0)
    assert "nothing was changed: --yes takes these away" in ended.err
    rows = [line.split() for line in ended.out.splitlines()[1:]]
    assert rows == [
        ["would", "go", f"{VOLUME}/clusters/etl/locks/1"],
        ["would", "go", f"{VOLUME}/wheels/alpha/0.1.0"],
    ]
    assert team.files == before
    said = team("prune", "etl", "--keep", "2", "--yes", "--json").expect(0).document
    assert said["is_done"]
    assert said["volumes"][0]["kept"] == {"etl": [2, 3]}
    assert not [path for path in team.files if "alpha/0.1.0" in path or "locks/1/" in path]
    assert "nothing to prune" in team("prune").expect(0).err


def test_prune_without_a_cluster_file_says_so(locksmith: Locksmith, workspace: Databricks) -> None:
    assert "there is no cluster file" in locksmith.call("prune", **workspace.environment).expect(2).err


def test_status_without_a_workspace_says_what_is_known_here(team: Team) -> None:
    ended = team.locksmith.call("status", "etl", DATABRICKS_TOKEN="").expect(0)
    assert ended.out.startswith("lock:    1 of ")
    assert "DATABRICKS_HOST and DATABRICKS_TOKEN have to name a workspace" in ended.out
    document = team.locksmith.call("status", "etl", "--json").expect(0).document
    assert (document["workspace"], document["clusters"], document["pointer"]) == (False, [], None)
    assert "--cluster-id asks a workspace" in team.locksmith.call("status", "etl", "--cluster-id", "1").expect(2).err


def test_status_says_what_is_behind_and_what_is_not_pushed(team: Team) -> None:
    team("push", "etl").expect(0)
    team.relock("0.2.0")
    team.locksmith.cluster("etl", alpha=">=0.1", rich="")
    out = team("status", "etl").expect(0).out
    assert "made from another cluster file: +rich: hatch run cluster lock etl" in out
    assert "pointer: at lock 1, sequence 1; lock 2 is not pushed" in out
    assert "no cluster in the workspace is called etl" in out


def test_status_shows_each_cluster_with_its_verdict_and_what_to_do(team: Team) -> None:
    script = team("push", "etl", "--json").expect(0).document["script"]
    cluster = team.workspace.compute.add(Cluster("0123-456789-abcdefgh", "etl", init_scripts=[script]))
    cluster.installs("INSTALLED", pypi={"package": "six"})
    out = team("status", "etl").expect(0).out
    row = next(line for line in out.splitlines() if line.startswith("drifted"))
    assert row.split()[:4] == ["drifted", "etl", "(0123-456789-abcdefgh)", "RUNNING"]
    assert "\n  next: name it in databricks/clusters/etl.toml and lock" in out
    (said,) = team("status", "etl", "--json").expect(0).document["clusters"]
    assert (said["verdict"], said["libraries"]) == ("drifted", [{"kind": "pypi", "name": "six", "status": "INSTALLED"}])
    assert said["started"] == "2026-01-02T03:04:05+00:00"


def test_status_of_a_cluster_file_that_is_broken_names_it(team: Team) -> None:
    team.locksmith.repository.write("databricks/clusters/etl.toml", "runtime = 7\n")
    assert "databricks/clusters/etl.toml" in team("status", "etl").expect(2).err


def test_status_asks_nothing_that_changes_anything(team: Team) -> None:
    team("push", "etl").expect(0)
    team.workspace.tokens["reader"] = Principal(frozenset({"Upload", "Delete", "UpdateAllowLists"}))
    team.workspace.forget()
    team("status", "etl", DATABRICKS_TOKEN="reader").expect(0)  # noqa: S106  # of a stand-in
    verbs = {call.partition(" ")[0] for call in team.workspace.calls}
    assert verbs <= {"/.well-known/databricks-config", "GetDirectory", "Download", "GetMetadata", "ListClusters"}
