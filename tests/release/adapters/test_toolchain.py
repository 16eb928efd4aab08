"""The toolchain that builds is the one that is recorded: file by file, whatever an index offers."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from release.adapters.toolchain import LOCK, Toolchain
from release.adapters.uv import Uv
from release.errors import BuildFailed
from release.model.toolchain import ToolFile, read_tools
from tests.servers.index import Fault
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from tests.release.adapters.shop import Shop
    from tests.release.repository import Repository

ALPHA = PurePosixPath("packages/alpha")


def tool_of(file: Path) -> ToolFile:
    name, version, *_ = file.name.split("-")
    return ToolFile(name, version, file.name, hashlib.sha256(file.read_bytes()).hexdigest())


def build(toolchain: Toolchain, repository: Repository, folder: Path) -> set[str]:
    made = folder / "built" / "made"
    made.mkdir(parents=True)
    repository.add("alpha")
    sha = repository.commit()
    repository.tag("alpha/v0.1.0")
    toolchain.build(sha, "alpha/v0.1.0", ALPHA, made, 1767323045)
    return {path.name for path in made.iterdir()}


def make_toolchain(shop: Shop, repository: Repository, *tools: ToolFile, python: str | None = None) -> Toolchain:
    scratch = shop.folder / "scratch"
    scratch.mkdir()
    fresh = {**shop.environment, "UV_CACHE_DIR": str(shop.folder / "cache")}
    return Toolchain(Uv(fresh), repository.root, scratch, fresh, tools=tools or None, python=python)


def write_hatchling(folder: Path, name: str) -> Path:
    """Write a hatchling that builds an empty file, with a name that it finds out when it runs."""
    body = f"import pathlib, sys\ndef build_sdist(folder):\n    (pathlib.Path(folder) / {name}).touch()\n"
    files = {"hatchling/__init__.py": "", "hatchling/build.py": f"{body}build_wheel = build_sdist\n"}
    return write_wheel(folder, "hatchling", "1.0", files=files)


def test_what_is_locked_is_what_is_told(shop: Shop, repository: Repository) -> None:
    toolchain = make_toolchain(shop, repository)
    assert toolchain.tools == read_tools(LOCK.read_text())
    assert toolchain.provides.keys() == {tool.name for tool in toolchain.tools}
    assert str(toolchain.provides["hatchling"]) in LOCK.read_text()


def test_the_locked_wheels_build_and_every_digest_is_asked_for(
    shop: Shop, repository: Repository, wheelhouse: Path
) -> None:
    shop.server.folders.append(wheelhouse)
    made = build(make_toolchain(shop, repository), repository, shop.folder)
    assert made == {"alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"}
    fetched = {Path(request.path).name for request in shop.server.requests if request.path.endswith(".whl")}
    assert fetched == {tool.file for tool in read_tools(LOCK.read_text()) if not tool.marker}


def test_a_toolchain_of_others_is_installed_in_place_of_the_locked_one(shop: Shop, repository: Repository) -> None:
    toolchain = make_toolchain(shop, repository, tool_of(write_hatchling(shop.shelf, "'built'")))
    assert build(toolchain, repository, shop.folder) == {"built"}
    assert {name: str(version) for name, version in toolchain.provides.items()} == {"hatchling": "1.0"}


def test_other_bytes_under_the_same_name_build_nothing(shop: Shop, repository: Repository) -> None:
    tool = tool_of(write_wheel(shop.folder, "hatchling", "1.0"))
    write_wheel(shop.shelf, "hatchling", "1.0", files={"hatchling/build.py": "evil = True\n"})
    with pytest.raises(BuildFailed, match="toolchain could not be installed") as failed:
        build(make_toolchain(shop, repository, tool), repository, shop.folder)
    assert "hatchling" in failed.value.message
    assert not list((shop.folder / "built" / "made").iterdir())


def test_bytes_that_change_on_their_way_build_nothing(shop: Shop, repository: Repository) -> None:
    tool = tool_of(shop.wheel("hatchling", "1.0"))
    shop.server.fail(Fault.OTHER_BYTES)
    with pytest.raises(BuildFailed, match="hatchling"):
        build(make_toolchain(shop, repository, tool), repository, shop.folder)
    assert not list((shop.folder / "scratch" / "toolchain").rglob("hatchling"))


def test_an_sdist_in_place_of_the_wheel_is_not_built(shop: Shop, repository: Repository) -> None:
    tool = tool_of(write_wheel(shop.folder, "hatchling", "1.0"))
    sdist = write_sdist(shop.shelf, "hatchling", "1.0")
    with pytest.raises(BuildFailed, match="hatchling") as failed:
        build(make_toolchain(shop, repository, tool), repository, shop.folder)
    assert "nobody should build" not in failed.value.message
    assert not [request for request in shop.server.requests if request.path.endswith(sdist.name)]


def test_an_sdist_whose_digest_is_the_recorded_one_is_not_built_either(shop: Shop, repository: Repository) -> None:
    sdist = write_sdist(shop.shelf, "hatchling", "1.0")
    digest = hashlib.sha256(sdist.read_bytes()).hexdigest()
    tool = ToolFile("hatchling", "1.0", "hatchling-1.0-py3-none-any.whl", digest)
    with pytest.raises(BuildFailed, match="hatchling") as failed:
        build(make_toolchain(shop, repository, tool), repository, shop.folder)
    assert "nobody should build" not in failed.value.message


def test_another_python_builds_where_one_is_named(shop: Shop, repository: Repository) -> None:
    tool = tool_of(write_hatchling(shop.shelf, "sys.base_prefix.replace('/', '-')"))
    made = build(make_toolchain(shop, repository, tool, python=sys.executable), repository, shop.folder)
    assert made == {sys.base_prefix.replace("/", "-")}


def test_a_python_that_is_not_here_is_named(shop: Shop, repository: Repository) -> None:
    with pytest.raises(BuildFailed, match=r"3\.99") as failed:
        build(make_toolchain(shop, repository, python="3.99"), repository, shop.folder)
    assert "is 3.99 a Python of this machine?" in failed.value.hint
