"""Attest a release: its provenance, signed by whoever may sign here, or kept as a signer has left it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from release.errors import Conflict
from release.model.dsse import Envelope, read_envelopes
from release.model.evidence import Attestation, Evidence, bundle_name
from release.model.proof import Unproven
from release.model.provenance import Provenance, Run, tools_of
from release.model.statement import parse_statement
from release.model.toolchain import NotATool
from release.model.trust import Builder
from release.steps.signing import add_signature
from release.steps.vouch import find_proof

if TYPE_CHECKING:
    from release.context import Context
    from release.model.evidence import Judged


class Attest:
    """The step. It comes after the gates, so that the statement can name what the audit has said."""

    title = "attest"

    def run(self, judged: Judged, context: Context) -> Attestation:
        """Give a statement that somebody trusted has signed before, or make one and sign it."""
        provenance = describe_provenance(judged, context)
        if kept := _find_kept(provenance, judged, context):
            return kept
        _require_nothing_lost(provenance, judged, context)
        return _make(provenance, judged, context)


def describe_provenance(judged: Judged, context: Context) -> Provenance:
    """Say what was built from what."""
    plan = judged.artifacts.release.plan
    sbom = f"{plan.tag.stem}.cdx.json"
    return Provenance(
        tag=str(plan.tag),
        package=plan.tag.package,
        repository=context.policy.repository,
        commit=plan.commit.sha,
        subjects=judged.artifacts.digests | {sbom: judged.evidence.digests[sbom]},
        tools=context.builder.tools,
        made_with=context.made_with,
        byproducts=judged.report_digests,
    )


def _make(provenance: Provenance, judged: Judged, context: Context) -> Attestation:
    """Whoever builds and signs in one process claims no more than that, whatever key it is."""
    version = context.tool.rpartition(" ")[2]
    run = Run(Builder.WORKSTATION, version, context.invocation, judged.started, datetime.now(UTC))
    envelope = Envelope(provenance.as_statement(run))
    if context.signer is None:
        context.reporter.warn(
            f"{provenance.tag} is UNSIGNED: sign it where the key is (release sign), or set RELEASE_KMS_KEY_ID and run"
        )
        return Attestation(envelope.as_line(), envelope.payload, run.builder, reports=judged.reports)
    line = add_signature(envelope, context.signer).as_line()
    return Attestation(line, envelope.payload, run.builder, (context.signer.key,), judged.reports)


def _find_kept(provenance: Provenance, judged: Judged, context: Context) -> Attestation | None:
    """Give what stands on the shelf, if it says the very same of these artifacts, and a key that counts has signed it.

    A separate signer leaves it there, and so does a run that was stopped before it was done. Where nobody signs, what
    an earlier run has left unsigned is as good as what this one would write, and may be published already.
    """
    if vouched := find_vouched(provenance, judged, context):
        return vouched
    tag = judged.artifacts.release.tag
    bundle = context.shelf.read(tag, bundle_name(tag))
    envelopes = tuple(read_envelopes(bundle))
    if context.signer is None and len(envelopes) == 1 and not envelopes[0].signatures:
        unsigned = Attestation(bundle, envelopes[0].payload, Builder.WORKSTATION)
        return _keep(unsigned, provenance, judged, context)
    return None


def find_vouched(provenance: Provenance, judged: Judged, context: Context) -> Attestation | None:
    """Give what stands on the shelf, if a key that counts has signed it and it says the very same."""
    proven = find_proof(judged.artifacts, context)
    if proven is None:
        return None
    tag = judged.artifacts.release.tag
    bundle, keys = context.shelf.read(tag, bundle_name(tag)), tuple(each.key for each in proven.keys)
    return _keep(Attestation(bundle, proven.statement, Builder(proven.builder), keys), provenance, judged, context)


def _keep(kept: Attestation, provenance: Provenance, judged: Judged, context: Context) -> Attestation | None:
    """Give it with the reports it names; nothing, if it is not of these artifacts, or of other tools.

    What the gates say today may be another thing than what was attested: the reports of then stay as well.
    """
    try:
        statement = parse_statement(kept.statement)
        same = tools_of(statement) == provenance.tools
    except (NotATool, Unproven):
        return None
    tag = judged.artifacts.release.tag
    reports = {name: context.shelf.read(tag, name) for name in statement.byproducts}
    if statement.byproducts.keys() != provenance.byproducts.keys() or Evidence(reports).digests != statement.byproducts:
        reports = judged.reports
    same &= (statement.subjects, statement.byproducts) == (provenance.subjects, Evidence(reports).digests)
    same &= (statement.tag, statement.package, statement.repository, statement.builder, statement.commits) == (
        provenance.tag,
        provenance.package,
        provenance.repository,
        kept.builder.value,
        (provenance.commit,),
    )
    return replace(kept, reports=reports) if same else None


def _require_nothing_lost(provenance: Provenance, judged: Judged, context: Context) -> None:
    """Refuse to put a statement of our own in place of one that a separate signer is said to have signed."""
    tag = judged.artifacts.release.tag
    name = bundle_name(tag)
    for envelope in read_envelopes(context.shelf.read(tag, name)):
        if envelope.signatures and Builder.SEPARATE_SIGNER.value.encode() in envelope.payload:
            raise Conflict(
                f"{provenance.tag}: {name} is signed by a separate signer, with a key that is not trusted here or of "
                "other files, and would be lost",
                hint="name its key in trusted-keys of [tool.release]; or move the bundle away, run and sign again",
            )
