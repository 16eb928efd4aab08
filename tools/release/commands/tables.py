"""Tables of packages in the documents at the root: a new package has its row, and one that left has none."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release.errors import Incomplete, UsageError
from release.model.package_rows import Introduced, renew_rows
from release.settings import parse_toml
from release.steps.read import read_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def renew_tables(root: Path, members: Iterable[str]) -> tuple[PurePosixPath, ...]:
    """Write the rows of the packages that stand in the work tree, and give the documents that are others now."""
    packages = tuple(introduce(root, members))
    changed: list[PurePosixPath] = []
    for path in sorted(each for each in root.glob("*.md") if each.is_file() and not each.is_symlink()):
        try:
            old = path.read_bytes().decode()
            if (new := renew_rows(old, packages)) != old:
                path.write_bytes(new.encode())
                changed.append(PurePosixPath(path.name))
        except (OSError, UnicodeDecodeError) as error:
            raise Incomplete(
                f"{path} can't be given the rows of its packages: {error}",
                hint="the package is made: mend the document, and write its row there by hand",
            ) from error
    return tuple(changed)


def introduce(root: Path, members: Iterable[str]) -> Iterator[Introduced]:
    """Give what documents say of each package in the work tree; of one that can't be read, its names."""
    for project in sorted(path for member in members for path in root.glob(f"{member}/pyproject.toml")):
        folder = PurePosixPath(project.parent.relative_to(root).as_posix())
        try:
            package = read_package(folder, project.read_bytes(), None)
            said = parse_toml(project.read_bytes(), str(project)).get("project")
            description = said.get("description", "") if isinstance(said, dict) else ""
            yield Introduced(package.name, str(folder), ", ".join(package.imports), str(description))
        except UsageError:
            yield Introduced(folder.name, str(folder), folder.name.replace("-", "_"), "")
