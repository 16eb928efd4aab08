"""What RELEASING.md and OPERATOR_RUNBOOK.md tell people to type runs, in the order of the page, and ends well."""

from __future__ import annotations

import base64
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.repository.tree import ROOT
from tests.servers.world import World

if TYPE_CHECKING:
    from tests.release.scene import Scene

_BLOCK = re.compile(r"<!-- commands that a test runs -->\n```sh\n(.*?)```", re.DOTALL)
_CALL = "hatch run release "


def commands_of(page: str) -> list[list[str]]:
    """Give the words after `hatch run release` of every line that a page promises to be runnable."""
    lines = [line for block in _BLOCK.findall((ROOT / page).read_text()) for line in block.splitlines() if line]
    assert all(line.startswith(_CALL) for line in lines), lines
    return [shlex.split(line.removeprefix(_CALL), comments=True) for line in lines]


@pytest.mark.parametrize(("page", "fewest"), [("RELEASING.md", 10), ("OPERATOR_RUNBOOK.md", 4)])
def test_the_commands_of_a_page_run_one_after_another(scene: Scene, page: str, fewest: int) -> None:
    commands = commands_of(page)
    assert len(commands) >= fewest
    with World() as world:
        key = base64.b64encode(world.kms.key.public).decode()
        scene.repository.write("pyproject.toml", f'[tool.release]\ntrusted-keys = ["{key}"]\n')
        scene.add("env-drift").tagged("env-drift/v0.1.0")
        world.github.repository.tag("env-drift/v0.1.0", scene.repository.git("rev-parse", "HEAD"))
        scene.release.more.update(world.environment)
        for words in commands:
            scene.call(*words).expect(0)
