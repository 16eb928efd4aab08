"""Files of our own packages that only a target far away has: fetched, checked and used as if they stood here."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release.errors import Conflict, Incomplete
from release.model.tag import parse_tag
from release.steps.siblings import bring_siblings
from tests.release.doors import make_artifacts, make_plan, publish
from tests.release.stocked import stock_codeartifact, stock_github, stock_s3
from tests.release.test_pipeline import receipt_of
from tests.release.warehouse import Maker, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from release.model.offer import Offer
    from release.model.plan import Plan
    from tests.release.scene import Scene
    from tests.release.steps.dock import Dock
    from tests.release.warehouse import Made
    from tests.servers.world import World

BETA = parse_tag("beta/v0.1.0")
STOCK: dict[str, Callable[[World, list[Made]], None]] = {
    "s3": lambda world, releases: stock_s3(world.s3, releases),
    "codeartifact": lambda world, releases: stock_codeartifact(world.codeartifact, releases),
    "github": lambda world, releases: stock_github(world.github, releases),
}


def needing(requirement: str = "alpha>=0.1", tag: str = "beta/v0.1.0") -> Plan:
    """Plan a release of beta, which needs alpha."""
    return replace(make_plan(parse_tag(tag), [requirement]), siblings=frozenset({"alpha"}))


def bytes_of(offer: Offer) -> bytes:
    """Read a file that was brought here."""
    assert offer.url.startswith("file://")
    return Path(offer.url.removeprefix("file://")).read_bytes()


def names(offers: Iterable[Offer]) -> list[str]:
    """Give the names of files, in order."""
    return sorted(each.name for each in offers)


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    return Maker(tmp_path / "maker")


@pytest.mark.parametrize("target", STOCK)
def test_a_sibling_that_one_target_alone_offers_is_fetched(dock: Dock, world: World, maker: Maker, target: str) -> None:
    made = maker.make("alpha/v0.1.0")
    STOCK[target](world, [made])
    context = dock.context("local", target)
    [offer] = bring_siblings(needing(), (), context)["alpha"]
    wheel = made.tag.files[0]
    assert (offer.name, offer.version, offer.sha256) == (wheel, made.tag.version, digest(made.files[wheel]))
    assert bytes_of(offer) == made.files[wheel]
    assert context.scratch in Path(offer.url.removeprefix("file://")).parents


@pytest.mark.parametrize("target", ["s3", "github"])
def test_bytes_that_are_not_what_the_target_says_are_a_conflict(
    dock: Dock, world: World, maker: Maker, target: str
) -> None:
    made = maker.make("alpha/v0.1.0")
    STOCK[target](world, [made])
    context = dock.context(target)
    wheel = made.tag.files[0]
    world.s3.do("PUT", f"stable/alpha/0.1.0/{wheel}", b"something else")
    if target == "github":
        [release] = world.github.repository.releases
        asset = next(each for each in release.assets if each.name == wheel)
        context.targets[0].offered("alpha", BETA.channel)  # the list that says the digest
        asset.content = b"something else"
    with pytest.raises(Conflict, match=f"beta/v0.1.0: {target} gives other bytes for {wheel} than it says") as conflict:
        bring_siblings(needing(), (), context)
    assert "release verify" in conflict.value.hint
    assert not list(context.scratch.rglob("*.whl"))


def test_what_is_named_and_gone_is_no_sibling_that_was_never_released(dock: Dock, world: World, maker: Maker) -> None:
    made = maker.make("alpha/v0.1.0")
    stock_s3(world.s3, [made])
    world.s3.do("DELETE", f"stable/alpha/0.1.0/{made.tag.files[0]}")
    with pytest.raises(Incomplete, match="is offered, and is not there"):
        bring_siblings(needing(), (), dock.context("s3"))


def test_no_more_than_the_three_newest_versions_that_fit_are_fetched(dock: Dock, world: World, maker: Maker) -> None:
    stock_s3(world.s3, [maker.make(f"alpha/v0.{number}.0") for number in (1, 2, 9, 10, 11, 12)])
    offers = bring_siblings(needing("alpha>=0.2,<0.12"), (), dock.context("s3"))["alpha"]
    assert [str(each.version) for each in offers] == ["0.9.0", "0.10.0", "0.11.0"]
    fetched = [each.name for each in world.faults.calls if each.name.endswith((".whl", ".tar.gz"))]
    assert len(fetched) == 3
    assert all(each.endswith(".whl") for each in fetched), "nothing is built from source"


def test_a_version_that_does_not_fit_is_not_fetched(dock: Dock, world: World, maker: Maker) -> None:
    stock_s3(world.s3, [maker.make("alpha/v0.1.0")])
    assert bring_siblings(needing("alpha>=0.2"), (), dock.context("s3")) == {"alpha": []}


def test_a_candidate_is_fetched_for_candidates_alone(dock: Dock, world: World, maker: Maker) -> None:
    stock_s3(world.s3, [maker.make("alpha/v0.1.0"), maker.make("alpha/v0.2.0rc1")])
    context = dock.context("s3")
    final = bring_siblings(needing(), (), context)["alpha"]
    candidate = bring_siblings(needing(tag="beta/v0.1.0rc1"), (), context)["alpha"]
    assert [str(each.version) for each in final] == ["0.1.0"]
    assert [str(each.version) for each in candidate] == ["0.1.0", "0.2.0rc1"]


def test_two_targets_that_offer_other_bytes_by_one_name_are_a_conflict(dock: Dock, world: World, maker: Maker) -> None:
    made = maker.make("alpha/v0.1.0")
    stock_s3(world.s3, [made])
    stock_codeartifact(world.codeartifact, [made.changed(".whl", b"something else")])
    with pytest.raises(Conflict, match=r"codeartifact and another target offer other bytes as alpha-0\.1\.0") as found:
        bring_siblings(needing(), (), dock.context("s3", "codeartifact"))
    assert "release reconcile" in found.value.hint


def test_two_targets_that_agree_give_each_file_once(dock: Dock, world: World, maker: Maker) -> None:
    made = maker.make("alpha/v0.1.0")
    stock_s3(world.s3, [made])
    stock_codeartifact(world.codeartifact, [made])
    offers = bring_siblings(needing(), (), dock.context("s3", "codeartifact"))["alpha"]
    assert names(offers) == [made.tag.files[0]]


def test_a_sibling_that_stands_here_is_used_where_it_stands(dock: Dock, tmp_path: Path) -> None:
    context = dock.context("local")
    artifacts = make_artifacts(tmp_path / "alpha")
    publish(context.targets[0], artifacts)
    offers = bring_siblings(needing("alpha>=9"), (), context)["alpha"]
    assert names(offers) == sorted(each.name for each in artifacts), "which one fits is for the resolver to say"
    assert not (context.scratch / "siblings").exists()


def test_what_is_built_in_this_run_takes_the_place_of_what_is_offered(
    dock: Dock, world: World, maker: Maker, tmp_path: Path
) -> None:
    stock_s3(world.s3, [maker.make("alpha/v0.1.0")])
    built = make_artifacts(tmp_path / "alpha")
    offers = bring_siblings(needing(), (built,), dock.context("s3"))["alpha"]
    assert {each.name: each.sha256 for each in offers} == built.digests


def test_a_candidate_of_this_run_is_not_for_a_final_release(dock: Dock, tmp_path: Path) -> None:
    built = make_artifacts(tmp_path / "alpha", "alpha/v0.2.0rc1")
    assert bring_siblings(needing(), (built,), dock.context("local")) == {"alpha": []}


def test_a_final_release_is_resolved_and_tried_with_a_sibling_that_s3_alone_has(scene: Scene, world: World) -> None:
    scene.release.more.update(world.environment)
    scene.add("alpha").add(
        "beta", requires=["alpha>=0.1"], files={"src/beta/__init__.py": "import alpha\n\nNAME = 'beta'\n"}
    )
    scene.tagged("alpha/v0.1.0", "beta/v0.1.0")
    scene.call("run", "alpha/v0.1.0", "--to", "s3").expect(0)
    shutil.rmtree(scene.repository.root / "dist")
    scene.call("run", "beta/v0.1.0", "--to", "s3").expect(0)
    verdicts = {each["name"]: each["verdict"] for each in receipt_of(scene, "beta")["gates"]}
    assert verdicts == {"check": "passed", "smoke": "passed", "audit": "passed", "runtimes": "skipped"}
    sbom = json.loads((scene.repository.dist("beta") / "beta-0.1.0.cdx.json").read_text())
    assert [(each["name"], each["version"]) for each in sbom["components"]] == [("alpha", "0.1.0")]
    wheel = world.s3.do("GET", "stable/alpha/0.1.0/alpha-0.1.0-py3-none-any.whl").content
    assert digest(wheel) in json.dumps(sbom["components"])
    assert not scene.repository.dist("alpha").exists(), "it was never released here"
