"""What a domain holds: repositories, packages, versions and assets, and how late a write is seen."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Asset:
    """A file, as it was uploaded."""

    name: str
    content: bytes
    requires_python: str = ""

    @cached_property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class PackageVersion:
    """A version: its assets, and the revision that stands for them."""

    version: str
    assets: Mapping[str, Asset]
    origin: str = "INTERNAL"
    status: str = "Published"
    revision: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    published: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 by name."""
        return {name: asset.sha256 for name, asset in self.assets.items()}

    def plus(self, asset: Asset) -> PackageVersion:
        """Give the version with one more asset, which is another revision."""
        return replace(self, assets={**self.assets, asset.name: asset}, revision=secrets.token_urlsafe(24))


@dataclass(frozen=True)
class Package:
    """A package of a repository, and from where it may get versions."""

    publish: str = "ALLOW"
    upstream: str = "ALLOW"
    versions: Mapping[str, PackageVersion] = field(default_factory=dict)

    def plus(self, *versions: PackageVersion) -> Package:
        """Give the package with these versions in the place of those of the same number."""
        return replace(self, versions={**self.versions, **{each.version: each for each in versions}})


PUBLISHED = Package(publish="ALLOW", upstream="BLOCK")
"""How a package begins that was first published here."""
INGESTED = Package(publish="BLOCK", upstream="ALLOW")
"""How a package begins that first came from upstream."""


class Repository:
    """A repository of the domain; `upstreams` are asked for what it does not hold, the public index after them."""

    def __init__(self, name: str, upstreams: Iterable[str] = (), *, is_external: bool = False) -> None:
        self.name = name
        self.upstreams = list(upstreams)
        self.is_external = is_external
        """Whether it is connected to the public index."""
        self.packages: dict[str, Package] = {}
        self._late: dict[str, tuple[Package | None, int]] = {}

    def read(self, name: str) -> Package | None:
        """Give a package as it is seen now: a write that was made just before may not be."""
        before, reads = self._late.get(name, (None, 0))
        if reads == 0:
            return self.packages.get(name)
        self._late[name] = (before, reads - 1)
        return before

    def write(self, name: str, package: Package, lag: int) -> None:
        """Change a package; the next reads, as many as `lag` says, show what was before."""
        before, reads = self._late.get(name, (None, 0))
        self._late[name] = (before if reads else self.packages.get(name), lag)
        self.packages[name] = package


class Domain:
    """A domain: its repositories, and the public index that some of them are connected to."""

    def __init__(self, name: str, repositories: Iterable[Repository]) -> None:
        self.name = name
        self.repositories = {each.name: each for each in repositories}
        self.public: dict[str, Package] = {}
        """What the world has published under these names."""
        self.lag = 0
        """How many reads of a package after a write of it show what was before."""

    def change(self, repository: Repository, name: str, package: Package) -> None:
        """Write a package, which is seen after the lag."""
        repository.write(name, package, self.lag)

    def visible(self, repository: Repository, name: str) -> dict[str, PackageVersion]:
        """Give the versions that whoever installs from a repository may get, its upstreams' among them."""
        package = repository.read(name)
        own = dict(package.versions) if package else {}
        return {**self.upstream(repository, name, package), **own}

    def upstream(self, repository: Repository, name: str, package: Package | None) -> dict[str, PackageVersion]:
        """Give the versions that a repository may get from elsewhere; none where that is blocked."""
        if package is not None and package.upstream == "BLOCK":
            return {}
        found: dict[str, PackageVersion] = {}
        if repository.is_external and name in self.public:
            found = {key: replace(each, origin="EXTERNAL") for key, each in self.public[name].versions.items()}
        for upstream in reversed(repository.upstreams):
            found |= self.visible(self.repositories[upstream], name)
        return found

    def ingest(self, repository: Repository, name: str, version: str) -> None:
        """Keep a version that somebody got through a repository."""
        package = repository.packages.get(name)
        found = self.upstream(repository, name, package).get(version)
        if found and version not in (package or INGESTED).versions:
            self.change(repository, name, (package or INGESTED).plus(found))
