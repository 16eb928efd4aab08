"""The script is one file, the same for the same values, and holds what the repository holds."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster.model.cluster_file import ClusterFile
from cluster.model.layout import Layout
from cluster.model.node_settings import PORT, NodeIndex, settle_node
from cluster.steps.script import LARGEST, SOURCES, join_script, unpack
from release.errors import UsageError
from tests.databricks.programs import node as program
from tests.databricks.programs import promises, verify
from tests.databricks.provenance import RELEASE, make_trust, trusted
from tests.nodes.environments import ROOT, RUNTIMES, VOLUME
from tests.nodes.shelf import CLUSTER, Shelf

if TYPE_CHECKING:
    from cluster.model.node_settings import NodeSettings

FOLDER = ROOT / "databricks"
FILE = ClusterFile.model_validate(
    {"runtime": "17.3", "volume": VOLUME, "fallback": "volume", "refresher": True, "packages": {"paper-plane": ""}}
)
INDEX = NodeIndex("eu-central-1", "wheelyard", "111122223333", "stable")


@pytest.fixture
def settings() -> NodeSettings:
    """Give the values of the cluster with the longest table."""
    layout = Layout(VOLUME, CLUSTER)
    trust = make_trust(trusted(RELEASE, name="release", expires="2027-12-31"))
    return settle_node(layout, FILE, RUNTIMES["17.3"], trust=trust, floor=7, index=INDEX)


def test_the_same_values_are_the_same_bytes(settings: NodeSettings) -> None:
    script = join_script(FOLDER, settings)
    assert script == join_script(FOLDER, replace(settings, trust=dict(reversed([*settings.trust.items()]))))
    assert script != join_script(FOLDER, replace(settings, floor=8))
    assert script.isascii()
    assert len(script) < LARGEST


def test_it_holds_what_stands_in_the_repository(settings: NodeSettings) -> None:
    script = join_script(FOLDER, settings)
    assert unpack(script) == {name: (FOLDER / name).read_text() for name in SOURCES}
    lines = [line.split() for line in script.splitlines()[:20] if line.startswith("#   ")]
    said: dict[str, str] = {name: digest for _, digest, name in lines}
    assert said == {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in SOURCES}
    with pytest.raises(UsageError, match="no init script of ours"):
        unpack("#!/bin/bash\n")


def test_shellcheck_finds_nothing_in_it(settings: NodeSettings, tmp_path: Path) -> None:
    place = tmp_path / "init.sh"
    for port in (None, PORT):
        place.write_text(join_script(FOLDER, replace(settings, refresher=port)))
        program = Path(sys.executable).with_name("shellcheck")
        done = subprocess.run([program, place], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


def test_a_value_is_never_taken_for_shell_or_for_a_place(settings: NodeSettings, tmp_path: Path) -> None:
    strange = replace(settings, cluster="$(touch x) @sources@ 'y", place=str(tmp_path / "a b"), interpreter="/nowhere")
    place = tmp_path / "init.sh"
    place.write_text(join_script(FOLDER, strange))
    done = subprocess.run(["/bin/bash", place], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("\n")) == (21, 1)
    assert "cluster=$(touch x) @sources@ 'y " in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["init.sh"]


def test_a_script_that_no_cluster_would_take_is_refused(settings: NodeSettings) -> None:
    many = replace(settings, shipped=tuple(f"name-{number}==1.0" for number in range(9999)))
    with pytest.raises(UsageError, match="at most 65536"):
        join_script(FOLDER, many)


def test_nodes_are_told_what_the_cluster_file_and_the_runtime_say(settings: NodeSettings) -> None:
    told = json.loads(settings.as_json())
    assert (told["source"], told["fallback"], told["refresher"], told["floor"]) == ("codeartifact", "volume", PORT, 7)
    assert (told["runtime"], told["python"], len(told["shipped"])) == ("17.3", "3.12", len(RUNTIMES["17.3"].shipped))
    assert told["index"] == {**told["index"], "repository": "stable", "endpoint": None, "seconds": 3600}
    assert verify.read_trust(json.dumps(told["trust"]).encode()).keys[0].expires == date(2027, 12, 31)


def test_nodes_look_where_the_layout_says_and_for_what_is_signed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "volume")
    shelf.add("paper-plane", "1.2.0")
    told, layout, lock = json.loads(shelf.settings.as_json()), shelf.layout, shelf.lock
    (entry,) = (program.Entry(*row) for row in re.findall(promises.ROW, lock.as_text()))
    assert f"{told['home']}/locks/7/lock.txt" == layout.lock(7)
    assert f"{told['home']}/locks/7/lock.intoto.jsonl" == layout.bundle(7)
    assert f"{told['wheels']}/{entry.name}/{entry.version}/{entry.wheel}" == layout.wheel(lock.wheels[0])
    assert told["pointer"] == layout.pointer
    shutil.rmtree(shelf.folder.parent / "made")
