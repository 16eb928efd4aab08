"""A volume in memory, for questions that are asked thousands of times; the stand-in is asked the same elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Final

from cluster.model.observed import Entry

if TYPE_CHECKING:
    from pathlib import Path

_TIME: Final = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


@dataclass
class MemoryVolume:
    """Files by their paths; folders are what paths say."""

    files: dict[str, bytes] = field(default_factory=dict)

    def require(self, path: str) -> None:
        """Find every volume there."""

    def read(self, path: str) -> bytes | None:
        """Give a file."""
        return self.files.get(path)

    def digest(self, path: str) -> str:
        """Give its SHA-256."""
        return hashlib.sha256(self.files[path]).hexdigest() if path in self.files else ""

    def modified(self, path: str) -> datetime | None:
        """Give one time for all."""
        return _TIME if path in self.files else None

    def add(self, path: str, content: bytes | Path) -> bool:
        """Write where nothing stands."""
        is_new = path not in self.files
        self.files.setdefault(path, content if isinstance(content, bytes) else content.read_bytes())
        return is_new

    def replace(self, path: str, content: bytes) -> None:
        """Write."""
        self.files[path] = content

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """Give what stands in a folder."""
        below = {path.removeprefix(f"{folder}/") for path in self.files if path.startswith(f"{folder}/")}
        found = {(name, bool(rest)) for name, _, rest in (each.partition("/") for each in below)}
        return tuple(Entry(name, f"{folder}/{name}", is_folder, _TIME) for name, is_folder in sorted(found))

    def remove(self, path: str) -> None:
        """Take a file away."""
        self.files.pop(path, None)

    def remove_folder(self, folder: str) -> None:
        """Leave what nothing says any more."""
