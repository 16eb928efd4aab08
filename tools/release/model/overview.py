"""Where a package stands: what was released last, what changed since, and what would come next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.version import Version

    from release.errors import ReleaseError


@dataclass(frozen=True)
class Standing:
    """One package of the repository at HEAD."""

    name: str
    last: Version | None
    """Its highest tagged version."""
    changed_files: int
    """Files of its folder that differ from that tag; all of them where there is none."""
    next: Version | None
    """The version that would fit now; none where nothing changed or it can't be said."""
    followers: tuple[str, ...]
    """Packages that need it, directly or through another."""
    error: ReleaseError | None = None

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to release."""
        return self.changed_files > 0
