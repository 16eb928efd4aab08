"""What is inside a wheel or an sdist, given only if the archive is built as its formats say."""

from __future__ import annotations

from release.model.archive.reason import Reason
from release.model.archive.sdist import read_sdist
from release.model.archive.wheel import read_wheel

__all__ = ["Reason", "read_sdist", "read_wheel"]
