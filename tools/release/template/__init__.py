"""What a new package is made of: text with `$name`, `$module` and the like in it, as `string.Template` reads it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).parent
_SUFFIX = ".template"


def render_package(values: Mapping[str, str]) -> dict[PurePosixPath, str]:
    """Give the text of every file of a package, by its path in the package's folder.

    `module` in a file's path stands for the value of that name, and a value that is missing is a KeyError.
    """
    return {
        PurePosixPath(*(_named(part, values) for part in path.relative_to(TEMPLATE).parts)): Template(
            path.read_text(encoding="utf-8")
        ).substitute(values)
        for path in sorted(TEMPLATE.rglob(f"*{_SUFFIX}"))
    }


def _named(part: str, values: Mapping[str, str]) -> str:
    return part.removesuffix(_SUFFIX).replace("module", values["module"])
