"""The whole way: three packages from their tags to nodes of every runtime, from CodeArtifact and from the volume."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from cluster.steps import script
from tests.nodes.environments import HERE, ROOT, VOLUME
from tests.release.repository import Repository
from tests.servers.databricks import Databricks
from tests.servers.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.nodes.node import Node, Ran

PACKAGES = ("alpha", "beta", "gamma")
SOURCES = ("codeartifact", "volume")
CLUSTERS = {
    f"{source}-{runtime.replace('.', '-')}": (source, runtime)
    for source, runtime in zip(cycle(SOURCES), HERE, strict=False)
}
"""A cluster of each runtime, by turns from the one and from the other."""


@dataclass
class Organisation:
    """A repository, and everything outside that it is released and brought to."""

    repository: Repository
    world: World
    workspace: Databricks
    variables: Mapping[str, str]

    def call(self, program: str, *words: str) -> Any:  # noqa: ANN401  # whatever the command promises
        """Run a command as a user does, and give its document."""
        done = subprocess.run(
            [sys.executable, "-m", program, *words, "--json"],
            cwd=self.repository.root,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} {words}: {done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def release(self, *tags: str) -> None:
        """Tag what there is, push the tags, and release them to CodeArtifact and to this machine."""
        self.repository.commit()
        self.repository.tag(*tags)
        for tag in tags:
            self.world.github.repository.tag(tag, self.repository.git("rev-parse", "HEAD"))
        self.call("release", "run", *tags, "--to", "codeartifact", "--to", "github")

    @property
    def volume(self) -> Path:
        """The folder here that is the volume of every node."""
        return self.workspace.volumes.place(VOLUME)


@pytest.fixture
def organisation(tmp_path: Path, outside: dict[str, str]) -> Iterator[Organisation]:
    """Give three packages, of which beta needs alpha, and a cluster of each runtime."""
    repository = Repository(tmp_path / "repository")
    with World() as world, Databricks(tmp_path / "volumes") as workspace:
        workspace.volumes.add_volume(VOLUME)
        key = base64.b64encode(world.kms.key.public).decode()
        repository.write("pyproject.toml", f'[tool.release]\ntrusted-keys = ["{key}"]\n')
        policy = f"runtimes = {json.dumps(HERE)}"
        for name in PACKAGES:
            repository.add(name, requires=["alpha>=0.1"] if name == "beta" else [], policy=policy)
        shutil.copytree(ROOT / "databricks" / "runtimes", repository.root / "databricks" / "runtimes")
        for name in ("init.sh", *script.SOURCES):
            repository.write(f"databricks/{name}", (ROOT / "databricks" / name).read_bytes())
        for name, (source, runtime) in CLUSTERS.items():
            wanted = "".join(f'{each} = ">=0.1"\n' for each in PACKAGES[1:])
            text = f'runtime = "{runtime}"\nsource = "{source}"\nvolume = "{VOLUME}"\n\n[packages]\n{wanted}'
            repository.write(f"databricks/clusters/{name}.toml", text)
        variables = {**outside, **world.environment, **workspace.environment}
        yield Organisation(repository, world, workspace, variables)


def start(organisation: Organisation, make_node: Callable[..., Node], scripts: Mapping[str, str]) -> dict[str, Ran]:
    """Start the driver of each cluster, all at once."""
    nodes = {}
    for name in scripts:
        nodes[name] = make_node(CLUSTERS[name][1], "driver")
        nodes[name].volume = organisation.volume
    with ThreadPoolExecutor(4) as pool:
        ran = {name: pool.submit(node.run, "/bin/bash", scripts[name]) for name, node in nodes.items()}
        return {name: each.result() for name, each in ran.items()}


def test_three_packages_reach_nodes_of_every_runtime_and_go_back(
    organisation: Organisation, make_node: Callable[..., Node]
) -> None:
    organisation.release(*(f"{name}/v0.1.0" for name in PACKAGES))
    locked = organisation.call("cluster", "lock", "--from", "codeartifact")
    assert {each["name"] for each in locked["clusters"]} == set(CLUSTERS)
    scripts = {
        name: organisation.call("cluster", "push", name, "--from", "codeartifact")["script"] for name in CLUSTERS
    }
    for name, ran in start(organisation, make_node, scripts).items():
        assert ran.code == 0, ran
        source, runtime = CLUSTERS[name]
        expected = {"verdict": "OK", "cluster": name, "source": source, "runtime": runtime, "lock": "1", "added": "3"}
        assert expected.items() <= ran.said.items(), ran
    organisation.repository.edit(
        "packages/alpha/CHANGELOG.md", "# Changelog\n", "# Changelog\n\n## [0.1.1] - 2026-01-03\n\n- x\n"
    )
    organisation.release("alpha/v0.1.1")
    (name, *_) = CLUSTERS
    organisation.call("cluster", "lock", name, "--from", "codeartifact", "--upgrade-package", "alpha")
    assert organisation.call("cluster", "push", name, "--from", "codeartifact")["script"] == scripts[name]
    assert start(organisation, make_node, {name: scripts[name]})[name].said["lock"] == "2"
    organisation.call("cluster", "rollback", name)
    assert start(organisation, make_node, {name: scripts[name]})[name].said["lock"] == "1"
