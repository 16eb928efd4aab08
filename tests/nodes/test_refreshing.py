"""On a node whose cluster file asks for it, `pip install` works by itself for as long as the node is up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.planted import Search
from tests.servers.codeartifact.store import Asset
from tests.servers.stand_in import closed_address
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.nodes.node import Node
    from tests.nodes.shelf import Shelf
    from tests.servers.codeartifact import CodeArtifact

LATER = """
until grep -q START /databricks/wheelyard/refresher.log; do read -rt 0.05 < <(:); done
exec env -i /databricks/python/bin/python -m pip install --quiet --no-deps --no-cache-dir fold 2>&1
"""


def test_pip_finds_the_nodes_own_index_after_the_init_script(
    node: Node, shelf: Shelf, codeartifact: CodeArtifact, tmp_path: Path
) -> None:
    shelf.publish(codeartifact)
    fold = write_wheel(tmp_path / "other", "fold", "1.0")
    codeartifact.append("stable", "fold", "1.0", Asset(fold.name, fold.read_bytes()))
    shelf.more = {"refresher": int(closed_address().rpartition(":")[2])}
    shelf.write()
    ran = node.boot(then=LATER)
    assert (ran.code, ran.said["added"]) == (0, "2"), ran
    assert {"fold", "fold-1.0.dist-info"} <= node.changed
    assert (node.upper / "etc/pip.conf").stat().st_mode & 0o777 == 0o644
    assert (node.upper / "databricks/wheelyard/refresher.log").stat().st_mode & 0o777 == 0o600
    search = Search()
    search.look_below(node.upper)
    assert search.searched
    assert not search.found


def test_a_node_without_one_says_nothing_to_pip(node: Node, shelf: Shelf) -> None:
    shelf.write()
    assert node.boot().code == 0
    assert not (node.upper / "etc/pip.conf").exists()
    assert not (node.upper / "databricks/wheelyard/refresher").exists()
