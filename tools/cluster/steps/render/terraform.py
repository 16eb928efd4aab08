"""Terraform's blocks: https://registry.terraform.io/providers/databricks/databricks/latest/docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cluster.steps.render.attributes import DEDICATED
from cluster.steps.render.hcl import Block, Encoded, Expression
from cluster.steps.render.policy import define_policy, name_libraries_policy, name_policy
from cluster.steps.render.text import MADE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster.steps.render.form import Form
    from cluster.steps.render.hcl import Body

_TEXT: Final = ("type", Expression("string"))
_VARIABLES: Final = {
    "node_type_id": Block('variable "node_type_id"', [_TEXT]),
    "num_workers": Block('variable "num_workers"', [("type", Expression("number")), ("default", 1)]),
    "data_security_mode": Block('variable "data_security_mode"', [_TEXT, ("default", DEDICATED)]),
    "spark_version": Block('variable "spark_version"', [_TEXT]),
    "instance_profile_arn": Block('variable "instance_profile_arn"', [_TEXT]),
}


def write_terraform(form: Form) -> bytes:
    """Write a policy that fixes the init script, and a cluster that runs it."""
    aws = ("instance_profile_arn",) if form.file.source == "codeartifact" else ()
    script = Block("init_scripts", [Block("volumes", [("destination", form.script)])])
    who = [Block("aws_attributes", [(name, Expression(f"var.{name}"))]) for name in aws]
    policy: Body = [*name_policy(form).items(), ("definition", Encoded(define_policy(form, form.script)))]
    return _dump(form, form.title, aws, policy, [script, *who])


def write_libraries_terraform(form: Form) -> bytes:
    """Write a policy that brings the wheels as libraries, and a cluster of it."""
    libraries = [Block("libraries", [("whl", wheel)]) for wheel in form.wheels]
    definition = ("definition", Encoded(define_policy(form, "")))
    policy: Body = [*name_libraries_policy(form).items(), definition, *libraries]
    return _dump(form, form.locked_title, (), policy, [])


def _dump(form: Form, title: str, aws: Sequence[str], policy: Body, installs: Body) -> bytes:
    unknown = () if form.runtime_key else ("spark_version",)
    asked = ("node_type_id", "num_workers", "data_security_mode")
    cluster = [
        ("cluster_name", form.lock.cluster),
        ("policy_id", Expression(f"databricks_cluster_policy.{form.identifier}.id")),
        ("spark_version", form.runtime_key or Expression("var.spark_version")),
        *((name, Expression(f"var.{name}")) for name in asked),
        *installs,
    ]
    blocks = [_PROVIDERS, *(_VARIABLES[each] for each in (*asked, *unknown, *aws))]
    for kind, body in (("cluster_policy", policy), ("cluster", cluster)):
        blocks.append(Block(f'resource "databricks_{kind}" "{form.identifier}"', body))
    lines = [f"# {title}", f"# {MADE}", *(line for block in blocks for line in ("", *block.lines()))]
    return "".join(f"{line}\n" for line in lines).encode()


_PROVIDERS: Final = Block(
    "terraform", [Block("required_providers", [("databricks", {"source": "databricks/databricks"})])]
)
