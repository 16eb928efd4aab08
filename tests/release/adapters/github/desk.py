"""A repository on GitHub, a parcel for it, and doors to it: one for each run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from release.adapters.github import open_target
from release.model.tag import Tag, parse_tag
from release.settings import Settings
from tests.release.doors import pack_files
from tests.servers.github import TOKEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.adapters.github.target import GitHubReleases
    from release.model.parcel import Parcel
    from tests.servers.github import GitHub, Release
    from tests.servers.github.repository import Repository

COMMIT = "c0ffee" + "0" * 34
TAG = "alpha/v0.1.0"
NOTES = "Version 0.1.0 of `alpha`.\n"


def files_of(tag: Tag, word: str = "") -> dict[str, bytes]:
    """Give the files of a release, evidence first."""
    wheel, sdist = tag.files
    names = ("SHA256SUMS", f"{tag.stem}.cdx.json", f"{tag.stem}.audit.json", f"{tag.stem}.intoto.jsonl", wheel, sdist)
    return {name: f"{name} of {tag}{word}".encode() for name in names}


@dataclass(frozen=True)
class Desk:
    """Where tests release from."""

    github: GitHub
    folder: Path

    @property
    def repository(self) -> Repository:
        """What GitHub keeps."""
        return self.github.repository

    @property
    def releases(self) -> list[Release]:
        """All releases."""
        return self.repository.releases

    def open(
        self,
        token: str = TOKEN,
        *,
        seconds: float = 1,
        patience: float = 3,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> GitHubReleases:
        """Open the target, as a run of its own does."""
        environment = {**self.github.environment, "GITHUB_TOKEN": token, **settings}
        return open_target(Settings(environment), seconds, patience=patience)

    def parcel(
        self, tag: str = TAG, *, is_highest: bool = True, changed: Mapping[str, bytes] = MappingProxyType({})
    ) -> Parcel:
        """Put the files of a release on a shelf; some are changed, by the ends of their names."""
        parsed = parse_tag(tag)
        shelf = self.folder / hashlib.sha256(f"{tag}{dict(changed)}".encode()).hexdigest()[:8]
        shelf.mkdir(exist_ok=True)
        for name, usual in files_of(parsed).items():
            content = next((each for end, each in changed.items() if name.endswith(end)), usual)
            (shelf / name).write_bytes(content)
        packed = pack_files(parsed, (shelf / name for name in files_of(parsed)), commit=COMMIT, notes=NOTES)
        return replace(packed, is_highest=is_highest)

    def add_draft(self, parcel: Parcel, *names: str) -> Release:
        """Put a draft there that an earlier run left behind, with some of its files."""
        content = {name: parcel.files[name].path.read_bytes() for name in names}
        return self.repository.add(str(parcel.tag), content, draft=True, name="alpha 0.1.0", body=NOTES)

    def add_published(self, tag: str = TAG, word: str = "", **known: object) -> Release:
        """Put a published release there with all of its files."""
        parsed = parse_tag(tag)
        known = {"name": f"{parsed.package} {parsed.version}", "body": NOTES, **known}
        return self.repository.add(tag, files_of(parsed, word), **known)

    def require_published(self, parcel: Parcel) -> Release:
        """Give the one release of a parcel's tag, published with each file once and nothing else."""
        (release,) = self.repository.named(str(parcel.tag))
        assert not release.draft
        assert sorted(each.name for each in release.assets) == sorted(parcel.files)
        assert {each.name: hashlib.sha256(each.content).hexdigest() for each in release.assets} == parcel.digests
        return release
