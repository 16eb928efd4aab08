"""What is rendered is what Databricks and Terraform take: by schemas, by the SDK's types, and by a parser of HCL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hcl2
import jsonschema_rs
import pytest
import yaml
from databricks.sdk.service.compute import ClusterSpec, Environment, Library
from databricks.sdk.service.jobs import JobSettings

from tests.cluster.rendering import CASES, read, render, require_valid
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {(name, path): content for name, keys in CASES.items() for path, content in render(name, **keys).files.items()}
VARIABLES = {"num_workers": 1, "data_security_mode": "SINGLE_USER"}


def named(end: str) -> list[Any]:
    """Give every document whose name ends like this, by the cluster that it is of."""
    return [
        pytest.param(read(path, content), id=f"{name}/{path}")
        for (name, path), content in FILES.items()
        if path.endswith(end)
    ]


def filled(document: Any) -> Any:  # noqa: ANN401  # any part of a document
    """Give a bundle as it is deployed: with a value for every variable."""
    if isinstance(document, dict):
        return {key: filled(value) for key, value in document.items()}
    if isinstance(document, list):
        return [filled(each) for each in document]
    if isinstance(document, str) and document.startswith("${var."):
        return VARIABLES.get(document[6:-1], "some-text")
    return document


def jobs_of(bundle: dict[str, Any]) -> list[dict[str, Any]]:
    return list(bundle["resources"]["jobs"].values())


@pytest.mark.parametrize("policy", named("policy.json"))
def test_a_policy_is_what_the_interface_and_the_definition_language_take(policy: dict[str, Any]) -> None:
    require_valid("policy", policy)
    require_valid("policy-definition", json.loads(policy["definition"]))
    assert [Library.from_dict(each).as_dict() for each in policy.get("libraries", [])] == policy.get("libraries", [])


@pytest.mark.parametrize("cluster", named("cluster.json"))
def test_a_cluster_s_attributes_are_those_of_the_sdk(cluster: dict[str, Any]) -> None:
    require_valid("cluster", cluster)
    assert ClusterSpec.from_dict(cluster).as_dict() == cluster


@pytest.mark.parametrize(
    "bundle",
    [
        *named("databricks.yml"),
        pytest.param(yaml.safe_load((ROOT / "databricks" / "databricks.yml").read_text()), id="rotation"),
    ],
)
def test_a_bundle_holds_jobs_that_the_sdk_knows_and_declares_what_it_uses(bundle: dict[str, Any]) -> None:
    require_valid("bundle", bundle)
    used = {word.partition("}")[0] for word in yaml.safe_dump(bundle, width=10_000).split("${var.")[1:]}
    assert used == set(bundle["variables"])
    for job in jobs_of(bundle):
        settings = filled(job)
        assert JobSettings.from_dict(settings).as_dict() == settings
        keys = {each["job_cluster_key"] for each in job.get("job_clusters", ())}
        keys |= {each["environment_key"] for each in job.get("environments", ())}
        assert {task.get("job_cluster_key", task.get("environment_key")) for task in job["tasks"]} == keys


@pytest.mark.parametrize("environment", named("env.yaml"))
def test_an_environment_is_that_of_the_sdk(environment: dict[str, Any]) -> None:
    require_valid("environment", environment)
    assert Environment.from_dict(environment).as_dict() == environment


def resources(text: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for each in hcl2.loads(text)["resource"]:
        ((kind, found),) = ((kind, found) for kind, found in each.items() if kind != "__is_block__")
        ((name, body),) = ((name, body) for name, body in found.items() if name != "__is_block__")
        yield kind.strip('"'), name.strip('"'), body


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, path in FILES if path.endswith(".tf")], ids=lambda each: each
)
def test_terraform_s_blocks_parse_and_declare_what_they_use(name: str, path: str) -> None:
    text = FILES[name, path].decode()
    found = {kind: (label, body) for kind, label, body in resources(text)}
    assert set(found) == {"databricks_cluster_policy", "databricks_cluster"}
    (label, policy), (_, cluster) = found["databricks_cluster_policy"], found["databricks_cluster"]
    assert label == name.replace("-", "_")
    assert cluster["policy_id"] == f"${{databricks_cluster_policy.{label}.id}}"
    declared = {key.strip('"') for each in hcl2.loads(text)["variable"] for key in each if key != "__is_block__"}
    assert {word.split()[0] for word in text.split(" = var.")[1:]} == declared
    twin = read("policy.json", FILES[name, path.replace("cluster.tf", "policy.json")])
    assert policy["name"] == f'"{twin["name"]}"'
    written = policy["definition"].removeprefix("${jsonencode(").removesuffix(")}")
    assert json.loads(written.replace(" = ", ": ")) == json.loads(twin["definition"])
    wheels = [each["whl"].strip('"') for each in policy.get("libraries", [])]
    assert wheels == [each["whl"] for each in twin.get("libraries", [])]


@pytest.mark.parametrize(
    ("schema", "wrong"),
    [
        ("policy-definition", {"spark_version": {"type": "fix", "value": "15.4.x-scala2.12"}}),
        ("policy-definition", {"spark_version": {"type": "fixed"}}),
        ("policy-definition", {"num_workers": {"type": "range"}}),
        ("policy-definition", {"init scripts": {"type": "forbidden"}}),
        ("policy", {"name": "a", "definition": {}}),
        ("policy", {"name": "a", "definition": "{}", "libraries": [{"whl": "/Volumes/a/b/c/*.whl"}]}),
        ("cluster", {"init_scripts": [{"dbfs": {"destination": "dbfs:/init.sh"}}]}),
        ("cluster", {"data_security_mode": "NONE"}),
        ("environment", {"environment_version": 4, "dependencies": []}),
        ("environment", {"environment_version": "4", "dependencies": ["numpy"]}),
        ("bundle", {"bundle": {"name": "a"}, "variables": {}, "resources": {}}),
    ],
)
def test_a_schema_refuses_what_is_wrong(schema: str, wrong: object) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        require_valid(schema, wrong)
