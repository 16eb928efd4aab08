"""What a wheel says of itself."""

from __future__ import annotations

import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from release.errors import Conflict
from release.model.metadata import parse_metadata

if TYPE_CHECKING:
    from pathlib import Path


def read_requires_python(wheel: Path | IO[bytes], place: str, hint: str) -> str:
    """Give the versions of Python that a wheel is for; Conflict, with this hint, where it is none any more."""
    try:
        with zipfile.ZipFile(wheel) as opened:
            metadata = next(name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
            return str(parse_metadata(opened.read(metadata)).get("Requires-Python", ""))
    except (zipfile.BadZipFile, zlib.error, EOFError, StopIteration) as error:
        raise Conflict(f"{place} is no wheel any more: {str(error) or 'it has no METADATA'}", hint=hint) from None
