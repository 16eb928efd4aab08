"""What DATABRICKS_SETUP.md tells people to type runs, in the order of the page, against a workspace that stands in."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from cluster.steps.script import SOURCES
from tests.repository.tree import ROOT
from tests.servers.databricks import Databricks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.locksmith import Locksmith

PAGE = (ROOT / "databricks" / "DATABRICKS_SETUP.md").read_text()
VOLUME = "/Volumes/main/libraries/wheelyard"
SETTINGS = {
    "AWS_REGION": "eu-central-1",
    "CODEARTIFACT_DOMAIN": "libraries",
    "CODEARTIFACT_ACCOUNT_ID": "111122223333",
    "CODEARTIFACT_REPOSITORY": "stable",
}
"""What nodes are told; without the other repositories wheels come from the index of this machine."""
_OURS = "hatch run cluster "


def commands_of_the_page() -> list[str]:
    """Give every line of the blocks that the page promises to be runnable."""
    blocks = re.findall(r"^ *<!-- commands that a test runs -->\n *```sh\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Databricks]:
    with Databricks(tmp_path / "volumes") as server:
        server.volumes.add_volume(VOLUME)
        yield server


def prepare(locksmith: Locksmith) -> None:
    """Make the repository that the page begins with: two releases, and the cluster file of the page."""
    locksmith.ship("15.4", {"numpy==1.23.5": ()})
    (text,) = re.findall(r"^ *```toml\n(.*?)^ *```$", PAGE, re.DOTALL | re.MULTILINE)
    repository = locksmith.repository
    repository.write("databricks/clusters/nightly-etl.toml", re.sub(r"^   ", "", text, flags=re.MULTILINE))
    for name in ("init.sh", *SOURCES):
        repository.write(f"databricks/{name}", (ROOT / "databricks" / name).read_bytes())
    policy = 'runtimes = ["15.4"]'
    repository.add("env-drift", policy=policy).add("cluster-inventory", policy=policy).commit()
    for name in ("env-drift", "cluster-inventory"):
        locksmith.publisher.release(f"{name}/v0.1.0")


def test_the_commands_of_the_page_run_one_after_another(locksmith: Locksmith, workspace: Databricks) -> None:
    prepare(locksmith)
    commands = commands_of_the_page()
    assert len(commands) >= 12
    numbers = []
    for command in commands:
        if "--upgrade-package" in command:
            locksmith.publisher.release("env-drift/v0.1.1")
        if command.startswith(_OURS):
            words = command.removeprefix(_OURS).split()
            locksmith.call(*words, **SETTINGS, **workspace.environment).expect(0)
            numbers.append(locksmith.lock("nightly-etl").number if locksmith.path("nightly-etl").is_file() else 0)
        else:
            done = subprocess.run(
                ["bash", "-c", command], cwd=locksmith.repository.root, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert numbers[0] == 0
    assert numbers[-1] == 2
    assert locksmith.rows("nightly-etl") == {"cluster-inventory": "0.1.0", "env-drift": "0.1.1"}
    assert {call.partition(" ")[0] for call in workspace.calls} >= {"Upload", "Download"}


def test_documents_name_the_script_that_stands_in_the_volume(locksmith: Locksmith, workspace: Databricks) -> None:
    prepare(locksmith)
    variables = SETTINGS | workspace.environment
    locksmith.call("lock", "nightly-etl", **variables).expect(0)
    first = locksmith.call("render", "nightly-etl", "--json", **variables).expect(0).document["script"]
    pushed = locksmith.call("push", "nightly-etl", "--json", **variables).expect(0).document["script"]
    assert first == pushed
    locksmith.repository.write("databricks/refresher.py", "raise SystemExit\n")  # another script, for whatever reason
    locksmith.publisher.release("env-drift/v0.1.1")
    locksmith.call("lock", "nightly-etl", "--upgrade", **variables).expect(0)
    again = locksmith.call("push", "nightly-etl", "--json", **variables).expect(0).document["script"]
    assert again != pushed
    assert (
        locksmith.call("render", "nightly-etl", "--pushed", "--json", **variables).expect(0).document["script"] == again
    )
