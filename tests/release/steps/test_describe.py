from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from release.steps.describe import describe_closure
from tests.release.doors import open_doors
from tests.servers.index import PackageIndex
from tests.servers.wheel import write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release.model.closure import Component

THEN = datetime(2026, 1, 2, tzinfo=UTC)


class Shop:
    """An index, and a resolver that asks it alone."""

    def __init__(self, server: PackageIndex, folder: Path, cache: Path) -> None:
        self.shelf = server.folders[0]
        self.context = open_doors(folder, {**os.environ, "UV_DEFAULT_INDEX": server.url, "UV_CACHE_DIR": str(cache)})
        self.lock = folder / "resolved" / "pylock.toml"
        self.lock.parent.mkdir()

    def describe(self, *wanted: str, siblings: frozenset[str] = frozenset()) -> dict[str, Component]:
        """Resolve requirements and describe what comes of it."""
        self.context.resolver.resolve([Requirement(each) for each in wanted], {}, THEN, self.lock)
        requirements = [Requirement(each) for each in wanted]
        return {str(each.pin): each for each in describe_closure(self.lock, requirements, siblings, self.context)}


@pytest.fixture
def shop(tmp_path: Path, uv_cache: Path) -> Iterator[Shop]:
    (tmp_path / "shelf").mkdir()
    with PackageIndex(tmp_path / "shelf") as server:
        yield Shop(server, tmp_path, uv_cache)


def test_each_pin_says_what_it_needs_its_licence_and_its_author(shop: Shop) -> None:
    said = {"License-Expression": "MIT", "Author": "Ada Lovelace"}
    write_wheel(shop.shelf, "idna", "1.0", requires=["Six>=1", "pytest; extra == 'test'"], metadata=said)
    write_wheel(shop.shelf, "six", "1.0", metadata={"Author-email": "six@example.com"})
    described = shop.describe("idna")
    assert described.keys() == {"idna==1.0", "six==1.0"}
    idna, six = described["idna==1.0"], described["six==1.0"]
    assert (idna.needs, idna.licence, idna.author) == (("six",), "MIT", "Ada Lovelace")
    assert (six.needs, six.licence, six.author) == ((), "", "six@example.com")
    assert idna.is_described
    assert six.is_described


def test_a_licence_of_old_is_read_from_its_classifier(shop: Shop) -> None:
    write_wheel(shop.shelf, "idna", "1.0", metadata={"Classifier": "License :: OSI Approved :: BSD License"})
    assert shop.describe("idna")["idna==1.0"].licence == "BSD License"


def test_siblings_are_told_from_what_others_made(shop: Shop) -> None:
    write_wheel(shop.shelf, "idna", "1.0", requires=["alpha"])
    write_wheel(shop.shelf, "alpha", "1.0")
    described = shop.describe("idna", siblings=frozenset({"alpha", "beta"}))
    assert {key: each.pin.first_party for key, each in described.items()} == {"alpha==1.0": True, "idna==1.0": False}


def test_both_sides_of_a_fork_are_described(shop: Shop) -> None:
    write_wheel(shop.shelf, "idna", "1.0", metadata={"License-Expression": "MIT"})
    write_wheel(shop.shelf, "idna", "2.0", requires=["six"], metadata={"License-Expression": "BSD-3-Clause"})
    write_wheel(shop.shelf, "six", "1.0")
    described = shop.describe("idna<2; python_version < '3.12'", "idna>=2; python_version >= '3.12'")
    old, new = described["idna==1.0"], described["idna==2.0"]
    assert (old.licence, old.needs) == ("MIT", ())
    assert (new.licence, new.needs) == ("BSD-3-Clause", ("six",))
    assert "3.12" in old.pin.marker
    assert "3.12" in new.pin.marker


def test_what_other_platforms_need_is_described_too(shop: Shop) -> None:
    write_wheel(shop.shelf, "idna", "1.0", requires=["colorama; sys_platform == 'win32'"])
    write_wheel(shop.shelf, "colorama", "1.0", metadata={"License-Expression": "MIT"})
    described = shop.describe("idna")
    assert described["idna==1.0"].needs == ("colorama",)
    assert described["colorama==1.0"].licence == "MIT"
    assert described["colorama==1.0"].pin.marker == "sys_platform == 'win32'"


def test_a_wheel_for_another_platform_alone_is_listed_and_not_described(shop: Shop) -> None:
    wheel = write_wheel(shop.shelf, "pywin32", "1.0", tag="cp311-cp311-win_amd64")
    write_wheel(shop.shelf, "idna", "1.0", requires=["pywin32; sys_platform == 'win32'"])
    described = shop.describe("idna")
    pywin32 = described["pywin32==1.0"]
    assert not pywin32.is_described
    assert pywin32.pin.sha256 == (hashlib.sha256(wheel.read_bytes()).hexdigest(),)
    assert described["idna==1.0"].needs == ("pywin32",)


def test_digests_begin_with_the_wheel_that_runs_everywhere(shop: Shop) -> None:
    files = [
        write_wheel(shop.shelf, "idna", "1.0"),
        write_wheel(shop.shelf, "idna", "1.0", tag="cp311-cp311-win_amd64"),
    ]
    digests = tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in files)
    assert shop.describe("idna")["idna==1.0"].pin.sha256 == digests


def test_the_requirements_of_an_extra_count_where_somebody_asks_for_it(shop: Shop) -> None:
    more = {"Provides-Extra": "more"}
    write_wheel(shop.shelf, "idna", "1.0", requires=["certifi; extra == 'more'"], metadata=more)
    write_wheel(shop.shelf, "certifi", "1.0")
    assert shop.describe("idna", "certifi")["idna==1.0"].needs == ()
    assert shop.describe("idna[more]")["idna==1.0"].needs == ("certifi",)


def test_an_extra_that_a_dependency_asks_for_counts_as_well(shop: Shop) -> None:
    write_wheel(shop.shelf, "alpha", "1.0", requires=["idna[more]"])
    more = {"Provides-Extra": "more"}
    write_wheel(shop.shelf, "idna", "1.0", requires=["certifi; extra == 'more'"], metadata=more)
    write_wheel(shop.shelf, "certifi", "1.0")
    assert shop.describe("alpha")["idna==1.0"].needs == ("certifi",)
