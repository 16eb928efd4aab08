"""Adopt a release that another job has built and a signer has signed: everything is compared, and nothing is run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from release.errors import GateUnavailable, VerificationFailed
from release.model.artifact import KINDS, Artifacts
from release.model.digests import CHECKSUMS
from release.model.evidence import Evidence, Judged, bundle_name, write_report
from release.model.proof import Expected
from release.model.strict_json import NotStrict, parse_strictly
from release.steps.attest import describe_provenance, find_vouched
from release.steps.audit import Audit
from release.steps.build import compare_with_tree, describe_file
from release.steps.inspection.built import GATES, read_built, read_gates
from release.steps.inspection.evidence import require_audit, require_checksums, require_sbom
from release.steps.inspection.gather import as_whole
from release.steps.inspection.handover import Handover, require_some
from release.steps.inspection.look import Doubt, Look
from release.steps.inspection.origin import require_archives, require_provenance
from release.steps.record import receipt_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.context import Context
    from release.model.evidence import Attestation
    from release.model.gate import Judgement, Timed
    from release.model.plan import Plan, Release
    from release.model.receipt import Receipt
    from release.model.tag import Tag

_HINT: Final = "publish nothing of it: build, verify and sign it again, and find out who changed it"


@dataclass(frozen=True)
class Receive:
    """The step before any other of a job that publishes: nothing is read of files that are not as they were named."""

    digests: Mapping[str, str]
    """What the files must be, as the jobs before have said; empty where nobody says it."""
    title = "receive"

    def run(self, plan: Plan, context: Context) -> Plan:
        """Compare what stands on the shelf with the digests, file by file."""
        folder = context.dist.folder(plan.tag)
        try:
            if self.digests:
                before = digests_of(_recall(plan.tag, context))
                Handover(self.digests, before, has_notes=bool(before)).require(folder, plan.tag)
            require_some(folder, plan.tag)
        except Doubt as doubt:
            raise VerificationFailed(f"{plan.tag}: {doubt.code}: {doubt.detail}", hint=_hint_of(doubt)) from None
        return plan


@dataclass(frozen=True)
class Adopt:
    """The step; beside `build` it alone makes artifacts out of a release, of files that a trusted key vouches for."""

    digests: Mapping[str, str]
    """What was received, by file name."""
    title = "adopt"

    def run(self, release: Release, context: Context) -> Judged:
        """Hold what stands on the shelf against the tagged tree, the statement that is signed, and its receipt."""
        tag, plan = release.tag, release.plan
        folder, today = context.dist.folder(tag), datetime.now(UTC).date()
        expected = Expected(tag.package, str(tag.version), context.policy.repository, plan.commit.sha)
        look = Look(as_whole(tag, expected, folder), context.trust, today, context)
        before = _recall(tag, context)
        try:
            for require in (require_provenance, require_archives, require_sbom, require_checksums, require_audit):
                require(look)
            receipt = read_built(look, self._find_receipt(look, before), digests_of(before))
            gates = _read_gates(receipt, look, release)
        except Doubt as doubt:
            raise VerificationFailed(f"{tag}: {doubt.code}: {doubt.detail}", hint=_hint_of(doubt)) from None
        metadata = compare_with_tree(plan, folder, context)
        wheel, sdist = (describe_file(folder / name, kind) for name, kind in zip(tag.files, KINDS, strict=True))
        artifacts = Artifacts(release, wheel, sdist, metadata)
        _require_unchanged(artifacts, look)
        names = (f"{tag.stem}.cdx.json", CHECKSUMS, f"{tag.stem}.audit.json")
        evidence = Evidence({name: context.shelf.read(tag, name) for name in names})
        judged = Judged(artifacts, gates, evidence, receipt.started)
        require_vouched(judged, context)
        self._remember(tag, before, context)
        return judged

    def _find_receipt(self, look: Look, before: Mapping[str, bytes]) -> bytes:
        """Give the receipt as it was handed over: a run here may have renewed it since."""
        name = receipt_name(look.delivery.tag)
        receipt = look.context.shelf.read(look.delivery.tag, name)
        wanted = self.digests.get(name)
        return before[name] if wanted and hashlib.sha256(receipt).hexdigest() != wanted else receipt

    def _remember(self, tag: Tag, before: Mapping[str, bytes], context: Context) -> None:
        """Keep a copy of what publishing may renew, so that the same words hold for it when they are said again."""
        now = {name: context.shelf.read(tag, name) for name in before}
        digests = digests_of(now)
        context.shelf.remember(
            tag, {name: now[name] for name in now if not before[name] or digests[name] == self.digests.get(name)}
        )


class Accept:
    """The step that stands where `attest` does: the statement is there, and what is published is what it says."""

    title = "attest"

    def run(self, judged: Judged, context: Context) -> Attestation:
        """Give the statement on the shelf, which another job has published meanwhile, or which a signer has left."""
        return require_vouched(judged, context)


def require_vouched(judged: Judged, context: Context) -> Attestation:
    """Give the statement that a trusted key has signed, and that says just this of the release."""
    if vouched := find_vouched(describe_provenance(judged, context), judged, context):
        return vouched
    tag = judged.artifacts.release.tag
    raise VerificationFailed(
        f"{tag}: {bundle_name(tag)} is signed, and says other than this release is: other files, reports or tools",
        hint=_HINT,
    )


def digests_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Give the SHA-256 of what is not empty."""
    return Evidence({name: content for name, content in files.items() if content}).digests


def _recall(tag: Tag, context: Context) -> dict[str, bytes]:
    """Give, as it was received, what publishing may put something else in place of; empty where it never came to it."""
    renewable = (receipt_name(tag), bundle_name(tag), f"{tag.stem}.audit.json")
    return {name: context.shelf.recall(tag, name) for name in renewable}


def _read_gates(receipt: Receipt, look: Look, release: Release) -> dict[str, Timed[Judgement]]:
    """Give what every gate said, with the report that the audit has left."""
    gates = read_gates(receipt, release.plan)
    if missing := [name for name in GATES if name not in gates]:
        raise GateUnavailable(
            f"{release.tag}: the receipt does not say that {missing[0]} judged it",
            hint=f"build it again, where every gate can be asked: hatch run release build {release.tag}",
        )
    audit = gates[Audit.title]
    content = look.delivery.path(f"{release.tag.stem}.{Audit.title}.json").read_bytes()
    try:
        report = parse_strictly(content)
    except NotStrict as error:
        raise Doubt("wrong-byproduct", f"the audit's report is no JSON: {error}") from None
    if not isinstance(report, dict) or write_report(report) != content:
        raise Doubt("wrong-byproduct", "the audit's report is not as this tool writes one")
    return gates | {Audit.title: replace(audit, made=replace(audit.made, report=report))}


def _require_unchanged(artifacts: Artifacts, look: Look) -> None:
    for name, digest in artifacts.digests.items():
        if look.digests[name] != digest:
            raise VerificationFailed(f"{artifacts.release.tag}: {name} was changed while it was read", hint=_HINT)


def _hint_of(doubt: Doubt) -> str:
    if doubt.code in {"unsigned", "empty"}:
        return "sign it first, where the key is: hatch run release sign"
    if doubt.code == "untrusted":
        return (
            "name the signer's key in trusted-keys of [tool.release], if it is one of yours; else publish nothing of it"
        )
    return _HINT
