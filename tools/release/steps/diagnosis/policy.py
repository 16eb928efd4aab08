"""The root's `[tool.release]`: whether it can be read, and what in it has expired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from release.errors import GateRefused, UsageError
from release.model.diagnosis import Diagnosis, failed, failed_by, faults_or_ok, ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.model.policy import RootPolicy

_SOON = timedelta(days=14)


def look_at_policy(
    policy: RootPolicy, committed: RootPolicy | UsageError, written: RootPolicy | UsageError
) -> Iterator[Diagnosis]:
    """Say what HEAD's policy says, or why it can't be read, when its defaults stand in; and where it is edited."""
    if isinstance(committed, UsageError):
        yield failed_by("policy", committed)
    elif isinstance(written, UsageError):
        yield warning(
            "policy", f"HEAD's policy holds, and the work tree's can't be read: {written.message}", written.hint
        )
    elif written != committed:
        said = "pyproject.toml was edited: until that is committed, [tool.release] is what HEAD says"
        yield warning("policy", said, "commit it, or put it back: git checkout HEAD -- pyproject.toml")
    else:
        yield ok("policy", f"members {', '.join(policy.members)}; branches {', '.join(policy.branches)}")


def look_at_ignores(policy: RootPolicy) -> tuple[Diagnosis, ...]:
    """See whether an accepted vulnerability has reached its end."""
    today = datetime.now(UTC).date()
    faults = []
    for ignore in policy.audit.ignore:
        cure = f"{ignore.owner} decides: upgrade and remove it, or set a new date in [[tool.release.audit.ignore]]"
        if ignore.expires < today:
            detail = f"the acceptance of {ignore.id} by {ignore.owner} expired on {ignore.expires}"
            faults.append(failed("audit ignores", detail, cure, GateRefused))
        elif ignore.expires < today + _SOON:
            detail = f"the acceptance of {ignore.id} by {ignore.owner} expires on {ignore.expires}"
            faults.append(warning("audit ignores", detail, cure))
    return faults_or_ok("audit ignores", faults, f"{len(policy.audit.ignore)} accepted, none expired")
