"""Record a release in its receipt, however it ended, and know one that has nothing left to do."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.model.evidence import bundle_name
from release.model.ledger import State
from release.model.plan import Purpose
from release.model.receipt import (
    ArtifactRecord,
    EvidenceRecord,
    GateRecord,
    ProvenanceRecord,
    PublicationRecord,
    Receipt,
    read_receipt,
)
from release.model.trust import Builder, keyid_of
from release.redaction import redact
from release.steps.vouch import find_proof, is_written_by

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.context import Context
    from release.model.artifact import Artifacts
    from release.model.evidence import Attestation, Judged
    from release.model.ledger import Entry
    from release.model.plan import Plan
    from release.model.tag import Tag


def record(judged: Judged, entries: Iterable[Entry], context: Context) -> Receipt:
    """Write the receipt and what the gates leave as evidence."""
    receipt = describe(judged, entries, context)
    context.shelf.record(judged.artifacts.release.tag, receipt, judged.reports)
    return receipt


def describe(judged: Judged, entries: Iterable[Entry], context: Context) -> Receipt:
    """Say what was released, from what, judged how and published where; signed by whoever builds and signs."""
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
        evidence=_evidence(judged),
        provenance=judged.attestation and _provenance(judged.attestation, bundle_name(plan.tag)),
        publications=(*map(_publication, entries), *_elsewhere(plan, judged.artifacts, context)),
        tool=context.tool,
        started=judged.started,
        finished=datetime.now(UTC),
    )
    if context.signer and judged.attestation and judged.attestation.builder is Builder.WORKSTATION:
        receipt = receipt.signed(keyid_of(context.signer.key), context.signer.sign(receipt.message))
    return receipt


def receipt_name(tag: Tag) -> str:
    """Give the name of the file that a release's receipt is."""
    return f"{tag.stem}.receipt.json"


def find_finished(artifacts: Artifacts, entries: Iterable[Entry], context: Context) -> Receipt | None:
    """Give the receipt of a release that is everywhere already, with these bytes and all of its evidence.

    One that is unsigned is not finished where somebody could sign it.
    """
    plan = artifacts.release.plan
    before = read_receipt(context.dist.receipt(plan.tag))
    if before is None or not before.is_complete:
        return None
    same = before.commit == plan.commit.sha and before.artifacts == _artifacts(artifacts)
    everywhere = all(entry.state is State.IDENTICAL for entry in entries)
    told = {(each.target, each.location, each.name) for each in before.publications}
    everywhere &= told.issuperset((entry.target, redact(entry.location), entry.name) for entry in entries)
    is_finished = same and everywhere and context.shelf.is_whole(plan.tag, before)
    return before if is_finished and _is_vouched(before, artifacts, context) else None


def _is_vouched(receipt: Receipt, artifacts: Artifacts, context: Context) -> bool:
    """Whether somebody who counts has signed the provenance, and the receipt where it is signed by whoever builds."""
    if context.signer is None and not receipt.is_signed:
        return True  # nobody here can do better
    proven = find_proof(artifacts, context)
    if proven is None or receipt.provenance is None:
        return False
    if hashlib.sha256(proven.statement).hexdigest() != receipt.provenance.statement:
        return False
    if receipt.signature is None:
        return proven.builder != Builder.WORKSTATION
    return is_written_by(proven, receipt, context.signatures)


def _publication(entry: Entry) -> PublicationRecord:
    return PublicationRecord(
        target=entry.target,
        location=redact(entry.location),
        name=entry.name,
        state=entry.state,
        sha256=entry.sha256,
        detail=redact(entry.detail),
    )


def _elsewhere(plan: Plan, artifacts: Artifacts, context: Context) -> tuple[PublicationRecord, ...]:
    """Give what an earlier run has published of the same bytes at targets that are not asked today."""
    before = read_receipt(context.dist.receipt(plan.tag))
    if before is None or (before.commit, before.artifacts) != (plan.commit.sha, _artifacts(artifacts)):
        return ()
    asked = {target.name for target in context.targets}
    return tuple(each for each in before.publications if each.target not in asked)


def _artifacts(artifacts: Artifacts) -> tuple[ArtifactRecord, ...]:
    return tuple(
        ArtifactRecord(name=each.name, kind=each.kind, sha256=each.sha256, size=each.size) for each in artifacts
    )


def _evidence(judged: Judged) -> tuple[EvidenceRecord, ...]:
    """Name what stands beside the artifacts, but for the provenance, which has a record of its own."""
    digests = judged.evidence.digests.items()
    bundle = bundle_name(judged.artifacts.release.tag)
    return tuple(EvidenceRecord(name=name, sha256=digest) for name, digest in sorted(digests) if name != bundle)


def _provenance(attestation: Attestation, name: str) -> ProvenanceRecord:
    return ProvenanceRecord(
        name=name,
        statement=hashlib.sha256(attestation.statement).hexdigest(),
        builder=attestation.builder.value,
        keys=tuple(keyid_of(key) for key in attestation.keys),
    )
