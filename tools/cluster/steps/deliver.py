"""Bring a file to a volume: where there is none, and never over one that is there; what was sent is read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from release.errors import Conflict, Incomplete

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cluster.ports import Volume

AT_ONCE: Final = 10
"""How many calls of a volume are under way together."""


def deliver(
    volume: Volume, path: str, sha256: str, content: Callable[[], bytes | Path], *, found: str | None = None
) -> bool:
    """See to it that a file with this digest stands at a path; whether it was sent.

    `found` is the digest of what stands there, where that was asked before; empty where nothing does, and only then is
    `content` asked for.
    """
    found = volume.digest(path) if found is None else found
    is_sent = not found and volume.add(path, content())
    found = found or volume.digest(path)
    if not found:
        raise Incomplete(f"{path} was sent, and is not there", hint="is somebody pruning? run the same command again")
    if found != sha256:
        how = "what was sent reads back as" if is_sent else "there are other bytes, which are left as they are:"
        raise Conflict(
            f"{path}: {how} SHA-256 {found}, and {sha256} is locked",
            hint="nothing here is ever overwritten: find out who wrote it and when; remove it by hand only if no lock "
            "that is in use needs it",
        )
    return is_sent
