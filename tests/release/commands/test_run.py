"""`run`: what is released, what is there already, what stands in the way, and that anyone can install it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import permutations, product
from typing import TYPE_CHECKING

import pytest
import uv

from tests.release.scene import require_sound_index
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.release.scene import Scene
    from tests.servers.vulnerabilities import Vulnerabilities


def test_the_second_run_finds_everything_identical_and_asks_no_gate(
    scene: Scene, vulnerabilities: Vulnerabilities
) -> None:
    scene.add("alpha", requires=["packaging>=24"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    asked = len(vulnerabilities.requests)
    assert asked > 0
    with scene.untouched():
        ended = scene.call("run", "alpha/v0.1.0").expect(0)
    assert "identical  alpha/v0.1.0  everything was there already, with the same bytes" in ended.out
    assert len(vulnerabilities.requests) == asked
    assert "smoke" not in ended.err


def test_what_was_lost_is_made_again_with_the_same_bytes(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.call().expect(0)
    before = scene.published
    page = scene.repository.index() / "alpha"
    losses: tuple[Callable[[], object], ...] = (
        (scene.repository.dist("alpha") / "alpha-0.1.0.receipt.json").unlink,
        lambda: shutil.rmtree(scene.repository.dist("alpha")),
        (page / "index.html").unlink,
        (page / "alpha-0.1.0.tar.gz").unlink,
        lambda: shutil.rmtree(scene.repository.root / "dist/index"),
    )
    for lose in losses:
        lose()
        scene.call().expect(0)
        after = scene.published
        assert after.keys() == before.keys()
        timeless = [name for name in before if not name.endswith((".receipt.json", ".intoto.jsonl"))]
        assert [name for name in timeless if before[name] != after[name]] == []
        scene.call("verify", "alpha/v0.1.0").expect(0)
        assert len(scene.versions("alpha")) == 2


@pytest.mark.parametrize("name", ["alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"])
def test_other_bytes_in_the_index_are_a_conflict_and_stay(scene: Scene, name: str) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    (scene.repository.index() / "alpha").mkdir(parents=True)
    (scene.repository.index() / "alpha" / name).write_bytes(b"something else")
    scene.refuse(
        code=14,
        says=(f"alpha/v0.1.0: local holds other bytes as {name}",),
        hint="published bytes are never replaced: release what you have as a new version",
    )


def test_other_bytes_on_the_shelf_are_a_conflict_and_nothing_is_offered(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    wheel = scene.repository.dist("alpha") / "alpha-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(b"something else")
    ended = scene.call().expect(14)
    assert "holds other bytes than the tag gives" in ended.err
    assert wheel.read_bytes() == b"something else"
    assert not (scene.repository.root / "dist/index").exists()


def test_a_broken_file_of_a_sibling_in_the_index_is_no_defect_of_the_tool(scene: Scene) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    (scene.repository.index() / "alpha/alpha-0.1.0-py3-none-any.whl").write_bytes(b"half a whe")
    scene.repository.tag("beta/v0.1.0")
    ended = scene.call("run", "beta/v0.1.0")
    assert ended.code == 14
    assert "alpha-0.1.0-py3-none-any.whl" in ended.err
    assert not (scene.repository.index() / "beta").exists()


def test_of_two_tags_on_one_commit_the_one_that_is_asked_for_is_built(scene: Scene) -> None:
    """Annotated or not, final or candidate first: a package for each way in which git could tell them apart."""
    orders = [
        order for kinds in product((True, False), repeat=2) for order in permutations(zip("fc", kinds, strict=True))
    ]
    names = [f"p{number}" for number in range(len(orders))]
    scene.add(*names).tagged()
    for name, order in zip(names, orders, strict=True):
        for kind, annotated in order:
            scene.repository.tag(f"{name}/v0.1.0" if kind == "f" else f"{name}/v0.1.0rc1", annotated=annotated)
    scene.call("run", *(f"{name}/v0.1.0" for name in names)).expect(0)
    for name in names:
        assert scene.versions(name, "preview") == [f"{name}-0.1.0-py3-none-any.whl", f"{name}-0.1.0.tar.gz"]


def test_all_tags_at_head_are_released_each_as_its_own_version(scene: Scene) -> None:
    scene.add("alpha", versions=["0.1.0", "0.1.0rc1"]).tagged("alpha/v0.1.0", "alpha/v0.1.0rc1")
    scene.call().expect(0)
    assert len(scene.versions("alpha", "preview")) == 4
    assert scene.versions("alpha") == ["alpha-0.1.0-py3-none-any.whl", "alpha-0.1.0.tar.gz"]


def test_an_older_tag_is_released_from_a_dirty_tree_and_from_a_folder_below(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.write("packages/alpha/src/alpha/__init__.py", "NAME = 'later'\n")
    scene.repository.commit("Later")
    scene.repository.write("packages/alpha/src/alpha/__init__.py", "NAME = 'later still'\n")
    scene.call("run", "alpha/v0.1.0", folder=scene.repository.root / "packages").expect(0)
    assert b"later" not in (scene.repository.dist("alpha") / "alpha-0.1.0.tar.gz").read_bytes()
    assert len(scene.versions("alpha")) == 2


@pytest.mark.parametrize("tags", [("alpha/v0.1.0", "alpha/v0.1.0"), ("alpha/v0.1.0", "beta/v0.1.0")])
def test_two_releases_at_once_do_each_other_no_harm(scene: Scene, tags: tuple[str, str]) -> None:
    scene.add("alpha", "beta").tagged("alpha/v0.1.0", "beta/v0.1.0")
    processes = [scene.release.start("run", tag) for tag in tags]
    while any(process.poll() is None for process in processes):
        require_sound_index(scene.repository.root / "dist/index")
    ended = [(*process.communicate(), process.returncode) for process in processes]
    assert [code for *_, code in ended] == [0, 0], ended
    for tag in tags:
        assert len(scene.versions(tag.partition("/")[0])) == 2
    assert scene.scratch_folders == []


def test_pip_and_uv_install_with_hashes_and_each_channel_offers_what_it_should(scene: Scene, tmp_path: Path) -> None:
    scene.add("alpha", versions=["0.1.0", "0.2.0rc1"]).tagged("alpha/v0.1.0")
    scene.call().expect(0)
    scene.repository.commit("Go on")
    scene.repository.tag("alpha/v0.2.0rc1")
    scene.call().expect(0)
    wheel = "alpha-0.1.0-py3-none-any.whl"
    assert scene.versions("alpha", "stable") == [wheel, "alpha-0.1.0.tar.gz"]
    for channel in ("preview", "dev"):
        assert len(scene.versions("alpha", channel)) == 4
    digest = scene.published[f"alpha/0.1.0/{wheel}"]
    lock = tmp_path / "lock.txt"
    lock.write_text(f"alpha==0.1.0 --hash=sha256:{digest}\n")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    uv_pip = [uv.find_uv_bin(), "pip", "install", "--quiet", "--no-cache"]
    environment = {**scene.release.environment, "PIP_INDEX_URL": closed_address(), "UV_DEFAULT_INDEX": closed_address()}
    for program, option in ((pip, "--index-url"), (uv_pip, "--default-index")):
        for channel in ("stable", "preview"):
            folder = tmp_path / option / channel
            words = ["--no-deps", "--require-hashes", option, scene.repository.index(channel).as_uri()]
            subprocess.run([*program, *words, "--target", str(folder), "-r", str(lock)], env=environment, check=True)
            assert (folder / "alpha/__init__.py").is_file()
    words = ["--no-deps", "--index-url", scene.repository.index("stable").as_uri(), "--target", str(tmp_path / "no")]
    refused = subprocess.run([*pip, *words, "alpha==0.2.0rc1"], env=environment, capture_output=True, check=False)
    assert refused.returncode == 1
    assert b"No matching distribution" in refused.stderr
