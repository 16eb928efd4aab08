"""Publish what was judged: to every target, only what is absent there, and read back what it holds then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.errors import Conflict, Incomplete
from release.model.ledger import Entry, State

if TYPE_CHECKING:
    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.evidence import Judged
    from release.model.tag import Tag


class Publish:
    """The step; it gives what every target holds when it is done."""

    title = "publish"

    def run(self, judged: Judged, context: Context) -> tuple[Entry, ...]:
        """Put the evidence in place first, then the artifacts: what an index offers is proven from its first moment."""
        tag = judged.artifacts.release.tag
        context.shelf.keep(judged)
        for target in context.targets:
            entries = target.ledger(tag, judged.artifacts.digests)
            require_agreement(tag, entries)
            if any(entry.state is State.ABSENT for entry in entries):
                target.put(judged.artifacts)
        entries = read_ledger(judged.artifacts, context)
        if missing := [entry for entry in entries if entry.state is not State.IDENTICAL]:
            raise Incomplete(
                f"{tag}: {missing[0].target} does not offer {missing[0].name} after it was put there",
                hint="run the same command again",
            )
        return entries


def read_ledger(artifacts: Artifacts, context: Context) -> tuple[Entry, ...]:
    """Ask every target what it holds."""
    tag = artifacts.release.tag
    return tuple(entry for target in context.targets for entry in target.ledger(tag, artifacts.digests))


def require_agreement(tag: Tag, entries: tuple[Entry, ...]) -> None:
    """Stop where a target holds other bytes, or could not be asked."""
    for entry in entries:
        if entry.state is State.CONFLICTING:
            raise Conflict(
                f"{tag}: {entry.target} holds other bytes as {entry.name} ({entry.location})",
                hint="published bytes are never replaced: release what you have as a new version",
            )
        if entry.state is State.UNKNOWN:
            raise Incomplete(
                f"{tag}: {entry.target} could not be asked about {entry.name}: {entry.detail}",
                hint="run the same command again when it answers",
            )
