"""A bundle's `databricks.yml`: https://docs.databricks.com/aws/en/dev-tools/bundles/reference.

Every file is named exactly: of a glob the newest is guessed, and `1.0.0rc1` is taken for newer than `1.0.0`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cluster.steps.render.attributes import DEDICATED, list_init_scripts
from cluster.steps.render.environment import describe_environment
from cluster.steps.render.policy import list_libraries
from cluster.steps.render.text import as_yaml

if TYPE_CHECKING:
    from cluster.steps.render.form import Form

_ENVIRONMENT: Final = "default"
_SIZES: Final = ("node_type_id", "num_workers", "data_security_mode")
_VARIABLES: Final[dict[str, dict[str, Any]]] = {
    "python_file": {"description": "What the job runs.", "default": "./main.py"},
    "node_type_id": {"description": "What the cluster's nodes are."},
    "num_workers": {"description": "How many of them, beside the driver.", "default": 1},
    "data_security_mode": {"description": "The access mode; it has to be one of Unity Catalog.", "default": DEDICATED},
    "spark_version": {"description": "The key of the runtime that the lock was made for."},
    "instance_profile_arn": {"description": "Who nodes are to AWS; it may read from CodeArtifact."},
}


def write_bundle(form: Form) -> bytes:
    """Write a job whose cluster runs the init script."""
    aws = ("instance_profile_arn",) if form.file.source == "codeartifact" else ()
    who = {"aws_attributes": {name: _use(name) for name in aws}} if aws else {}
    job = _job(form, {**who, "init_scripts": list_init_scripts(form)}, {})
    return _dump(form, form.title, (*_asked(form), *aws), job)


def write_libraries_bundle(form: Form) -> bytes:
    """Write a job whose task has the wheels as libraries."""
    return _dump(form, form.locked_title, _asked(form), _job(form, {}, {"libraries": list_libraries(form)}))


def write_serverless_bundle(form: Form) -> bytes:
    """Write a job on serverless compute, whose environment has the wheels."""
    task = {"task_key": form.identifier, "environment_key": _ENVIRONMENT, "spark_python_task": _script()}
    environment = {"environment_key": _ENVIRONMENT, "spec": describe_environment(form)}
    return _dump(form, form.locked_title, ("python_file",), {"environments": [environment], "tasks": [task]})


def _asked(form: Form) -> tuple[str, ...]:
    """Name what only whoever deploys it knows."""
    return ("python_file", *_SIZES, *(() if form.runtime_key else ("spark_version",)))


def _job(form: Form, cluster_has: dict[str, Any], task_has: dict[str, Any]) -> dict[str, Any]:
    key = form.identifier
    version = form.runtime_key or _use("spark_version")
    cluster = {"spark_version": version, **{name: _use(name) for name in _SIZES}, **cluster_has}
    task = {"task_key": key, "job_cluster_key": key, "spark_python_task": _script(), **task_has}
    return {"job_clusters": [{"job_cluster_key": key, "new_cluster": cluster}], "tasks": [task]}


def _dump(form: Form, title: str, asked: tuple[str, ...], job: dict[str, Any]) -> bytes:
    name = form.lock.cluster
    document = {
        "bundle": {"name": name},
        "variables": {each: _VARIABLES[each] for each in asked},
        "resources": {"jobs": {form.identifier: {"name": name, **job}}},
    }
    return as_yaml(title, document)


def _script() -> dict[str, str]:
    return {"python_file": _use("python_file")}


def _use(name: str) -> str:
    return f"${{var.{name}}}"
