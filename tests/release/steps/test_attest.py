"""Provenance is signed once: what a trusted key has said of the same artifacts is kept, and all else is made anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from release.adapters.local_key import LocalKey
from release.model.dsse import parse_envelope
from release.model.evidence import Evidence, Judged, bundle_name
from release.model.gate import Timed, passed
from release.model.statement import parse_statement
from release.model.trust import Builder, Trust, TrustedKey, keyid_of
from release.steps.attest import Attest
from tests.corpus.verify.recipes.keys import STRANGER
from tests.release.doors import make_artifacts, open_doors

if TYPE_CHECKING:
    from pathlib import Path

    from release.context import Context
    from release.model.evidence import Attestation

STARTED = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Bench:
    """The step over one release, with the key of this machine."""

    folder: Path
    context: Context

    def judged(self, *, source: str = "", report: str = "clean") -> Judged:
        """Give artifacts that passed; their bytes depend on the source, and the audit's on the report."""
        artifacts = make_artifacts(self.folder / f"made{source}", source=source)
        gates = {"audit": Timed(passed("fine", said=report), 0.1)}
        return Judged(artifacts, gates, Evidence({"alpha-0.1.0.cdx.json": b"{}"}), STARTED)

    def attest(self, judged: Judged, context: Context | None = None) -> Attestation:
        """Take the step, and leave what it makes on the shelf, without a receipt."""
        context = context or self.context
        attestation = Attest().run(judged, context)
        tag = judged.artifacts.release.tag
        place = context.dist.folder(tag) / bundle_name(tag)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(attestation.bundle)
        return attestation


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, open_doors(tmp_path, {}))


def test_it_says_what_was_built_and_who_signed(bench: Bench) -> None:
    judged, signer = bench.judged(), bench.context.signer
    assert signer is not None
    attestation = bench.attest(judged)
    statement, envelope = parse_statement(attestation.statement), parse_envelope(attestation.bundle)
    assert statement.subjects == judged.artifacts.digests | judged.evidence.digests
    assert statement.byproducts == judged.report_digests
    assert (statement.builder, statement.commits) == (Builder.WORKSTATION, (judged.artifacts.release.plan.commit.sha,))
    (signature,) = envelope.signatures
    assert bench.context.signatures.is_made_by(signer.key, signature.value, envelope.message)
    assert attestation.summary == f"signed by {keyid_of(signer.key)[:12]} (SLSA Build L1)"


def test_what_was_signed_of_the_same_artifacts_is_kept_as_it_is(bench: Bench) -> None:
    first = bench.attest(bench.judged())
    again = bench.attest(bench.judged(), replace(bench.context, invocation="urn:uuid:another-run"))
    assert again == first


def test_what_a_key_that_settings_name_has_signed_is_kept_where_nobody_can_sign(bench: Bench) -> None:
    first = bench.attest(bench.judged())
    trust = Trust(tuple(map(TrustedKey, first.keys)))
    assert bench.attest(bench.judged(), replace(bench.context, signer=None, trust=trust)) == first


@pytest.mark.parametrize("other", [{"source": "# other"}, {"report": "something"}])
def test_what_was_signed_of_others_is_made_anew(bench: Bench, other: dict[str, str]) -> None:
    first, judged = bench.attest(bench.judged()), bench.judged(**other)
    again = bench.attest(judged)
    assert again.bundle != first.bundle
    statement = parse_statement(again.statement)
    assert (statement.subjects, statement.byproducts) == (
        judged.artifacts.digests | judged.evidence.digests,
        judged.report_digests,
    )


def test_what_a_key_that_is_not_trusted_has_signed_is_made_anew(bench: Bench) -> None:
    stranger = LocalKey(bench.folder / "other keys", str)
    first = bench.attest(bench.judged(), replace(bench.context, signer=stranger))
    again = bench.attest(bench.judged())
    assert first.keys == (stranger.key,)
    assert stranger.key not in again.keys
    assert len(parse_envelope(again.bundle).signatures) == 1


def test_what_nobody_can_read_is_made_anew(bench: Bench) -> None:
    judged = bench.judged()
    tag = judged.artifacts.release.tag
    bench.attest(judged)
    (bench.context.dist.folder(tag) / bundle_name(tag)).write_bytes(b"{torn")
    assert parse_statement(bench.attest(judged).statement).tag == "alpha/v0.1.0"


@pytest.mark.parametrize("trust", [Trust(()), Trust((TrustedKey(STRANGER.spki),))])
def test_without_a_signer_it_is_unsigned_and_says_so(
    bench: Bench, trust: Trust, capsys: pytest.CaptureFixture[str]
) -> None:
    attestation = bench.attest(bench.judged(), replace(bench.context, signer=None, trust=trust))
    assert parse_envelope(attestation.bundle).signatures == ()
    assert parse_statement(attestation.statement).builder == Builder.WORKSTATION
    assert (attestation.summary, attestation.keys) == ("UNSIGNED", ())
    told = " ".join(capsys.readouterr().err.split())
    assert "warning: alpha/v0.1.0 is UNSIGNED: set RELEASE_KMS_KEY_ID" in told
