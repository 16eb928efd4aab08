"""Small workflows, made on the spot and run on the spot: `RUN` stands for what every job begins with."""

from __future__ import annotations

import json
import re
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any, Final

from tests.workflows.event import push_main, push_tag
from tests.workflows.origin import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.hub import Hub
    from tests.workflows.run import Run

PIN: Final = "a" * 40
_RULES: Final[dict[str, Any]] = {"sign": {"deployment_branch_policies": [{"name": "*/v*", "type": "tag"}]}}


def begin(folder: Path) -> Origin:
    """Make a repository that has no workflow yet, and one environment."""
    origin = Origin.begin(folder)
    origin.write("hatch.toml", b'[envs.default.scripts]\ntest = "true"\n')
    origin.write(".github/rulesets/environments.json", json.dumps(_RULES).encode())
    return origin


def workflow(jobs: str, *, on: str = "[push, pull_request]", top: str = "") -> bytes:
    """Write a workflow of some jobs."""
    written = re.sub(r"^( *)RUN$", r"\1runs-on: x\n\1steps:", dedent(jobs).strip("\n"), flags=re.MULTILINE)
    return f"on: {on}\npermissions: {{}}\n{top}jobs:\n{indent(written, '  ')}\n".encode()


def run(hub: Hub, jobs: str, *, top: str = "", tag: str = "") -> Run:
    """Run a workflow of some jobs, on main or on a tag."""
    hub.origin.write(".github/workflows/w.yml", workflow(jobs, top=top))
    commit = hub.origin.commit("Work")
    hub.origin.push("main")
    if tag:
        hub.origin.tag(tag)
    return hub.go(hub.begin("w.yml", push_tag(tag, commit) if tag else push_main(commit, commit)))
