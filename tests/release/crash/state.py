"""The state of the world: what every service and this machine hold of the releases, so that two can be compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.servers.world import World

BUNDLE = ".intoto.jsonl"
RECEIPT = ".receipt.json"
_OF_A_RUN = (BUNDLE, RECEIPT, ".notices.json")
"""How files end that hold the times of the run that made them."""


@dataclass(frozen=True)
class State:
    """Every file by its place, and whatever else can be asked."""

    files: Mapping[str, bytes]
    facts: Mapping[str, str]

    @property
    def lines(self) -> dict[str, str]:
        """Give it in words: SHA-256 by place, where the bytes are the same from run to run, and every fact."""
        digests = {place: _digest(content) for place, content in self.files.items()}
        lines = {place: "there" if place.endswith(_OF_A_RUN) else digest for place, digest in digests.items()}
        bundles = {digest: place for place, digest in digests.items() if place.endswith(BUNDLE)}
        return lines | {place: _without(bundles, fact) for place, fact in self.facts.items()}

    def named(self, name: str) -> dict[str, bytes]:
        """Give the files of a name, by their places."""
        return {place: content for place, content in self.files.items() if place.rpartition("/")[2] == name}


def look(world: World, dist: Path) -> State:
    """Look at everything."""
    files = {
        **dict(_of_codeartifact(world)),
        **{f"s3/{key}": world.s3.do("GET", key).content for key in world.s3.stored()},
        **{f"index/{name}": content for name, content in world.index.files.items()},
        **{
            f"github/{release.id if release.draft else release.tag_name}/{asset.name}": asset.content
            for release in world.github.repository.releases
            for asset in release.assets
        },
        **{f"dist/{name}": content for name, content in files_of(dist).items()},
    }
    return State(files, dict(_facts_of_codeartifact(world)) | dict(_facts_of_github(world)) | _facts_of_index(world))


def compare(before: State, now: State) -> Iterator[str]:
    """Say in what two states differ."""
    old, new = before.lines, now.lines
    for place in sorted(old.keys() | new.keys()):
        if old.get(place) != new.get(place):
            yield f"{place}: {new.get(place, 'missing')}, and undisturbed {old.get(place, 'missing')}"


def _of_codeartifact(world: World) -> Iterator[tuple[str, bytes]]:
    for repository in world.codeartifact.domain.repositories.values():
        for name, package in repository.packages.items():
            for version in package.versions.values():
                for asset in version.assets.values():
                    yield f"codeartifact/{repository.name}/{name}/{version.version}/{asset.name}", asset.content


def _facts_of_codeartifact(world: World) -> Iterator[tuple[str, str]]:
    for repository in world.codeartifact.domain.repositories.values():
        for name, package in repository.packages.items():
            place = f"codeartifact/{repository.name}/{name}"
            yield place, f"publish {package.publish}, upstream {package.upstream}"
            for version in package.versions.values():
                yield f"{place}/{version.version}", f"{version.status}, {version.origin}"


def _facts_of_github(world: World) -> Iterator[tuple[str, str]]:
    repository = world.github.repository
    for release in repository.releases:
        place = f"github/{release.tag_name} ({len(repository.named(release.tag_name))})"
        flags = f"draft {release.draft}, pre-release {release.prerelease}, of {release.target_commitish}"
        yield place, f"{release.name}, {flags}, {[asset.state for asset in release.assets]}\n{release.body}"
    latest = next((each for each in repository.releases if each.id == repository.latest), None)
    # A repository has one for all its packages: that of the package that came last, and which one does may differ.
    yield "github/latest", f"published {not latest.draft}, stable {not latest.prerelease}" if latest else "none"


def _facts_of_index(world: World) -> dict[str, str]:
    return {"index/yanked": str(sorted(world.index.yanked))}


def files_of(dist: Path) -> dict[str, bytes]:
    """Give every file of this machine's, without the locks that stay."""
    paths = (path for path in sorted(dist.rglob("*")) if path.is_file() and not _is_lock(path, dist))
    return {str(path.relative_to(dist)): path.read_bytes() for path in paths}


def _is_lock(path: Path, dist: Path) -> bool:
    return path.name == ".lock" or ".releasing" in path.relative_to(dist).parts


def _without(bundles: Mapping[str, str], text: str) -> str:
    for digest, place in bundles.items():
        text = text.replace(digest, f"the digest of {place.rpartition('/')[2]}")
    return text


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
