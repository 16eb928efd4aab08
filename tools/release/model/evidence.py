"""What stands beside the artifacts to prove them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from release.model.trust import keyid_of
from release.redaction import redact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from release.model.artifact import Artifacts
    from release.model.gate import Judgement, Timed, Verdict
    from release.model.tag import Tag
    from release.model.trust import Builder


@dataclass(frozen=True)
class Evidence:
    """Files by name."""

    files: Mapping[str, bytes]

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 by file name."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}


@dataclass(frozen=True)
class Attestation:
    """The provenance of a release as a bundle, and whose signatures it carries."""

    bundle: bytes
    statement: bytes
    builder: Builder
    keys: tuple[bytes, ...] = ()
    """Public keys, as DER SubjectPublicKeyInfo; none where it is unsigned."""
    reports: Mapping[str, bytes] = field(default_factory=dict)
    """The gates' reports that the statement names, by file name."""

    @property
    def summary(self) -> str:
        """Who vouches for it, in a line."""
        if not self.keys:
            return "UNSIGNED"
        return f"signed by {', '.join(keyid_of(key)[:12] for key in self.keys)} ({self.builder.level})"


@dataclass(frozen=True)
class Judged:
    """Artifacts, what every gate said of them, and the evidence: ready to be published, or not."""

    artifacts: Artifacts
    gates: Mapping[str, Timed[Judgement]]
    """What each gate said, by its title, in the order in which they are shown."""
    evidence: Evidence
    started: datetime
    attestation: Attestation | None = None

    @property
    def reports(self) -> dict[str, bytes]:
        """What the gates leave as evidence, by file name: the same knowledge makes the same bytes."""
        if self.attestation:
            return dict(self.attestation.reports)
        stem = self.artifacts.release.tag.stem
        reports = {title: timed.made.report for title, timed in self.gates.items() if timed.made.report}
        return {f"{stem}.{title}.json": write_report(report) for title, report in reports.items()}

    @property
    def report_digests(self) -> dict[str, str]:
        """SHA-256 of each report by file name."""
        return Evidence(self.reports).digests

    def attested(self, attestation: Attestation) -> Judged:
        """Give the same with its provenance and the gates' reports among the evidence."""
        name = bundle_name(self.artifacts.release.tag)
        files = {**self.evidence.files, **attestation.reports, name: attestation.bundle}
        return replace(self, evidence=Evidence(files), attestation=attestation)

    def by_verdict(self, verdict: Verdict) -> dict[str, Judgement]:
        """Give the gates that said this, and what they said."""
        return {title: timed.made for title, timed in self.gates.items() if timed.made.verdict is verdict}


def write_report(report: Mapping[str, object]) -> bytes:
    """Write what a gate leaves as evidence: the same bytes for the same knowledge."""
    return redact(f"{json.dumps(report, indent=2, sort_keys=True)}\n").encode()


def bundle_name(tag: Tag) -> str:
    """Give the name of the file that holds a release's provenance."""
    return f"{tag.stem}.intoto.jsonl"
