"""However a run ends, the node is not called good, and the next run makes it so."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.nodes.node import Ran, below
from tests.nodes.shelf import SOON
from tests.nodes.test_refusals import require_refused
from tests.servers.codeartifact import CodeArtifact
from tests.servers.stand_in import Answer, Drop, Hang

if TYPE_CHECKING:
    from tests.nodes.node import Node
    from tests.nodes.shelf import Shelf
    from tests.servers.stand_in import Request


class Stalled(CodeArtifact):
    """CodeArtifact that never answers to one question, and strikes when it is asked."""

    process = 0
    number = signal.SIGTERM
    victim = "install.py"

    def answer(self, request: Request) -> Answer | Hang | Drop:  # type: ignore[override]  # it does not, at times
        """Send the signal to the process that is meant, in place of an answer."""
        if not self.call(request).endswith("origami"):
            return super().answer(request)
        for each in below(self.process):
            if self.is_meant(each):
                os.kill(each, self.number)
        return Hang()

    def is_meant(self, process: int) -> bool:
        """Whether this is the program that is to be struck."""
        words = Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
        return any(each.endswith(f"/{self.victim}") for each in words)


def strike(node: Node, service: Stalled) -> Ran:
    with node.start("/bin/bash", "-c", "/bin/bash /Volumes/main/libraries/wheelyard/init.sh; exit $?") as process:
        service.process = process.pid
        output, errors = process.communicate(timeout=60)
    return Ran(process.returncode, output, errors)


@pytest.mark.parametrize(
    ("victim", "number"),
    [("init.sh", signal.SIGTERM), ("install.py", signal.SIGTERM), ("install.py", signal.SIGKILL)],
    ids=["the script is ended", "the program is ended", "the program is killed"],
)
def test_a_run_that_is_ended_says_so(node: Node, shelf: Shelf, victim: str, number: signal.Signals) -> None:
    with Stalled() as service:
        service.victim, service.number = victim, number
        shelf.publish(service)
        shelf.write()
        ran = strike(node, service)
    require_refused(ran, node, "interrupted", 35)


def test_a_run_that_takes_too_long_gives_up(node: Node, shelf: Shelf) -> None:
    with Stalled() as service:
        service.victim = "nobody"
        shelf.publish(service)
        shelf.more = {"limits": replace(SOON, answer=30, whole=2)}
        shelf.write()
        ran = strike(node, service)
    require_refused(ran, node, "interrupted", 35)
    assert ran.said["what"] == "it took too long"


@pytest.mark.parametrize("written", [2, 4, 6, 8])
def test_a_node_that_is_killed_while_it_installs_is_made_whole_by_the_next_run(
    node: Node, shelf: Shelf, written: int
) -> None:
    seen = node.watch()
    (seen / "kill").write_text(f"{written} {signal.SIGKILL.value}")
    shelf.write()
    ran = node.boot()
    assert (ran.code, ran.said["code"]) == (35, "interrupted"), ran
    assert not (seen / "kill").exists()
    assert "installed.json" not in node.state_files
    assert left(node)
    again = node.boot(then="/databricks/python/bin/python -c 'import origami, paper_plane'")
    assert (again.code, again.said["verdict"]) == (0, "OK"), again
    assert node.changed == {"origami", "origami-1.4.dist-info", "paper_plane", "paper_plane-1.2.0.dist-info"}
    assert not list(node.packages.rglob("*.tmp"))


def test_a_run_that_is_ended_while_it_installs_takes_back_what_it_has_begun(node: Node, shelf: Shelf) -> None:
    seen = node.watch()
    (seen / "kill").write_text(f"6 {signal.SIGTERM.value}")
    shelf.write()
    ran = node.boot()
    assert not (seen / "kill").exists()
    require_refused(ran, node, "interrupted", 35)
    assert not left(node)


def test_what_a_killed_run_left_of_another_lock_goes(node: Node, shelf: Shelf) -> None:
    seen = node.watch()
    (seen / "kill").write_text(f"5 {signal.SIGKILL.value}")
    shelf.write()
    assert node.boot().code == 35
    shelf.wheels.clear()
    shelf.number, shelf.sequence = 2, 2
    shelf.add("fold")
    shelf.write()
    assert node.boot().said["added"] == "1"
    assert node.changed == {"fold", "fold-1.0.dist-info"}


def left(node: Node) -> list[Path]:
    """Give what a killed run has written of the lock's wheels."""
    return [path for path in node.packages.rglob("*") if path.is_file() and "watch" not in path.name]
