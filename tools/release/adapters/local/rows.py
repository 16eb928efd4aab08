"""Rows: files as an index describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

from release.adapters.wheel_metadata import read_requires_python
from release.errors import Incomplete
from release.model.artifact import digest_of
from release.model.offer import Offer

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.version import Version

_MEND = "something changed it after its release: put it back, or take it away and release its tag again"


def offer_of(path: Path, url: str) -> Offer:
    """Describe a file; Conflict where it is no wheel any more."""
    python = read_requires_python(path, str(path), _MEND) if path.suffix == ".whl" else ""
    return Offer(parse_name(path)[1], path.name, url, digest_of(path), python)


def parse_name(path: Path) -> tuple[str, Version]:
    """Give the package and the version that the name of a wheel or an sdist says; Incomplete where it says none."""
    try:
        return parse_wheel_filename(path.name)[:2] if path.suffix == ".whl" else parse_sdist_filename(path.name)
    except (InvalidSdistFilename, InvalidWheelFilename) as error:
        raise stray(path, str(error)) from None


def stray(path: Path, reason: str) -> Incomplete:
    """Say that a file does not belong where it is."""
    return Incomplete(
        f"{path} does not belong in the index: {reason}", hint="move it away, and run the same command again"
    )
