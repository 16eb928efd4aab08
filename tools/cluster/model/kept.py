"""What stands in the work tree of a cluster's lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster.model.lock import ClusterLock


@dataclass(frozen=True)
class Kept:
    """A lock and the signatures beside it, whether or not they belong together."""

    lock: ClusterLock | None = None
    """None where there is none, or where what stands there is no lock."""
    bundle: bytes = b""
    last: int = 0
    """The highest number that is known of: of the file, or of the commit at HEAD."""
    broken: str = ""
    """Why what stands there is no lock."""
