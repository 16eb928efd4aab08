"""Record a release in its receipt, however it ended, and know one that has nothing left to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.model.ledger import State
from release.model.plan import Purpose
from release.model.receipt import ArtifactRecord, GateRecord, PublicationRecord, Receipt, read_receipt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.evidence import Judged
    from release.model.ledger import Entry


def record(judged: Judged, entries: Iterable[Entry], context: Context) -> Receipt:
    """Write the receipt and what the gates leave as evidence."""
    plan = judged.artifacts.release.plan
    receipt = Receipt(
        package=plan.tag.package,
        version=str(plan.tag.version),
        tag=str(plan.tag),
        commit=plan.commit.sha,
        channel=plan.tag.channel,
        rehearsal=plan.purpose is Purpose.REHEARSAL,
        artifacts=_artifacts(judged.artifacts),
        gates=tuple(
            GateRecord(name=name, verdict=each.made.verdict, detail=each.made.detail, seconds=round(each.seconds, 3))
            for name, each in judged.gates.items()
        ),
        publications=tuple(
            PublicationRecord(
                target=each.target, location=each.location, name=each.name, state=each.state, sha256=each.sha256
            )
            for each in entries
        ),
        tool=context.tool,
        started=judged.started,
        finished=datetime.now(UTC),
    )
    reports = {name: gate.made.report for name, gate in judged.gates.items() if gate.made.report}
    context.shelf.record(plan.tag, receipt, reports)
    return receipt


def find_finished(artifacts: Artifacts, entries: Iterable[Entry], context: Context) -> Receipt | None:
    """Give the receipt of a release that is everywhere already, with these bytes and all of its evidence."""
    plan = artifacts.release.plan
    before = read_receipt(context.dist.receipt(plan.tag))
    if before is None or not before.is_complete:
        return None
    same = before.commit == plan.commit.sha and before.artifacts == _artifacts(artifacts)
    everywhere = all(entry.state is State.IDENTICAL for entry in entries)
    return before if same and everywhere and context.shelf.is_whole(artifacts) else None


def _artifacts(artifacts: Artifacts) -> tuple[ArtifactRecord, ...]:
    return tuple(
        ArtifactRecord(name=each.name, kind=each.kind, sha256=each.sha256, size=each.size) for each in artifacts
    )
