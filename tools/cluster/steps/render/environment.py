"""Environments of serverless compute: a version, and wheels by their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster.steps.render.text import as_yaml

if TYPE_CHECKING:
    from cluster.steps.render.form import Form


def describe_environment(form: Form) -> dict[str, object]:
    """Say which version of serverless compute it is, and what comes to it."""
    return {"environment_version": form.environment_version, "dependencies": list(form.wheels)}


def write_environment(form: Form) -> bytes:
    """Write `env.yaml`, which a notebook's environment panel and a workspace's base environments take."""
    return as_yaml(form.locked_title, describe_environment(form))
