"""Nobody on a node learns its token: no argument, no file and no log holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.planted import Search

if TYPE_CHECKING:
    from tests.nodes.node import Node
    from tests.nodes.shelf import Shelf
    from tests.servers.codeartifact import CodeArtifact


def test_a_token_is_in_memory_alone(node: Node, shelf: Shelf, codeartifact: CodeArtifact) -> None:
    seen = node.watch()
    shelf.publish(codeartifact)
    shelf.write()
    ran = node.boot()
    assert ran.said["verdict"] == "OK"
    assert codeartifact.callers.tokens
    started = (seen / "started").read_text()
    assert "--require-hashes" in started
    assert not (seen / "leaked").exists()
    search = Search()
    search.look("what was started", started)
    search.look("what was printed", ran.output + ran.errors)
    search.look_below(node.upper)
    assert search.searched > 5
    assert not search.found


def test_a_refusal_says_nothing_of_it_either(node: Node, shelf: Shelf, codeartifact: CodeArtifact) -> None:
    shelf.publish(codeartifact)
    shelf.write()
    codeartifact.throttle("Simple", 99)
    ran = node.boot()
    search = Search()
    search.look("what was printed", ran.output + ran.errors)
    search.look_below(node.upper)
    assert (ran.said["code"], search.found) == ("unreachable", [])
