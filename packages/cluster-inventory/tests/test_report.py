"""Reports of clusters made up node by node."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from cluster_inventory import Cluster, ClusterReport, Node, NodeReport
from cluster_inventory.report import find_disagreements
from cluster_inventory.table import SCHEMA, list_rows
from env_drift import Difference, Installed, Kind

CONTENTS = st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1", "2"])), min_size=1, max_size=4)


def make_node(executor: str, *found: Installed, python: str = "3.12.1") -> Node:
    """Make an executor with what was found on it."""
    return Node("executor", "node", f"10.0.0.1:{executor}", executor, "python3", {"python_full_version": python}, found)


@given(contents=CONTENTS)
def test_nodes_agree_exactly_where_each_has_the_same_versions(contents: list[dict[str, str]]) -> None:
    nodes = [
        make_node(str(number), *(Installed(name, version) for name, version in found.items()))
        for number, found in enumerate(contents)
    ]
    differing = {name for name in "abc" if len({found.get(name) for found in contents}) > 1}
    disagreements = find_disagreements(nodes)
    assert {one.name for one in disagreements} == differing
    for one in disagreements:
        assert [version for _, version in one.versions] == [found.get(one.name) for found in contents]


def test_another_patch_of_python_is_a_disagreement() -> None:
    found = find_disagreements([make_node("0"), make_node("1", python="3.12.2")])
    assert [str(one) for one in found] == ["Python: 3.12.1 on executor 0 on node; 3.12.2 on executor 1 on node"]


def test_spelling_does_not_make_another_distribution() -> None:
    assert not find_disagreements([make_node("0", Installed("A_b", "1")), make_node("1", Installed("a.B", "1"))])


def test_only_the_version_that_an_import_gets_counts() -> None:
    shadowed = make_node("1", Installed("a", "1", "/first"), Installed("a", "2", "/second"))
    assert not find_disagreements([make_node("0", Installed("a", "1")), shadowed])


def test_a_sentence_about_many_nodes_counts_the_rest() -> None:
    nodes = [make_node(str(number), Installed("a", "1")) for number in range(7)]
    found = find_disagreements([*nodes, make_node("7")])
    assert str(found[0]).endswith("executor 4 on node and 2 more; none on executor 7 on node")


def test_a_node_without_an_id_is_called_by_its_address() -> None:
    assert make_node("").name == "executor at 10.0.0.1:"


def test_a_report_says_everything_on_lines_and_as_json() -> None:
    nodes = (make_node("0", Installed("a", "1")), make_node("1"))
    missing = Difference(Kind.MISSING, "a", "1")
    reports = (NodeReport(nodes[0], ()), NodeReport(nodes[1], (missing,)))
    report = ClusterReport("lock.txt", reports, find_disagreements(nodes), local=False)
    assert str(report).splitlines() == [
        "lock.txt: 1 of 2 nodes differ",
        "executor 0 on node, Python 3.12.1: matches",
        "executor 1 on node, Python 3.12.1: differs",
        f"  {missing}",
        "nodes differ from each other:",
        "  a: 1 on executor 0 on node; none on executor 1 on node",
    ]
    said = json.loads(json.dumps(report.as_json()))
    assert (said["matches"], said["uniform"], said["local"]) == (False, False, False)
    assert said["nodes"][1]["differences"][0]["name"] == "a"
    assert said["disagreements"][0]["versions"] == {"executor 0 on node": "1", "executor 1 on node": None}


def test_a_cluster_as_locked_is_consistent() -> None:
    nodes = (make_node("0"), make_node("1"))
    report = ClusterReport("lock.txt", tuple(NodeReport(node, ()) for node in nodes), (), local=False)
    assert report.consistent
    assert str(report).startswith("lock.txt: every node matches\n")


def test_rows_mark_what_is_shadowed_and_keep_a_node_that_has_nothing() -> None:
    full = make_node("0", Installed("a", "1", "/first"), Installed("A", "2", "/second"))
    rows = list_rows(Cluster((full, make_node("1")), local=False))
    assert [row[-4:] for row in rows] == [
        ("a", "1", "/first", False),
        ("A", "2", "/second", True),
        (None, None, None, None),
    ]
    assert {len(row) for row in rows} == {len(SCHEMA.split(", "))}
