"""A release to every place it belongs: it is there, it proves itself, and it installs."""

from __future__ import annotations

import base64
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from uv import find_uv_bin

from tests.servers.__main__ import indexes
from tests.servers.codeartifact import CodeArtifact
from tests.servers.real_index import run_devpi, run_pypiserver
from tests.servers.world import TARGETS, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tests.release.command import Ended
    from tests.release.scene import Scene
    from tests.servers.real_index import IndexServer

TO = tuple(word for target in TARGETS for word in ("--to", target))
CHANNELS = ("stable", "preview", "dev")
INSTALLERS = {
    "pip": [sys.executable, "-m", "pip", "install", "--no-cache-dir", "--disable-pip-version-check"],
    "uv": [find_uv_bin(), "pip", "install", "--no-cache", "--python", sys.executable],
}
REAL = {"pypiserver": run_pypiserver, "devpi": run_devpi}
_ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(scene: Scene) -> Iterator[World]:
    """Give everything outside, named to every call."""
    with World() as found:
        scene.release.more.update(found.environment)
        yield found


@pytest.fixture
def two(scene: Scene, world: World) -> Scene:
    """Give two packages that are tagged, here and at GitHub: beta needs alpha."""
    scene.add("alpha").add("beta", requires=["alpha>=0.1"])
    return push(scene, world, "alpha/v0.1.0", "beta/v0.1.0")


def push(scene: Scene, world: World, *tags: str) -> Scene:
    """Tag what there is, and push the tags."""
    scene.tagged(*tags)
    for tag in tags:
        world.github.repository.tag(tag, scene.repository.git("rev-parse", f"{tag}^{{commit}}"))
    return scene


def verify(scene: Scene, world: World, *words: str) -> Ended:
    """Verify as a consumer who was given the key."""
    key = base64.b64encode(world.kms.key.public).decode()
    return scene.call("verify", *words, "--key", key, *TO).expect(0)


