"""What a cluster really has, told from its workspace, its nodes' logs and the volume."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from cluster.model.judgement import Judgement, Verdict
from release.errors import Unauthorized, UsageError
from tests.cluster.volumes.harbour import CLUSTER, VOLUME, Harbour
from tests.servers.databricks import Cluster, Principal, log_name

if TYPE_CHECKING:
    from cluster.model.pushed import Pushed

ID = "0123-456789-abcdefgh"
LOGS = f"{VOLUME}/logs"
NODE = {"driver": "10.0.0.1", "executor": "10.0.0.2"}


@dataclass
class Yard:
    """A cluster that has started after its lock was pushed, and whose logs go to the volume."""

    harbour: Harbour
    pushed: Pushed
    cluster: Cluster
    moved: int
    """When the pointer was written, in milliseconds."""

    def says(self, role: str, line: str, after: float = 60, script: str = "init.sh") -> str:
        """Have a node's init script say something, so many seconds after the pointer moved; give the log's path."""
        path = f"{LOGS}/{log_name(self.cluster.id, NODE[role], script=script)}"
        self.harbour.plant(path, f"other words\n{line}\nother words\n".encode())
        time = self.moved / 1000 + after
        os.utime(self.harbour.workspace.volumes.place(path), (time, time))
        return path

    def is_ok(self, role: str, lock: int = 2, cluster: str = CLUSTER, **more: str) -> str:
        """Have a node say that it is as locked."""
        facts = {"cluster": cluster, "node": NODE[role], "role": role, "runtime": "15.4", "lock": str(lock)}
        facts |= {"sequence": "2", "source": "volume", **more}
        return self.says(role, "wheelyard: OK " + " ".join(f"{key}={value}" for key, value in facts.items()))

    @property
    def judged(self) -> Judgement:
        (observation,) = self.harbour.observe.run([])
        return observation.judge()

    def script_ran(self, status: str, **more: object) -> None:
        """Have the event log tell of the init script."""
        self.cluster.runs_script(self.pushed.script, status, self.moved + 60_000, **more)


@pytest.fixture
def yard(harbour: Harbour) -> Yard:
    harbour.send(1, harbour.shelf.locked("six"))
    pushed = harbour.send(2, harbour.shelf.locked("six", "1.1"))
    moved = int(harbour.workspace.volumes.place(harbour.layout.pointer).stat().st_mtime) * 1000
    cluster = Cluster(ID, CLUSTER, last_restarted_time=moved + 30_000, init_scripts=[pushed.script], logs=LOGS)
    return Yard(harbour, pushed, harbour.workspace.compute.add(cluster), moved)


def test_nodes_that_all_say_so_are_as_locked(yard: Yard) -> None:
    yard.is_ok("driver")
    yard.is_ok("executor")
    yard.script_ran("SUCCEEDED")
    assert yard.judged == Judgement(Verdict.AS_LOCKED, "driver and 1 executor have lock 2")


def test_nodes_that_took_the_volume_instead_say_after_what(yard: Yard) -> None:
    yard.is_ok("driver", after="token")
    assert yard.judged.why == "driver has lock 2 (token: from the volume)"


def test_without_logs_the_event_log_has_to_do(yard: Yard) -> None:
    yard.cluster.logs = ""
    yard.script_ran("SUCCEEDED")
    judged = yard.judged
    assert judged.verdict is Verdict.AS_LOCKED
    assert "as one node reports" in judged.why
    assert "log destination" in judged.next


def test_libraries_of_a_policy_are_as_locked_too(yard: Yard) -> None:
    yard.cluster.init_scripts = []
    yard.cluster.installs("INSTALLED", whl=yard.harbour.layout.wheel(yard.harbour.shelf.locked("six", "1.1")))
    assert yard.judged == Judgement(Verdict.AS_LOCKED, "its libraries are the 1 wheels of lock 2")


def test_libraries_that_are_on_their_way_are_unknown(yard: Yard) -> None:
    yard.cluster.installs("INSTALLING", whl=yard.harbour.layout.wheel(yard.harbour.shelf.locked("six", "1.1")))
    assert yard.judged.verdict is Verdict.UNKNOWN


def test_nodes_with_an_older_lock_are_stale(yard: Yard) -> None:
    path = yard.is_ok("driver", lock=1)
    yard.is_ok("executor", lock=1)
    assert yard.judged == Judgement(
        Verdict.STALE,
        "its nodes have lock 1, and the pointer is at lock 2",
        f"databricks clusters restart {ID}",
        path,
    )


def test_what_was_rolled_back_is_stale_until_it_is_restarted(yard: Yard) -> None:
    yard.is_ok("driver")
    yard.harbour.rollback.run(None, has_wheels=True)
    assert yard.judged.why == "its nodes have lock 2, and the pointer is at lock 1"


def test_a_cluster_that_started_before_the_pointer_moved_is_stale(yard: Yard) -> None:
    yard.cluster.logs, yard.cluster.last_restarted_time = "", yard.moved - 60_000
    yard.script_ran("SUCCEEDED")
    judged = yard.judged
    assert judged.verdict is Verdict.STALE
    assert judged.why.startswith("it started ")
    assert judged.why.endswith(f"the pointer moved {datetime.fromtimestamp(yard.moved / 1000, timezone.utc):%F %T} UTC")


def test_a_library_that_leaves_with_the_next_start_makes_it_stale(yard: Yard) -> None:
    yard.cluster.installs("UNINSTALL_ON_RESTART", jar="/Volumes/a.jar")
    assert yard.judged.why == "/Volumes/a.jar goes with the next start"


def test_libraries_of_another_lock_are_stale(yard: Yard) -> None:
    shelf, layout = yard.harbour.shelf, yard.harbour.layout
    yard.harbour.send(3, shelf.locked("six", "1.1"), shelf.locked("attrs"))
    yard.cluster.last_restarted_time += 3_600_000
    yard.cluster.installs("INSTALLED", whl=layout.wheel(shelf.locked("six", "1.1")))
    judged = yard.judged
    assert (judged.verdict, judged.why) == (
        Verdict.STALE,
        "its libraries are of another lock: attrs-1.0-py3-none-any.whl is not among them",
    )
    assert "render" in judged.next


def test_a_library_of_an_older_lock_is_stale_and_no_drift(yard: Yard) -> None:
    shelf, layout = yard.harbour.shelf, yard.harbour.layout
    for version in ("1.0", "1.1"):
        yard.cluster.installs("INSTALLED", whl=layout.wheel(shelf.locked("six", version)))
    judged = yard.judged
    assert judged.verdict is Verdict.STALE
    assert judged.why == "its libraries are of another lock: six-1.0-py3-none-any.whl is not locked now"


def test_a_library_beside_the_lock_is_drift(yard: Yard) -> None:
    yard.is_ok("driver")
    yard.cluster.installs("INSTALLED", pypi={"package": "six==1.0"})
    yard.cluster.installs("INSTALLED", jar="/Volumes/a.jar")
    judged = yard.judged
    assert (judged.verdict, judged.why) == (Verdict.DRIFTED, "installed beside the lock: pypi six==1.0")
    assert "databricks/clusters/nightly-etl.toml" in judged.next


def test_nodes_that_differ_are_drift(yard: Yard) -> None:
    yard.is_ok("driver", lock=1)
    yard.is_ok("executor", lock=2)
    judged = yard.judged
    assert (judged.verdict, judged.why) == (Verdict.DRIFTED, "nodes differ: driver has lock 1, 1 executor has lock 2")


def test_nodes_that_differ_as_they_could_not_ask_their_driver_are_counted(yard: Yard) -> None:
    yard.is_ok("driver", lock=1)
    yard.is_ok("executor", lock=2, pointer="driver-silent")
    assert yard.judged.why.endswith("1 executor has lock 2 (1 could not ask the driver which)")


def test_a_node_of_another_cluster_s_script_is_drift(yard: Yard) -> None:
    yard.is_ok("driver", cluster="analytics")
    assert yard.judged.why == "node 10.0.0.1 was made for the cluster analytics"


def test_a_node_that_failed_says_why_and_where(yard: Yard) -> None:
    yard.cluster.state, yard.cluster.termination = "TERMINATED", {"code": "INIT_SCRIPT_FAILURE"}
    yard.is_ok("driver")
    who = f"cluster={CLUSTER} node=10.0.0.2 role=executor runtime=15.4"
    line = f'wheelyard: FAIL code=wrong-hash {who} what="six is \\"other\\""'
    path = yard.says("executor", line)
    assert yard.judged == Judgement(
        Verdict.FAILED,
        'executor 10.0.0.2: wrong-hash: six is "other"',
        f"databricks/DATABRICKS_SETUP.md says what to do about wrong-hash; then databricks clusters restart {ID}",
        path,
    )


def test_two_nodes_that_failed_are_counted(yard: Yard) -> None:
    for role, node in NODE.items():
        yard.says(role, f"wheelyard: FAIL code=disk cluster={CLUSTER} node={node} role={role} runtime=15.4")
    assert yard.judged.why == "driver 10.0.0.1: disk, and 1 more"


def test_the_last_line_of_a_node_counts_whichever_file_it_is_in(yard: Yard) -> None:
    yard.is_ok("driver")
    yard.says("driver", "another script has nothing to say of it", after=90, script="other.sh")
    assert yard.judged.verdict is Verdict.AS_LOCKED


def test_lines_of_an_earlier_start_do_not_count(yard: Yard) -> None:
    yard.says("driver", f"wheelyard: FAIL code=disk cluster={CLUSTER} node=10.0.0.1 role=driver runtime=15.4", after=0)
    assert yard.judged.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("logs", "place"), [(LOGS, f"{LOGS}/{ID}/init_scripts/"), ("", "/databricks/init_scripts/ on the node")]
)
def test_an_init_script_that_failed_is_told_with_the_log_s_place(yard: Yard, logs: str, place: str) -> None:
    yard.cluster.logs = logs
    yard.script_ran("FAILED_EXECUTION", error_message="exit code 28")
    judged = yard.judged
    assert (judged.verdict, judged.log) == (Verdict.FAILED, place)
    assert judged.why == "init script of node 10.0.0.1: FAILED_EXECUTION: exit code 28"


def test_a_script_that_is_none_of_ours_is_named_as_such(yard: Yard) -> None:
    yard.cluster.runs_script("/Volumes/main/else/other.sh", "FAILED_EXECUTION", yard.moved + 60_000)
    assert "script /Volumes/main/else/other.sh, which is none of ours, of node 10.0.0.1" in yard.judged.why


def test_a_script_that_could_not_be_fetched_leads_to_the_allow_list(yard: Yard) -> None:
    yard.script_ran("FAILED_FETCH")
    assert f"is {yard.pushed.script} there" in yard.judged.next
    assert "push nightly-etl --allow" in yard.judged.next


def test_an_end_by_init_script_failure_is_told_even_without_events(yard: Yard) -> None:
    yard.cluster.state = "TERMINATED"
    yard.cluster.termination = {
        "code": "INIT_SCRIPT_FAILURE",
        "type": "CLIENT_ERROR",
        "parameters": {"databricks_error_message": "Script exit status is non-zero"},
    }
    judged = yard.judged
    assert (judged.verdict, judged.why) == (Verdict.FAILED, "INIT_SCRIPT_FAILURE: Script exit status is non-zero")


def test_a_library_that_failed_is_told(yard: Yard) -> None:
    yard.cluster.installs("FAILED", "no matching distribution", pypi={"package": "sixx", "repo": "https://example.com"})
    assert yard.judged.why == "library sixx: no matching distribution"


def test_a_cluster_that_does_not_run_is_unknown(yard: Yard) -> None:
    yard.cluster.state, yard.cluster.termination = "TERMINATED", {"code": "INACTIVITY"}
    judged = yard.judged
    assert (judged.verdict, judged.why) == (
        Verdict.UNKNOWN,
        "it is TERMINATED (INACTIVITY): its next start installs lock 2",
    )


def test_a_cluster_that_says_nothing_is_unknown_and_told_how_to_speak(yard: Yard) -> None:
    yard.cluster.init_scripts, yard.cluster.logs = [], ""
    judged = yard.judged
    assert judged.verdict is Verdict.UNKNOWN
    assert "push nightly-etl" in judged.next


def test_job_clusters_are_found_by_the_script_that_they_name(yard: Yard) -> None:
    compute, script = yard.harbour.workspace.compute, yard.pushed.script
    del compute.clusters[ID]
    hour = 3_600_000
    for number, state in enumerate(("TERMINATED", "RUNNING", "TERMINATED"), 1):
        started = yard.moved + number * hour
        name = f"job-{number}-run-{number}"
        compute.add(Cluster(str(number), name, state, last_restarted_time=started, init_scripts=[script]))
    compute.add(Cluster("other", "somebody-else-s", init_scripts=[f"{VOLUME}/clusters/other/scripts/1/init.sh"]))
    assert [each.cluster.id for each in yard.harbour.observe.run([])] == ["2", "3"]


def test_a_cluster_can_be_named(yard: Yard) -> None:
    yard.harbour.workspace.compute.add(Cluster("another", "other name"))
    assert [each.cluster.name for each in yard.harbour.observe.run(["another"])] == ["other name"]
    with pytest.raises(UsageError, match="no cluster with the id nothing"):
        yard.harbour.observe.run(["nothing"])


def test_no_cluster_is_no_observation(yard: Yard) -> None:
    yard.harbour.workspace.compute.clusters.clear()
    assert yard.harbour.observe.run([]) == ()


def test_where_nothing_was_pushed_that_is_said(harbour: Harbour) -> None:
    with pytest.raises(UsageError, match="nothing was pushed for nightly-etl") as refused:
        harbour.observe.run([])
    assert refused.value.hint == "hatch run cluster push nightly-etl"


def test_whoever_may_not_list_clusters_is_told(yard: Yard) -> None:
    yard.harbour.workspace.tokens["blind"] = Principal(frozenset({"ListClusters"}))
    blind = Harbour(yard.harbour.workspace, yard.harbour.folder, token="blind")  # noqa: S106  # of a stand-in
    with pytest.raises(Unauthorized, match="list clusters"):
        blind.observe.run([])
