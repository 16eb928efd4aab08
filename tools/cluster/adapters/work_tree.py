"""The packages of the work tree, as their project files say now: what is not committed counts."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import UsageError
from release.model.policy import RootPolicy
from release.settings import parse_table
from release.steps.read import Packages, read_package

if TYPE_CHECKING:
    from pathlib import Path

    from release.model.package import Package


def read_work_tree(root: Path) -> Packages:
    """Read every member's project file; one that is broken does not hide the others."""
    content = (root / "pyproject.toml").read_bytes() if (root / "pyproject.toml").is_file() else b""
    members = parse_table(content, "pyproject.toml", RootPolicy, "tool", "release").members
    places = sorted({place for member in members for place in root.glob(member) if place.is_dir()})
    found: dict[str, Package] = {}
    broken: dict[str, UsageError] = {}
    for place in places:
        project = place / "pyproject.toml"
        content = project.read_bytes() if project.is_file() else b""
        try:
            package = read_package(PurePosixPath(place.relative_to(root)), content or None, None)
            found[package.name] = package
        except UsageError as error:
            broken[place.name] = error
    return Packages(found, broken)
