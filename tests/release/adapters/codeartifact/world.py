"""A release to the stand-in for CodeArtifact: what it takes, and how it ends."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from release.adapters.codeartifact import open_target
from release.errors import ReleaseError
from release.model.tag import Tag
from release.settings import Settings
from tests.release.doors import pack_files
from tests.servers.account import SECRET_KEY, SESSION_TOKEN
from tests.servers.codeartifact.store import Asset
from tests.servers.wheel import write_sdist, write_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from release.adapters.codeartifact.target import CodeArtifactTarget
    from release.model.ledger import Held, Listing
    from release.model.parcel import Parcel
    from tests.servers.codeartifact import CodeArtifact

STAGING = "CODEARTIFACT_STAGING_REPOSITORY"
SECRETS = (SECRET_KEY, SESSION_TOKEN, "eyJ2ZXIiOjEsImlzdSI6")


@dataclass(frozen=True)
class World:
    """The stand-in, and a folder for what is released."""

    server: CodeArtifact
    folder: Path

    def target(
        self, changes: Mapping[str, str] | None = None, *, seconds: float = 3, patience: float = 5
    ) -> CodeArtifactTarget:
        """Open the target anew, as another run does."""
        return open_target(Settings({**os.environ, **(changes or {})}), seconds, patience=patience)

    def parcel(self, package: str = "alpha", version: str = "0.1.0", content: str = "") -> Parcel:
        """Make a release; other content makes other bytes under the same names."""
        folder = self.folder / (content or "built")
        files = {f"{package}/__init__.py": f"__version__ = {version!r}  # {content}\n"}
        wheel = write_wheel(folder, package, version, files=files, metadata={"Requires-Python": ">=3.10"})
        sdist = write_sdist(folder, package, version, requires=[f"idna ; extra == '{content}'"] if content else ())
        sums = folder / "SHA256SUMS"
        sums.write_text("evidence\n")
        return pack_files(Tag(package, Version(version)), (wheel, sdist, sums))

    def asset(self, parcel: Parcel, ending: str, name: str = "") -> Asset:
        """Give the wheel or the sdist of a release as the stand-in keeps it."""
        file = next(each for each in parcel.artifacts if each.name.endswith(ending))
        return Asset(name or file.name, file.path.read_bytes())

    def publish(self, parcel: Parcel, target: CodeArtifactTarget | None = None) -> None:
        """Bring a release and show it."""
        target = target or self.target()
        target.put(parcel)
        target.show(parcel)

    def asked(self, *beginnings: str) -> list[str]:
        """Give the calls that were made, of these operations if some are named."""
        calls = [self.server.call(request) for request in self.server.requests]
        return [each for each in calls if not beginnings or each.startswith(beginnings)]

    def digests(self, repository: str, parcel: Parcel) -> dict[str, str]:
        """Give what a repository holds of a release."""
        return self.server.digests(repository, parcel.tag.package, str(parcel.tag.version))

    def refused(self, work: Callable[[], object]) -> ReleaseError:
        """Give the error that something ends with, which repeats no secret and says what next."""
        with pytest.raises(ReleaseError) as caught:
            work()
        assert not [each for each in SECRETS if each in f"{caught.value.message}{caught.value.hint}"]
        assert caught.value.hint
        return caught.value


def artifacts(parcel: Parcel) -> dict[str, str]:
    """Give the digests of wheel and sdist."""
    return {each.name: each.sha256 for each in parcel.artifacts}


def listings(held: tuple[Held, ...]) -> dict[str, set[Listing]]:
    """Give how the files of each repository are listed."""
    return {
        repository: {each.listing for each in held if each.location == repository}
        for repository in {each.location for each in held}
    }
