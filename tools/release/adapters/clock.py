"""This machine's clock beside a service's: a wrong one makes signatures that are refused, and times that mislead."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from release.errors import Incomplete
from release.model.diagnosis import failed, ok, warning

if TYPE_CHECKING:
    from release.model.diagnosis import Diagnosis

_SKEW: Final = 120
"""Seconds by which clocks may differ before somebody should look."""
_CURE: Final = "set this machine's clock by a time server: timedatectl set-ntp true"


def seconds_ahead(date: str, now: datetime | None = None) -> float | None:
    """Give by how much the clock of a `Date` header is ahead of this machine's; None where the header tells no time."""
    try:
        theirs = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=timezone.utc)
    return (theirs - (now or datetime.now(timezone.utc))).total_seconds()


def compare_clocks(service: str, ahead: float | None, refused_from: float = math.inf) -> Diagnosis:
    """Say whether two clocks agree; `refused_from` is how many seconds off the service refuses what is signed."""
    check = f"{service} clock"
    if ahead is None:
        return ok(check, "its answer tells no time")
    if abs(ahead) <= _SKEW:
        return ok(check, "it agrees with this machine's")
    said = f"it is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's"
    if abs(ahead) < refused_from:
        return warning(check, said, _CURE)
    return failed(check, f"{said}, and it refuses what is signed then", _CURE, Incomplete)
