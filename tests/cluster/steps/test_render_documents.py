"""One lock in every form: the same bytes each time, exact paths, and nothing that nobody asked for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from packaging.version import Version

from cluster.model.lock import Locked
from cluster.steps.render.documents import render_documents
from cluster.steps.render.form import Form
from cluster.steps.render.runtime_keys import find_runtime_key
from tests.cluster.rendering import CASES, SCRIPT, VOLUME, WHEELS, golden, make_file, make_lock, read, render
from tests.repository.tree import ROOT

SHA256 = hashlib.sha256(SCRIPT).hexdigest()


@pytest.mark.parametrize("name", CASES)
def test_a_lock_becomes_the_same_bytes_as_ever(name: str) -> None:
    made = render(name, **CASES[name]).files
    assert {path: content.decode() for path, content in made.items()} == {
        path: content.decode() for path, content in golden(name).items()
    }


def test_every_document_names_the_init_script_by_its_digest_and_no_other() -> None:
    rendered = render(fallback="volume")
    assert rendered.script == f"{VOLUME}/clusters/nightly-etl/scripts/{SHA256[:12]}/init.sh"
    counts = {name: content.count(b"/init.sh") for name, content in rendered.files.items() if b"/init.sh" in content}
    assert counts == {"cluster.json": 1, "policy.json": 1, "databricks.yml": 1, "cluster.tf": 2}
    assert all(rendered.files[name].count(rendered.script.encode()) == count for name, count in counts.items())


def test_a_policy_fixes_the_runtime_and_the_script_and_nothing_else() -> None:
    rendered = render()
    definition = json.loads(read("policy.json", rendered.files["policy.json"])["definition"])
    assert definition == {
        "spark_version": {"type": "fixed", "value": "15.4.x-scala2.12"},
        "init_scripts.0.volumes.destination": {"type": "fixed", "value": rendered.script},
    }


def test_a_runtime_whose_key_nobody_knows_is_fixed_nowhere_and_asked_for_where_it_has_to_be_said() -> None:
    files = render(runtime="19", source="volume").files
    assert "spark_version" not in json.loads(read("policy.json", files["policy.json"])["definition"])
    assert "spark_version" not in read("cluster.json", files["cluster.json"])
    assert json.loads(read("x.json", files["libraries/policy.json"])["definition"]) == {}
    for name in ("databricks.yml", "libraries/databricks.yml"):
        assert "spark_version" in read(name, files[name])["variables"]
    assert b"= var.spark_version" in files["cluster.tf"]


def test_what_stays_the_same_from_lock_to_lock_does_not_name_the_lock() -> None:
    file = make_file(fallback="volume")
    one, other = (render_documents(file, make_lock(file, number=number), SCRIPT).files for number in (7, 8))
    assert {name for name in one if one[name] != other[name]} == {
        "lock.txt",
        "libraries/policy.json",
        "libraries/databricks.yml",
        "libraries/cluster.tf",
    }


def test_no_document_has_a_glob() -> None:
    for name, keys in CASES.items():
        files = render(name, **keys).files
        assert not [path for path, content in files.items() if path != "lock.txt" and b"*" in content]


def test_wheels_come_behind_what_they_need() -> None:
    file = make_file()
    shuffled = (
        replace(WHEELS[0], name="zz", wheel="zz-1-py3-none-any.whl", why="needed by pydantic, typer"),
        replace(WHEELS[2]),
        replace(WHEELS[3]),
        replace(WHEELS[1], why="needed by zz"),
    )
    names = [path.split("/")[6] for path in Form(file, make_lock(file, wheels=shuffled)).wheels]
    assert names == ["env-drift", "zz", "pydantic", "table-contracts"]


def test_wheels_that_need_each_other_come_once_each() -> None:
    file = make_file()
    ring = tuple(
        Locked(name, Version("1"), f"{name}-1-py3-none-any.whl", "a" * 64, f"needed by {by}")
        for name, by in (("a", "b"), ("b", "c"), ("c", "a"))
    )
    assert len(Form(file, make_lock(file, wheels=ring)).wheels) == 3


def test_libraries_are_named_only_where_their_wheels_are_pushed_to_the_volume() -> None:
    assert not [path for path in render().files if path.startswith("libraries/")]
    assert [path for path in render(fallback="volume").files if path.startswith("libraries/")]


def test_only_a_cluster_that_asks_codeartifact_is_somebody_to_aws() -> None:
    with_profile, without = render().files, render(source="volume").files
    for name in ("databricks.yml", "cluster.tf"):
        assert b"instance_profile_arn" in with_profile[name]
        assert b"instance_profile_arn" not in without[name]


def test_serverless_compute_gets_an_environment_and_no_script() -> None:
    rendered = render("serverless-reports", **CASES["serverless-reports"])
    assert rendered.script == ""
    assert set(rendered.files) == {"env.yaml", "databricks.yml", "lock.txt"}
    environment = read("env.yaml", rendered.files["env.yaml"])
    assert environment["environment_version"] == "4"
    assert len(environment["dependencies"]) == len(WHEELS)


def test_a_key_is_known_for_tables_that_name_it_as_where_they_come_from() -> None:
    tables = {path.stem: path.read_text() for path in (ROOT / "databricks" / "runtimes").glob("*.txt")}
    keys = {name: find_runtime_key(make_file(runtime=name)) for name in tables if not name.startswith("serverless-")}
    assert {name for name, key in keys.items() if not key} == {"18-ml-cpu", "19", "19-ml-cpu"}
    unnamed = {name: key for name, key in keys.items() if key and f"python/dbr/{key}/" not in tables[name]}
    assert unnamed == {"18": "18.x-scala2.13"}  # the table's origin has another form of it


def test_no_key_is_known_for_graviton() -> None:
    assert find_runtime_key(make_file(architecture="aarch64")) == ""


def test_a_cluster_whose_name_begins_with_a_digit_has_a_name_that_terraform_takes() -> None:
    files = render("15-4-etl", source="volume").files
    assert b'resource "databricks_cluster" "_15_4_etl" {' in files["cluster.tf"]
    assert b"= databricks_cluster_policy._15_4_etl.id" in files["cluster.tf"]
