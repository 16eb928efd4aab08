"""How often services are asked, by the doors that a release uses: as seldom as they allow."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from release.model.dist import Dist
from release.settings import Settings
from release.targets import open_targets
from tests.release.stocked import stock_codeartifact, stock_github, stock_s3
from tests.servers.codeartifact import CodeArtifact
from tests.servers.github import GitHub
from tests.servers.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pytest

    from release.ports import Target
    from tests.release.steps.reconciliation.conftest import Books
    from tests.release.warehouse import Made, Maker


def make(maker: Maker, count: int, *, shelved: bool = True) -> list[Made]:
    """Make releases of twenty packages, or of as many as there are."""
    names = [f"part-{number % 20}/v0.{number // 20}.0" for number in range(count)]
    maker.tag(*names)
    releases = [maker.make(name, is_tagged=False) for name in names]
    for made in releases if shelved else ():
        maker.shelve(made)
    return releases


def open_target(name: str, environment: Mapping[str, str], maker: Maker, patch: pytest.MonkeyPatch) -> Target:
    """Open a target as a command does, in a process whose variables lead to a stand-in."""
    for variable, value in environment.items():
        patch.setenv(variable, value)
    (opened,) = open_targets([name], Settings(environment), Dist(maker.root / "dist"))
    return opened


def counted(calls: Iterable[str]) -> dict[str, int]:
    return dict(Counter(each.partition(" ")[0] for each in calls))


def test_github_is_asked_for_a_page_of_a_hundred_releases_at_a_time(
    books: Books, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GitHub() as server:
        stock_github(server, make(maker, 1000))
        found = books.reconcile(open_target("github", server.environment, maker, monkeypatch))
        calls = counted(server.calls())
    assert (found.agreeing, found.exit_code) == (1000, 0)
    assert calls == {"ListReleases": 10}


def test_codeartifact_is_asked_for_versions_by_repository_and_for_each_revision_once(
    books: Books, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CodeArtifact() as server:
        stock_codeartifact(server, make(maker, 200))
        found = books.reconcile(open_target("codeartifact", server.environment, maker, monkeypatch))
        calls = counted(map(server.call, server.requests))
    assert (found.agreeing, found.exit_code) == (200, 0), found.discrepancies[:3]
    assert calls == {"ListPackageVersions": 20 * 4, "ListPackageVersionAssets": 200}


def test_s3_is_listed_by_channel_and_asked_once_for_each_page_and_digest(
    books: Books, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3() as server:
        releases = make(maker, 60)
        stock_s3(server, releases)
        found = books.reconcile(open_target("s3", server.environment, maker, monkeypatch))
        calls = counted(server.calls())
    assert (found.agreeing, found.exit_code) == (60, 0), found.discrepancies[:3]
    assert calls == {"ListObjectsV2": 3, "GetObject": 20 * 3 + len(releases), "HeadObject": 2 * len(releases)}, (
        "each page, each bundle, and the digests of what an installer takes"
    )


def test_what_is_not_on_the_shelf_has_its_bundle_read_and_nothing_else(
    books: Books, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with S3() as server:
        releases = make(maker, 10, shelved=False)
        stock_s3(server, releases)
        target = open_target("s3", server.environment, maker, monkeypatch)
        assert books.reconcile(target, quick=True).exit_code == 0
        assert not [each for each in server.calls() if each.endswith(".jsonl") and each.startswith("Get")]
        server.forget()
        assert books.reconcile(target).exit_code == 0
        read = sorted(each.rpartition("/")[2] for each in server.calls() if each.startswith("GetObject "))
    assert [each for each in read if each != "index.html"] == sorted(made.bundle for made in releases)
