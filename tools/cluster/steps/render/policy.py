"""Compute policies: https://docs.databricks.com/aws/en/admin/clusters/policy-definition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cluster.steps.render.text import as_json

if TYPE_CHECKING:
    from cluster.steps.render.form import Form

_OURS: Final = "wheelyard-"
"""How the names of our policies begin."""


def define_policy(form: Form, script: str) -> dict[str, dict[str, str]]:
    """Say what a policy fixes: the runtime that the lock was made for, and the init script where there is one."""
    fixed = {"spark_version": form.runtime_key, "init_scripts.0.volumes.destination": script}
    return {path: {"type": "fixed", "value": value} for path, value in fixed.items() if value}


def list_libraries(form: Form) -> list[dict[str, str]]:
    """Name every wheel of the lock as a library."""
    return [{"whl": wheel} for wheel in form.wheels]


def write_policy(form: Form) -> bytes:
    """Write the policy that fixes the init script, as `databricks cluster-policies create --json` takes it."""
    definition = _as_text(define_policy(form, form.script))
    return as_json({**name_policy(form), "definition": definition})


def write_libraries_policy(form: Form) -> bytes:
    """Write the policy that brings the wheels as libraries, and no init script."""
    definition = _as_text(define_policy(form, ""))
    return as_json({**name_libraries_policy(form), "definition": definition, "libraries": list_libraries(form)})


def name_policy(form: Form) -> dict[str, str]:
    """Give name and description of the policy that fixes the init script."""
    return {"name": f"{_OURS}{form.lock.cluster}", "description": form.title}


def name_libraries_policy(form: Form) -> dict[str, str]:
    """Give name and description of the policy that brings the wheels."""
    return {"name": f"{_OURS}{form.lock.cluster}-libraries", "description": form.locked_title}


def _as_text(definition: dict[str, dict[str, str]]) -> str:
    """Give a definition as the interface wants it: a document within a string."""
    return json.dumps(definition, separators=(",", ":"))