def install(name: str, index: str, wanted: str, into: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Install from an index alone, and give the versions of what came of it."""
    variables = {**environment, "PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}
    words = [*INSTALLERS[name], "--target", str(into), wanted]
    done = subprocess.run(words, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{index}: {done.stderr}"
    return {each.name: each.version for each in distributions(path=[str(into)])}


def require_installs(places: Iterable[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Install beta, and with it alpha, from each index by each installer."""
    for number, index in enumerate(places):
        for name in INSTALLERS:
            got = install(name, index, "beta", folder / f"{name}-{number}", environment)
            assert got == {"alpha": "0.1.0", "beta": "0.1.0"}, index


def test_a_release_to_every_target_proves_itself_and_installs_from_each_index(
    two: Scene, world: World, tmp_path: Path
) -> None:
    two.call("run", *TO).expect(0)
    verify(two, world)
    require_installs(indexes(world), tmp_path / "installed", two.release.environment)
    assert [each.tag_name for each in world.github.repository.releases if not each.draft] == [
        "alpha/v0.1.0",
        "beta/v0.1.0",
    ]


@pytest.mark.parametrize("start", REAL.values(), ids=REAL)
def test_the_index_may_be_any_real_one(
    two: Scene, world: World, tmp_path: Path, start: Callable[[Path], AbstractContextManager[IndexServer]]
) -> None:
    with start(tmp_path / "stand-in") as server:
        index = server.empty()
        two.release.more.update(index.environment)
        two.call("run", *TO).expect(0)
        verify(two, world)
        require_installs([index.url_for_pip], tmp_path / "installed", two.release.environment)
        again = two.call("run", *TO, "--json").expect(0)
    assert {each["ending"] for each in again.document["outcomes"]} == {"identical"}


def test_another_machine_with_an_empty_dist_finds_everything_there_already(two: Scene, world: World) -> None:
    two.call("run", *TO).expect(0)
    before = {key: world.s3.do("GET", key).content for key in world.s3.stored()}
    shutil.rmtree(two.repository.root / "dist")
    remote = tuple(word for target in TARGETS[1:] for word in ("--to", target))
    again = two.call("run", *remote, "--json").expect(0)
    assert {each["ending"] for each in again.document["outcomes"]} == {"identical"}
    assert {key: world.s3.do("GET", key).content for key in world.s3.stored()} == before
    assert len(world.github.repository.releases) == 2
    two.call("run", *TO).expect(0)
    verify(two, world)


def test_a_domain_without_a_staging_repository_takes_releases_as_well(scene: Scene, tmp_path: Path) -> None:
    world = World()
    world.codeartifact = CodeArtifact(has_staging=False)
    with world:
        scene.release.more.update(world.environment)
        scene.add("alpha").add("beta", requires=["alpha>=0.1"])
        push(scene, world, "alpha/v0.1.0", "beta/v0.1.0")
        scene.call("run", *TO).expect(0)
        verify(scene, world)
        require_installs(indexes(world)[:1], tmp_path / "installed", scene.release.environment)
        assert world.codeartifact.package("staging", "alpha").versions == {}
        again = scene.call("run", *TO, "--json").expect(0)
    assert {each["ending"] for each in again.document["outcomes"]} == {"identical"}


def test_a_candidate_reaches_preview_and_dev_alone(scene: Scene, world: World) -> None:
    scene.add("alpha", versions=["0.1.0", "0.2.0rc1"])
    push(scene, world, "alpha/v0.2.0rc1").call("run", *TO).expect(0)
    verify(scene, world)
    assert where(world, "alpha") == {"preview": {"0.2.0rc1"}, "dev": {"0.2.0rc1"}}
    [release] = world.github.repository.releases
    assert (release.prerelease, release.draft, world.github.repository.latest) == (True, False, 0)


def test_a_snapshot_reaches_dev_alone(scene: Scene, world: World) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    scene.repository.commit("Something new", at="2026-02-03T04:05:06+00:00")
    scene.call("snapshot", "alpha", *(word for target in TARGETS[:-1] for word in ("--to", target))).expect(0)
    found = where(world, "alpha")
    assert list(found) == ["dev"]
    assert all(".dev" in version for version in found["dev"])
    assert world.github.repository.releases == []


def where(world: World, package: str) -> dict[str, set[str]]:
    """Give the versions that each channel offers, after CodeArtifact and S3 have said the same."""
    found = {channel: set(world.codeartifact.package(channel, package).versions) for channel in CHANNELS}
    for channel in CHANNELS:
        page = world.s3.do("GET", f"{channel}/simple/{package}/index.html")
        shown = re.findall(r">[a-z]+-([^-<]+)(?:-py3-none-any\.whl|\.tar\.gz)<", page.content.decode())
        assert found[channel] == (set(shown) if page.status == 200 else set()), channel
    return {channel: versions for channel, versions in found.items() if versions}


def test_whoever_has_no_account_releases_against_stand_ins_started_by_hand(scene: Scene, tmp_path: Path) -> None:
    scene.add("alpha").add("beta", requires=["alpha>=0.1"])
    shutil.copytree(_ROOT / ".github", scene.repository.root / ".github")
    shutil.copy(_ROOT / "CODEOWNERS", scene.repository.root)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers", "--delay", "0.01"],
        cwd=scene.repository.root,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    said = read_to(process, "# Until Ctrl-C.")
    try:
        lines = [shlex.split(line, comments=True) for line in said]
        variables = dict(words[1].split("=", 1) for words in lines if words[:1] == ["export"])
        scene.release.more.update(variables)
        scene.tagged("alpha/v0.1.0", "beta/v0.1.0")
        for words in (line[3:] for line in lines if line[:3] == ["hatch", "run", "release"]):
            scene.call(*words).expect(0)
        places = [words[words.index("--index-url") + 1] for words in lines if "--index-url" in words]
        assert len(places) == 3
        require_installs(places, tmp_path / "installed", scene.release.environment)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == 0


def read_to(process: subprocess.Popen[str], last: str) -> list[str]:
    """Read what a process says, to a line that it says last."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.strip() == last:
            return lines
    raise AssertionError(f"it ended: {''.join(lines)}")
