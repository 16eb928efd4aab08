"""What a node refuses to install, each with its code, and without a trace of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from cluster.model.promise import Pointer, lock_statement
from tests.databricks.provenance import STRANGER, sign
from tests.nodes.shelf import CLUSTER
from tests.servers.wheel import write_wheel, write_zip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.nodes.node import Node, Ran
    from tests.nodes.shelf import Shelf

ELSEWHERE = "/Volumes/main/libraries/elsewhere"
SMALL = "mount -t tmpfs -o size=1500k tmpfs {0}"
SMALL_ENVIRONMENT = """
mkdir tmp/small && mount -t tmpfs -o size=1500k tmpfs tmp/small && mkdir tmp/small/upper tmp/small/work
mount -t overlay overlay -o lowerdir=databricks/python,upperdir=tmp/small/upper,workdir=tmp/small/work databricks/python
"""


def require_refused(ran: Ran, node: Node, code: str, status: int) -> None:
    assert (ran.code, ran.said["verdict"], ran.said["code"]) == (status, "FAIL", code), ran
    assert ran.said.keys() == {"verdict", "code", "cluster", "node", "role", "runtime", "what"}
    assert ran.errors.splitlines()[-1].startswith("hint: ")
    assert node.state_files <= {"log", "ours.json"}
    assert not node.packages.exists() or not node.changed


@dataclass(frozen=True)
class Case:
    """What is done to a volume that was written, and what a node says to that."""

    name: str
    code: str
    status: int
    spoil: Callable[[Shelf], Any]
    words: str
    more: dict[str, Any] = field(default_factory=dict)


def rewrite(place: Path, change: Callable[[bytes], bytes]) -> None:
    place.write_bytes(change(place.read_bytes()))


def pointer_of(shelf: Shelf) -> Path:
    return shelf.place(shelf.layout.pointer)


def lock_of(shelf: Shelf) -> Path:
    return shelf.place(shelf.layout.lock(1))


def point_otherwise(shelf: Shelf, cluster: str = CLUSTER, sequence: int = 1) -> None:
    pointer = Pointer(cluster, 1, shelf.lock.sha256, sequence)
    shelf.put(shelf.layout.pointer, sign(pointer.as_statement()))


CASES = (
    Case("a_tampered_wheel", "wrong-hash", 28, lambda it: rewrite(it.wheel(), lambda old: old + b"\0"), "was locked"),
    Case("a_wheel_that_is_gone", "missing", 27, lambda it: it.wheel().unlink(), "the volume has no"),
    Case("a_tampered_lock", "untrusted", 23, lambda it: rewrite(lock_of(it), lambda old: old + b"#\n"), "not the one"),
    Case("a_lock_that_is_gone", "volume", 22, lambda it: lock_of(it).unlink(), "can't be read"),
    Case(
        "a_tampered_pointer",
        "untrusted",
        23,
        lambda it: rewrite(pointer_of(it), lambda old: old.replace(b'"eyJ', b'"eyK', 1)),
        "proves nothing",
    ),
    Case("a_strangers_pointer", "untrusted", 23, lambda it: it.point(STRANGER), "no trusted key"),
    Case("an_empty_pointer", "untrusted", 23, lambda it: pointer_of(it).write_bytes(b""), "it is empty"),
    Case(
        "a_strangers_lock",
        "untrusted",
        23,
        lambda it: it.put(it.layout.bundle(1), sign(lock_statement(it.lock), STRANGER)),
        "no trusted key",
    ),
    Case(
        "a_lock_in_the_place_of_a_pointer",
        "untrusted",
        23,
        lambda it: it.put(it.layout.pointer, sign(lock_statement(it.lock))),
        "#pointer",
    ),
    Case("another_clusters_pointer", "untrusted", 23, lambda it: point_otherwise(it, "other"), "nightly-etl"),
    Case("an_older_pointer", "replayed", 24, lambda it: point_otherwise(it, sequence=6), "6", {"floor": 7}),
    Case(
        "a_volume_that_is_not_there",
        "volume",
        22,
        lambda _: None,
        ELSEWHERE,
        {"home": f"{ELSEWHERE}/clusters/{CLUSTER}", "pointer": f"{ELSEWHERE}/current.intoto.jsonl"},
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_node_refuses(case: Case, node: Node, shelf: Shelf) -> None:
    shelf.more = case.more
    case.spoil(shelf.write())
    ran = node.boot()
    require_refused(ran, node, case.code, case.status)
    assert case.words in ran.said["what"]


def test_the_same_version_with_other_bytes_is_refused_and_left_alone(node: Node, shelf: Shelf, tmp_path: Path) -> None:
    other = write_wheel(tmp_path / "other", "paper-plane", "1.2.0", files={"paper_plane/__init__.py": "other = True\n"})
    node.install(other)
    shelf.write()
    ran = node.boot()
    assert (ran.code, ran.said["code"]) == (30, "other-bytes")
    assert node.changed == {"paper_plane", "paper_plane-1.2.0.dist-info"}
    assert (node.packages / "paper_plane/__init__.py").read_text() == "other = True\n"
    node.install(shelf.wheels[0])
    assert (node.boot().said["already"], node.state_files) == ("1", {"installed.json", "log", "ours.json"})


def test_a_runtime_that_ships_an_entry_now_has_moved(node: Node, shelf: Shelf, tmp_path: Path) -> None:
    node.install(write_wheel(tmp_path / "other", "origami", "1.3"))
    shelf.write()
    ran = node.boot()
    assert (ran.code, ran.said["code"], ran.said["what"][:21]) == (36, "runtime-moved", "origami 1.3 is here, ")
    assert node.changed == {"origami", "origami-1.3.dist-info"}


def test_a_row_that_moved_is_named_where_it_matters_and_counted_where_not(node: Node, shelf: Shelf) -> None:
    info = next((node.environment / "databricks/python/lib").glob("python3.*/site-packages/numpy-*.dist-info"))
    said = (info / "METADATA").read_text().replace("Version: 1.23.5", "Version: 1.26.4")
    node.write(str(info.relative_to(node.environment) / "METADATA"), said)
    shelf.write()
    assert node.boot().said["moved"] == "1"
    shelf.add("fold", requires=["numpy<1.25"])
    shelf.number, shelf.sequence = 2, 2
    shelf.write()
    ran = node.boot()
    assert (ran.code, ran.said["code"], ran.said["what"]) == (
        36,
        "runtime-moved",
        "fold 1.0 does not work with numpy 1.26.4",
    )
    assert "fold" not in node.changed
    assert "installed.json" not in node.state_files


@pytest.mark.parametrize(("locked", "version"), [("14.3", "14.3"), ("15.4", "16.4"), ("15.4", "15.41")])
def test_another_runtime_than_the_locks_is_refused(node: Node, shelf: Shelf, locked: str, version: str) -> None:
    shelf.runtime = locked
    shelf.write()
    node.variables["DATABRICKS_RUNTIME_VERSION"] = version
    ran = node.boot()
    require_refused(ran, node, "runtime", 21)
    assert ran.said["runtime"] == version


@pytest.mark.parametrize(
    ("code", "status", "parts"),
    [
        ("broken", 34, {"requires": ["nowhere>=1"]}),
        ("replaces", 31, {"files": {"six.py": "other = True\n"}}),
        ("replaces", 31, {"files": {"origami/__init__.py": "other = True\n"}}),
        ("replaces", 31, {"files": {"fold-1.0.data/scripts/pip3": "#!python\n"}}),
        ("replaces", 31, {"files": {"fold-1.0.dist-info/entry_points.txt": "[console_scripts]\npip3 = fold:main\n"}}),
        ("install", 33, {"files": {"../fold.py": ""}}),
        ("runtime", 21, {"tag": "cp311-cp311-manylinux_2_17_aarch64"}),
        ("runtime", 21, {"tag": "cp311-cp311-manylinux_9_99_x86_64"}),
    ],
)
def test_a_wheel_that_does_no_good_here_is_refused(
    node: Node, shelf: Shelf, code: str, status: int, parts: dict[str, Any]
) -> None:
    shelf.add("fold", **parts)
    shelf.write()
    require_refused(node.boot(), node, code, status)


def test_a_file_that_is_no_wheel_is_pips_to_refuse_and_taken_back(node: Node, shelf: Shelf) -> None:
    wheel = shelf.add("fold")
    write_zip(wheel, {"fold.py": b"", "fold-1.0.dist-info/METADATA": b"Name: fold\nVersion: 1.0\n"})
    shelf.write()
    ran = node.boot()
    require_refused(ran, node, "install", 33)
    assert "pip ended with 1" in ran.said["what"]
    wheel.write_bytes(b"no archive")
    shelf.write()
    require_refused(node.boot(), node, "install", 33)


@pytest.mark.parametrize("where", ["what is fetched", "the environment"])
def test_a_full_disk_is_named_and_nothing_of_it_stays(node: Node, shelf: Shelf, where: str) -> None:
    shelf.add("fold", files={"fold/data": os.urandom(2 << 20)})
    shelf.write()
    node.mounts = SMALL_ENVIRONMENT
    if where == "what is fetched":
        node.mounts = f"mkdir databricks/wheelyard && {SMALL.format('databricks/wheelyard')}"
    left = "ls -A /databricks/wheelyard; find /databricks/python -path '*origami*' -o -path '*fold*/data'"
    ran = node.run(
        "/bin/bash", "-c", f"/bin/bash /Volumes/main/libraries/wheelyard/init.sh; code=$?; {left}; exit $code"
    )
    assert (ran.code, ran.said["code"]) == (32, "disk"), ran
    assert set(ran.output.splitlines()[1:]) <= {"log", "ours.json"}


def test_a_machine_without_the_runtimes_python_says_so(node: Node, shelf: Shelf) -> None:
    shelf.more = {"interpreter": "/databricks/python/bin/python4"}
    shelf.write()
    ran = node.boot()
    assert (ran.code, ran.said["code"], ran.said["node"]) == (21, "runtime", "10.0.0.7")
    assert ran.errors.startswith("hint: ")
