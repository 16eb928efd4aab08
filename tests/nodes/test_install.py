"""A node is made as its lock says, from wherever its wheels come, and nothing of its runtime changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.nodes.environments import HERE, NAMES, RUNTIMES
from tests.summary import SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.nodes.node import Node
    from tests.nodes.shelf import Shelf
    from tests.servers.codeartifact import CodeArtifact

PROGRAM = "/databricks/python/bin/python"
EVERYWHERE = {
    "fold.py": "def main(): print('folded')\n",
    "fold-2.0.dist-info/entry_points.txt": "[console_scripts]\nfold = fold:main\n",
    "fold-2.0.data/scripts/unfold": "#!python\nprint('unfolded')\n",
    "fold-2.0.data/data/share/fold/how.txt": "twice",
    "fold-2.0.data/purelib/paper.py": "",
    "fold-2.0.data/headers/fold.h": "",
}
"""A wheel's files that go to every place there is."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Take the runtimes whose Python is here, or every one where that was asked for."""
    if "runtime" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-python", default=False)
        metafunc.parametrize("runtime", NAMES if every else HERE)


def test_runtimes_whose_python_is_missing_are_named(record_property: Callable[[str, object], None]) -> None:
    missing = [f"{name} (CPython {RUNTIMES[name].python})" for name in NAMES if name not in HERE]
    record_property(SUMMARY, f"nodes ran of {', '.join(HERE)}; NOT RUN: {', '.join(missing) or 'none'}")
    assert "15.4" in HERE


@pytest.mark.parametrize("source", ["codeartifact", "volume"])
def test_a_node_gets_what_is_locked(
    runtime: str, source: str, make_node: Callable[..., Node], shelf: Shelf, codeartifact: CodeArtifact
) -> None:
    shelf.runtime = runtime
    if source == "codeartifact":
        shelf.publish(codeartifact)
    shelf.write()
    node = make_node(runtime, "driver")
    imported = "import origami, paper_plane; print('imported', paper_plane.__version__)"
    ran = node.boot(
        then=f'{PROGRAM} -c "{imported}"; cat /databricks/wheelyard/installed.json; ls /databricks/wheelyard'
    )
    assert ran.code == 0, ran
    expected = {"verdict": "OK", "cluster": "nightly-etl", "role": "driver", "node": "10.0.0.7", "runtime": runtime}
    counted = {"lock": "1", "sequence": "1", "pointer": "volume", "source": source, "added": "2", "already": "0"}
    assert {**ran.said, **expected, **counted} == ran.said
    assert "imported 1.2.0" in ran.output
    assert (
        json.loads(ran.output[ran.output.index("{") : ran.output.rindex("}") + 1])["lock_sha256"] == shelf.lock.sha256
    )
    left = ["beacon.log", "beacon.py", "installed.json", "log", "ours.json", "pointer.intoto.jsonl"]
    assert ran.output.split()[-6:] == left
    assert node.changed == {"origami", "origami-1.4.dist-info", "paper_plane", "paper_plane-1.2.0.dist-info"}


def test_what_is_installed_is_for_everyone_to_read_and_the_second_run_finds_it(node: Node, shelf: Shelf) -> None:
    shelf.add("fold", "2.0", files=EVERYWHERE)
    shelf.write()
    first = node.boot(
        then=f"find /databricks/python /databricks/wheelyard -newer {PROGRAM} ! -perm -o=r ! -path '*/work*'"
    )
    assert first.output.splitlines() == [first.line]
    assert (node.upper / "databricks/python/share/fold/how.txt").read_text() == "twice"
    second = node.boot(then=f"/databricks/python/bin/fold; {PROGRAM} /databricks/python/bin/unfold")
    assert second.output.splitlines()[1:] == ["folded", "unfolded"]
    assert (second.said["added"], second.said["already"]) == ("0", "3")
    log = (node.upper / "databricks/wheelyard/log").read_text().splitlines()
    assert [each.partition(" ")[2] for each in log] == [first.line, second.line]


def test_a_newer_lock_takes_the_older_ones_wheels_away(node: Node, shelf: Shelf) -> None:
    shelf.write()
    assert node.boot().said["added"] == "2"
    shelf.wheels.clear()
    shelf.number, shelf.sequence = 2, 2
    shelf.add("paper-plane", "1.3.0")
    shelf.write()
    ran = node.boot(then=f"{PROGRAM} -m pip list 2>&1 | grep -E 'paper|origami'")
    assert ran.said["added"] == "1", ran
    assert [each.split() for each in ran.output.splitlines()[1:]] == [["paper-plane", "1.3.0"]]
    assert {each for each in node.changed if each.startswith(("orig", "paper"))} == {
        "paper_plane",
        "paper_plane-1.3.0.dist-info",
    }


def test_what_two_wheels_share_stays_for_the_one_that_stays(node: Node, shelf: Shelf) -> None:
    shelf.wheels.clear()
    shelf.add("fold", files={"paper/__init__.py": "", "paper/fold.py": ""})
    shelf.add("cut", files={"paper/__init__.py": "", "paper/cut.py": ""})
    shelf.write()
    assert node.boot().said["added"] == "2"
    shelf.wheels.pop()
    shelf.number, shelf.sequence = 2, 2
    shelf.write()
    ran = node.boot(then=f"{PROGRAM} -c 'import paper.fold'; ls {PROGRAM}/../../lib/python3*/site-packages/paper")
    assert (ran.said["added"], ran.said["already"]) == ("0", "1")
    assert "cut" not in {path.stem for path in (node.packages / "paper").glob("*.py")}


def test_the_volume_takes_the_place_of_an_index_that_is_not_there(
    node: Node, shelf: Shelf, codeartifact: CodeArtifact
) -> None:
    shelf.publish(codeartifact)
    shelf.fallback = "volume"
    shelf.write()
    codeartifact.restrict("ReadFromRepository")
    ran = node.boot()
    assert (ran.said["verdict"], ran.said["source"], ran.said["after"]) == ("OK", "volume", "token")
    assert "the volume is asked in its place" in ran.errors
