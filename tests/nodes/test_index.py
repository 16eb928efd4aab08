"""What a node makes of an index that does not give what was locked, and what it does not let the machine choose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.nodes.shelf import SOON
from tests.nodes.test_refusals import require_refused
from tests.servers.codeartifact import CodeArtifact
from tests.servers.codeartifact.callers import Callers
from tests.servers.codeartifact.store import PUBLISHED, Asset, PackageVersion
from tests.servers.faults import Call, Fault, Faults
from tests.servers.index import PackageIndex
from tests.servers.stand_in import closed_address
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.nodes.node import Node
    from tests.nodes.shelf import Shelf

TOKEN = "GetAuthorizationToken"  # noqa: S105  # the name of a call
ENDPOINT = "GetRepositoryEndpoint"


def spoil_tokens(service: CodeArtifact) -> None:
    """Have the index take none of the tokens that are given."""
    service.pypi.__init__(service.domain, Callers())  # type: ignore[misc]  # begun anew, with callers of its own


def forget(service: CodeArtifact, project: str) -> None:
    del service.domain.repositories["stable"].packages[project]


def put(service: CodeArtifact, project: str, version: str, asset: Asset) -> None:
    """Have one version of a project, with one file."""
    package = PUBLISHED.plus(PackageVersion(version, {asset.name: asset}))
    service.domain.change(service.domain.repositories["stable"], project, package)


CASES: dict[str, tuple[str, int, Callable[[CodeArtifact], None], str]] = {
    "a_401": ("token", 25, spoil_tokens, "simple/paper-plane/: 401"),
    "a_role_without_tokens": ("token", 25, lambda it: it.restrict(ENDPOINT), "AccessDeniedException"),
    "a_403": ("token", 25, lambda it: it.restrict(TOKEN, "sts:GetServiceBearerToken", ENDPOINT), "403"),
    "tokens_throttled_to_the_end": ("token", 25, lambda it: it.throttle(TOKEN, 99), "ThrottlingException"),
    "pages_throttled_to_the_end": ("unreachable", 26, lambda it: it.throttle("Simple", 99), "429"),
    "an_index_that_is_slow": ("unreachable", 26, lambda it: setattr(it, "delay", 2), "imeout"),
    "a_project_that_is_missing": ("missing", 27, lambda it: forget(it, "origami"), "origami: "),
    "a_repository_that_is_missing": (
        "settings",
        20,
        lambda it: it.domain.repositories.clear(),
        "ResourceNotFoundException",
    ),
    "a_version_that_is_missing": (
        "missing",
        27,
        lambda it: put(it, "origami", "1.5", Asset("origami-1.5-py3-none-any.whl", b"")),
        "but origami-1.5-py3-none-any.whl",
    ),
    "a_tampered_wheel": (
        "wrong-hash",
        28,
        lambda it: put(it, "origami", "1.4", Asset("origami-1.4-py3-none-any.whl", b"other")),
        "was locked",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_node_ends_with(case: str, node: Node, shelf: Shelf, codeartifact: CodeArtifact) -> None:
    code, status, spoil, words = CASES[case]
    shelf.publish(codeartifact)
    shelf.more = {"limits": replace(SOON, answer=0.3)} if case == "an_index_that_is_slow" else {}
    shelf.write()
    spoil(codeartifact)
    ran = node.boot()
    require_refused(ran, node, code, status)
    assert words in ran.said["what"]


def test_a_package_that_would_have_to_be_compiled_is_refused(
    node: Node, shelf: Shelf, codeartifact: CodeArtifact, tmp_path: Path
) -> None:
    shelf.publish(codeartifact)
    sdist = write_sdist(tmp_path, "origami", "1.4")
    put(codeartifact, "origami", "1.4", Asset(sdist.name, sdist.read_bytes()))
    shelf.write()
    ran = node.boot()
    require_refused(ran, node, "needs-compiling", 29)
    assert "origami 1.4 is there as an sdist" in ran.said["what"]


def test_an_index_that_is_not_there_is_named_and_the_volume_takes_its_place(
    node: Node, shelf: Shelf, codeartifact: CodeArtifact
) -> None:
    shelf.publish(codeartifact)
    assert shelf.index is not None
    shelf.index = replace(shelf.index, endpoint=closed_address())
    shelf.write()
    require_refused(node.boot(), node, "unreachable", 26)
    shelf.fallback = "volume"
    shelf.write()
    ran = node.boot()
    assert (ran.said["verdict"], ran.said["source"], ran.said["after"]) == ("OK", "volume", "unreachable")


def test_what_is_wrong_with_the_bytes_is_not_mended_by_the_volume(
    node: Node, shelf: Shelf, codeartifact: CodeArtifact
) -> None:
    shelf.publish(codeartifact)
    shelf.fallback = "volume"
    shelf.write()
    put(codeartifact, "origami", "1.4", Asset("origami-1.4-py3-none-any.whl", b"other"))
    require_refused(node.boot(), node, "wrong-hash", 28)


def test_a_token_that_ends_meanwhile_is_fetched_anew(node: Node, shelf: Shelf) -> None:
    faults = Faults(Call("CodeArtifact", "Simple stable origami", 1), Fault.EXPIRED)
    with CodeArtifact(faults=faults) as service:
        shelf.publish(service)
        shelf.write()
        ran = node.boot()
    assert (ran.said["verdict"], ran.said["source"]) == ("OK", "codeartifact"), ran
    assert [each.name for each in faults.calls].count(TOKEN) == 2


def test_tokens_that_are_throttled_are_waited_for(node: Node, shelf: Shelf, codeartifact: CodeArtifact) -> None:
    shelf.publish(codeartifact)
    shelf.write()
    codeartifact.throttle(TOKEN, 2)
    assert node.boot().said["verdict"] == "OK"


def test_nothing_that_the_machine_says_adds_an_index(
    node: Node, shelf: Shelf, codeartifact: CodeArtifact, tmp_path: Path
) -> None:
    write_wheel(tmp_path / "other", "paper-plane", "9.0")
    with PackageIndex(tmp_path / "other") as other:
        said = f"[global]\nextra-index-url = {other.url}\nindex-url = {other.url}\n"
        for path in ("/etc/pip.conf", "/etc/xdg/pip/pip.conf", "/databricks/python/pip.conf"):
            node.write(path, said)
        node.variables |= {"PIP_EXTRA_INDEX_URL": other.url, "PIP_CONFIG_FILE": "/etc/pip.conf", "PIP_PRE": "1"}
        node.variables |= {"AWS_ENDPOINT_URL": other.address, "PYTHONPATH": "/Volumes/main/libraries/wheelyard"}
        node.variables |= {"AWS_ENDPOINT_URL_CODEARTIFACT": other.address}
        (shelf.folder / "json.py").parent.mkdir(exist_ok=True)
        (shelf.folder / "json.py").write_text("raise SystemExit('a module of the volume was imported')\n")
        shelf.publish(codeartifact)
        shelf.write()
        ran = node.boot()
        assert (ran.code, ran.said["added"]) == (0, "2"), ran
        assert not other.requests
    asked = [codeartifact.call(each) for each in codeartifact.requests]
    assert asked == [
        f"{TOKEN}",
        f"{ENDPOINT} stable",
        *(
            f"Simple stable {each}"
            for each in (
                "paper-plane",
                "paper-plane/1.2.0/paper_plane-1.2.0-py3-none-any.whl",
                "origami",
                "origami/1.4/origami-1.4-py3-none-any.whl",
            )
        ),
    ]
