"""What a cluster has to be created with: https://docs.databricks.com/api/workspace/clusters/create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cluster.steps.render.text import as_json

if TYPE_CHECKING:
    from cluster.steps.render.form import Form

DEDICATED: Final = "SINGLE_USER"
"""An access mode in which a cluster may read volumes at all; what is created without one may not."""


def write_cluster(form: Form) -> bytes:
    """Write the attributes that make a cluster install the lock, to be put to its others."""
    known = {"spark_version": form.runtime_key} if form.runtime_key else {}
    return as_json({"cluster_name": form.lock.cluster, **known, "init_scripts": list_init_scripts(form)})


def list_init_scripts(form: Form) -> list[dict[str, dict[str, str]]]:
    """Name the init script, in the volume."""
    return [{"volumes": {"destination": form.script}}]
