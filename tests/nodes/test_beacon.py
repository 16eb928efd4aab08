"""Nodes that come later get what their driver got, by the pointer that it serves, and by no other word of it."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from cluster.model.promise import Pointer, lock_statement
from tests.databricks.programs import beacon
from tests.databricks.programs import node as program
from tests.databricks.provenance import RELEASE, STRANGER, sign
from tests.nodes.conftest import COMMON
from tests.nodes.environments import VOLUME
from tests.nodes.node import Ran
from tests.nodes.shelf import CLUSTER, SOON
from tests.nodes.test_refusals import require_refused
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.nodes.node import Node
    from tests.nodes.shelf import Shelf

HERE = "127.0.0.1"
BOOT = f"/bin/bash {VOLUME}/init.sh"
MOVE = f"cp {VOLUME}/next.intoto.jsonl {VOLUME}/clusters/{CLUSTER}/current.intoto.jsonl"


@pytest.fixture
def port(shelf: Shelf) -> int:
    """Give the port that drivers of the cluster serve at, and nodes that ask there for as long as a test may take."""
    port = int(closed_address().rpartition(":")[2])
    shelf.more = {"beacon": port, "limits": replace(SOON, driver=30)}
    return port


@pytest.fixture
def driver(make_node: Callable[..., Node]) -> Node:
    """Give a driver that nodes on this machine reach."""
    driver = make_node(COMMON, "driver")
    driver.variables["DB_CONTAINER_IP"] = HERE
    return driver


@contextmanager
def running(driver: Node, *, then: str = "") -> Iterator[Ran]:
    """Have a driver that has started, and did some more, for as long as it is needed."""
    with driver.start("/bin/bash", "-c", f"{BOOT}\n{then}\necho ended\nexec tail -f /dev/null") as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            if line == "ended\n":
                break
            lines.append(line)
        try:
            yield Ran(0, "".join(lines), "")
        finally:
            process.kill()


@contextmanager
def serving(port: int, pointer: Path) -> Iterator[None]:
    """Have somebody in the driver's place who serves a file."""
    with beacon.Server(pointer, (HERE, port)) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def move(shelf: Shelf) -> None:
    """Push another lock."""
    shelf.wheels.clear()
    shelf.number, shelf.sequence = 2, 2
    shelf.add("fold")
    shelf.write()


@pytest.mark.usefixtures("port")
def test_a_node_that_comes_after_the_pointer_moved_gets_its_drivers_lock(
    driver: Node, node: Node, make_node: Callable[..., Node], shelf: Shelf
) -> None:
    shelf.write()
    node.variables |= {"http_proxy": closed_address(), "HTTP_PROXY": closed_address()}
    other = make_node(COMMON)
    del other.variables["DB_DRIVER_IP"]
    with running(driver) as first:
        assert (first.said["lock"], first.said["pointer"]) == ("1", "volume"), first
        move(shelf)
        late = node.boot()
        assert (late.said["lock"], late.said["sequence"], late.said["pointer"]) == ("1", "1", "driver"), late
        alone = other.boot()
    assert (alone.said["lock"], alone.said["pointer"]) == ("2", "volume"), alone
    assert json.loads((node.upper / "databricks/wheelyard/installed.json").read_text())["pointer"] == "driver"
    assert node.state_files == {"installed.json", "log", "ours.json"}


@pytest.mark.usefixtures("port")
def test_nodes_that_start_before_their_driver_wait_for_it(
    driver: Node, make_node: Callable[..., Node], shelf: Shelf
) -> None:
    shelf.write()
    nodes = [make_node(COMMON) for _ in range(3)]
    with ThreadPoolExecutor(len(nodes)) as pool:
        began = [pool.submit(each.boot) for each in nodes]
        with running(driver):
            said = [each.result().said for each in began]
    assert [(each["verdict"], each["lock"], each["pointer"]) for each in said] == [("OK", "1", "driver")] * 3


@pytest.mark.usefixtures("port")
def test_a_driver_that_starts_again_serves_what_it_installed_last(driver: Node, node: Node, shelf: Shelf) -> None:
    shelf.write()
    first = shelf.place(shelf.layout.pointer).read_bytes()
    move(shelf)
    shelf.put(f"{VOLUME}/next.intoto.jsonl", shelf.place(shelf.layout.pointer).read_bytes())
    shelf.put(shelf.layout.pointer, first)
    with running(driver, then=f"{MOVE}\n{BOOT}"):
        late = node.boot()
    assert (late.said["lock"], late.said["pointer"]) == ("2", "driver"), late
    log = (driver.upper / "databricks/wheelyard/beacon.log").read_text().splitlines()
    assert [line.split()[1] for line in log] == ["START", "FAIL"]  # the first one has the port, and reads the file anew


@pytest.mark.parametrize("how", ["nobody there", "never an answer", "no pointer"])
def test_a_driver_that_is_silent_is_said_so_and_the_volume_is_asked(
    how: str, port: int, node: Node, shelf: Shelf, tmp_path: Path
) -> None:
    shelf.more["limits"] = replace(SOON, driver=0.5)
    shelf.write()
    if how == "nobody there":
        ran = node.boot()
    elif how == "no pointer":
        with serving(port, tmp_path / "nothing"):
            ran = node.boot()
    else:
        with socket.create_server((HERE, port)):
            ran = node.boot()
    assert (ran.said["lock"], ran.said["pointer"]) == ("1", "driver-silent"), ran
    assert f"the driver {HERE} gives no pointer on port {port}" in ran.errors


def forge(shelf: Shelf, how: str) -> bytes:
    """Give what somebody serves in the driver's place."""
    pointer = Pointer(CLUSTER, 1, shelf.lock.sha256, 6)
    return {
        "a stranger's": sign(pointer.as_statement(), STRANGER),
        "another cluster's": sign(replace(pointer, cluster="other").as_statement()),
        "a lock's": sign(lock_statement(shelf.lock)),
        "an older one": sign(pointer.as_statement(), RELEASE),
        "nonsense": b"<html>welcome</html>\n",
        "another lock's": sign(replace(pointer, sequence=8, sha256="f" * 64).as_statement()),
    }[how]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("a stranger's", "untrusted"),
        ("another cluster's", "untrusted"),
        ("a lock's", "untrusted"),
        ("an older one", "replayed"),
        ("nonsense", "untrusted"),
        ("another lock's", "untrusted"),
    ],
)
def test_what_is_not_to_be_believed_is_refused_and_the_volume_is_not_asked_in_its_place(
    how: str, code: str, port: int, node: Node, shelf: Shelf
) -> None:
    shelf.more["floor"] = shelf.sequence = 7
    shelf.write()
    served = shelf.folder.parent / "served"
    served.write_bytes(forge(shelf, how))
    with serving(port, served):
        ran = node.boot()
    require_refused(ran, node, code, program.CODES[code][0])
    assert how == "another lock's" or f"http://{HERE}:{port}/pointer" in ran.said["what"]


@pytest.mark.usefixtures("port")
def test_a_driver_that_is_not_as_locked_serves_nothing(driver: Node, shelf: Shelf) -> None:
    shelf.write().wheel().write_bytes(b"other bytes")
    ran = driver.boot()
    assert (ran.code, ran.said["code"]) == (28, "wrong-hash")
    assert driver.state_files == {"beacon.log", "beacon.py", "log"}
