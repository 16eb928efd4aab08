"""All documents of one lock, by the names that they get below `dist/clusters/<name>/<number>/`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.model.layout import Layout
from cluster.steps.render.attributes import write_cluster
from cluster.steps.render.bundle import write_bundle, write_libraries_bundle, write_serverless_bundle
from cluster.steps.render.environment import write_environment
from cluster.steps.render.form import Form
from cluster.steps.render.policy import write_libraries_policy, write_policy
from cluster.steps.render.terraform import write_libraries_terraform, write_terraform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster.model.cluster_file import ClusterFile
    from cluster.model.lock import ClusterLock


@dataclass(frozen=True)
class Rendered:
    """What a lock was rendered to."""

    files: Mapping[str, bytes]
    """By name: `init.sh`, `policy.json`, `libraries/policy.json`."""
    script: str
    """The path in the volume that the init script belongs to, which every document names; empty for serverless."""


def render_documents(file: ClusterFile, lock: ClusterLock, script: bytes) -> Rendered:
    """Write every document of a lock for nodes that run this init script; serverless compute has no nodes."""
    copy = {"lock.txt": lock.as_text().encode()}
    if file.is_serverless:
        form = Form(file, lock)
        return Rendered(
            {"env.yaml": write_environment(form), "databricks.yml": write_serverless_bundle(form)} | copy, ""
        )
    form = Form(file, lock, Layout(file.volume, lock.cluster).script(hashlib.sha256(script).hexdigest()))
    files = {
        "init.sh": script,
        "cluster.json": write_cluster(form),
        "policy.json": write_policy(form),
        "databricks.yml": write_bundle(form),
        "cluster.tf": write_terraform(form),
    }
    if "volume" in {file.source, file.fallback}:  # else no wheel stands there
        files |= {
            "libraries/policy.json": write_libraries_policy(form),
            "libraries/databricks.yml": write_libraries_bundle(form),
            "libraries/cluster.tf": write_libraries_terraform(form),
        }
    return Rendered(files | copy, form.script)
