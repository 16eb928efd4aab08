"""What a consumer holds of a release, and what became of looking at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from release.model.proof import Expected
    from release.model.tag import Tag


@dataclass(frozen=True)
class Delivery:
    """The files of one release, wherever they came from."""

    tag: Tag
    expected: Expected
    folder: Path
    """Where its evidence stands."""
    files: Mapping[str, Path]
    """What has to be proven, by name: all of it, or what somebody has been given."""
    is_whole: bool
    """Whether it is a release as it stands in `dist/`, with a receipt, and targets that should hold it too."""
    needs_sbom: bool
    """Whether it is worth nothing without one."""

    @property
    def sbom(self) -> str:
        """The name of its SBOM."""
        return f"{self.tag.stem}.cdx.json"

    @property
    def archives(self) -> dict[str, Path]:
        """Wheels and sdists among the files."""
        return {name: path for name, path in self.files.items() if name.endswith((".whl", ".tar.gz"))}

    def path(self, name: str) -> Path:
        """Say where a file of it stands, or should stand."""
        return self.files.get(name, self.folder / name)


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at."""

    name: str
    holds: bool
    detail: str
    code: str = ""
    """Why it does not hold, in a word for programs."""


@dataclass(frozen=True)
class Inspected:
    """Everything that was looked at, in order."""

    delivery: Delivery
    checks: tuple[Checked, ...]

    @property
    def holds(self) -> bool:
        """Whether all of it holds, and something was looked at."""
        return bool(self.checks) and all(check.holds for check in self.checks)
