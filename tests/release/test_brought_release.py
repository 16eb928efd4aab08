"""A release that a job has made is proven on another machine, as the runbook says: brought from the bucket first."""

from __future__ import annotations

import base64
import re
import shlex
import shutil
from typing import TYPE_CHECKING

from tests.repository.tree import ROOT
from tests.servers.world import World

if TYPE_CHECKING:
    from tests.release.scene import Scene

TARGETS = ("--to", "codeartifact", "--to", "s3", "--to", "github")
_SECTION = re.compile(r"^## A release on this machine\n.*?```sh\n(.*?)```", re.DOTALL | re.MULTILINE)


def test_a_release_is_brought_from_the_bucket_and_proven_as_the_runbook_says(scene: Scene) -> None:
    found = _SECTION.search((ROOT / "OPERATOR_RUNBOOK.md").read_text())
    assert found
    copy, _, verify = (shlex.split(line) for line in found[1].splitlines())
    assert copy[:4] == ["aws", "s3", "cp", "--recursive"]
    prefix, folder = copy[4].removeprefix("s3://$S3_WHEELS_BUCKET/"), copy[5]
    with World() as world:
        key = base64.b64encode(world.kms.key.public).decode()
        scene.repository.write("pyproject.toml", f'[tool.release]\ntrusted-keys = ["{key}"]\n')
        scene.add("env-drift").tagged("env-drift/v0.1.0")
        world.github.repository.tag("env-drift/v0.1.0", scene.repository.git("rev-parse", "HEAD"))
        scene.release.more.update(world.environment)
        scene.call("run", "env-drift/v0.1.0", *TARGETS).expect(0)
        shutil.rmtree(scene.repository.root / "dist")
        scene.call(*verify[3:]).expect(16)  # nothing is here
        for name in world.s3.stored(prefix):
            path = scene.repository.root / folder / name.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(world.s3.do("GET", name).content)
        assert "identical in codeartifact, s3, github" in scene.call(*verify[3:]).expect(0).out
