"""A package of the repository as a tree of git or a folder describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from packaging.requirements import Requirement

    from release.model.changelog import Changelog
    from release.model.policy import PackagePolicy


@dataclass(frozen=True)
class Package:
    """What a release needs to know of a package before it builds it."""

    name: str
    """Normalised project name, which is the folder's name too."""
    folder: PurePosixPath
    """Where it stands, from the repository's root: `packages/env-drift`."""
    requires: tuple[Requirement, ...]
    sources: tuple[PurePosixPath, ...]
    """Folders whose every file is in the wheel, from the package's folder: `src/env_drift`."""
    build_requires: tuple[Requirement, ...]
    policy: PackagePolicy
    changelog: Changelog | None
    build_backend: str = "hatchling.build"
    optional: tuple[Requirement, ...] = ()
    """What its extras ask for."""
    requires_python: str = ""
    """As it is written: a specifier, where somebody looked that it is one."""

    @property
    def imports(self) -> tuple[str, ...]:
        """Names of the top-level modules in the wheel."""
        return tuple(source.name for source in self.sources)

    def siblings(self, names: frozenset[str]) -> tuple[Requirement, ...]:
        """Give the requirements that other packages of the repository fill."""
        return tuple(needed for needed in self.requires if needed.name in names)
