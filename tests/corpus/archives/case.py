"""A case of the corpus: an archive, what is odd about it, and what has to become of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release.model.archive import read_sdist, read_wheel

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.model.archive import Reason

OUTSIDE = Path(tempfile.gettempdir()) / "outside-of-every-archive"
"""Where absolute names lead; nothing may ever appear there."""
WHEEL_NAME = "alpha-1.0-py3-none-any.whl"
SDIST_NAME = "alpha-1.0.tar.gz"


@dataclass(frozen=True)
class Case:
    """An archive that is made when it is asked for, the same bytes each time."""

    name: str
    what: str
    make: Callable[[], bytes]
    reason: Reason | None = None
    """Why it is refused; None if it is taken."""
    file: str = WHEEL_NAME

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel, or else an sdist."""
        return not self.file.endswith(".tar.gz")

    def write(self, folder: Path) -> Path:
        """Put the archive into a folder of its own, by the name that it goes by."""
        path = folder / self.name / self.file
        path.parent.mkdir(parents=True)
        path.write_bytes(self.make())
        return path

    def read(self, path: Path) -> dict[str, bytes]:
        """Read it as a release does."""
        read = read_wheel if self.is_wheel else read_sdist
        return {str(name): content for name, content in read(path).items()}
