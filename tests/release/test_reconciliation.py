"""A release that is everywhere agrees with itself; and what is done to it there is found, by the command alone."""

from __future__ import annotations

import base64
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.servers.codeartifact.store import Asset
from tests.servers.world import TARGETS, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.release.scene import Scene

TAG = "alpha/v0.1.0"
EVERYWHERE = tuple(word for name in TARGETS for word in ("--to", name))


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    """Give everything outside, to which a release was made that a trusted key has signed."""
    with World() as everything:
        key = base64.b64encode(everything.kms.key.public).decode()
        scene.repository.write("pyproject.toml", f'[tool.release]\ntrusted-keys = ["{key}"]\n')
        scene.add("alpha").tagged(TAG)
        everything.github.repository.tag(TAG, scene.repository.git("rev-parse", "HEAD"))
        scene.release.more.update(everything.environment)
        scene.call("run", TAG, *EVERYWHERE).expect(0)
        yield everything


def codes(scene: Scene, *words: str, code: int) -> list[tuple[str, str]]:
    """Give what is found, and where."""
    document = scene.call("reconcile", *words, "--json").expect(code).document
    return [(each["code"], each["target"]) for each in document["discrepancies"]]


@pytest.mark.usefixtures("world")
def test_a_release_to_every_target_agrees_and_is_audited_from_anywhere(scene: Scene) -> None:
    assert codes(scene, *EVERYWHERE, code=0) == []
    scene.call("audit", *EVERYWHERE).expect(0)
    shutil.rmtree(scene.repository.root / "dist")
    for archive in ("s3", "github"):
        assert codes(scene, "--to", archive, "--to", "codeartifact", code=0) == []
        scene.call("audit", "--to", archive, "--to", "codeartifact").expect(0)
    assert codes(scene, "--to", "index", code=16) == [("unsigned", "shelf")]
    assert scene.call("audit", "--to", "index").expect(15).out.count("unknown") == 2


def test_what_is_done_to_a_release_at_its_targets_is_found(scene: Scene, world: World) -> None:
    world.codeartifact.append("dev", "alpha", "0.1.0", Asset("alpha-0.1.0-cp311-none-any.whl", b"evil"))
    world.s3.do("PUT", "stable/alpha/0.1.0/alpha-0.1.0.tar.gz", b"evil")
    (release,) = world.github.repository.releases
    release.assets = [each for each in release.assets if not each.name.endswith(".cdx.json")]
    found = codes(scene, *EVERYWHERE, code=14)
    assert {*found} >= {("stranger", "codeartifact"), ("different", "s3"), ("missing-evidence", "github")}
    assert not [each for each in found if each[1] in {"local", "index"}]


@pytest.mark.usefixtures("world")
def test_half_of_a_yank_is_found(scene: Scene) -> None:
    scene.call("yank", TAG, "--to", "s3", "--to", "github", "--reason", "loses rows").expect(0)
    assert codes(scene, "--to", "s3", "--to", "github", code=0) == []
    assert codes(scene, "--to", "s3", "--to", "codeartifact", code=15) == [("still-offered", "codeartifact")]
    scene.refuse("audit", "--to", "s3", code=2, says=("nothing was audited: s3 offers no release",))
    scene.call("audit", "--to", "s3", "--all").expect(0)
