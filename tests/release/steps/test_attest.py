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
from release.model.policy import RootPolicy
from release.model.provenance import tools_of
from release.model.statement import parse_statement
from release.model.tag import parse_tag
from release.model.toolchain import ToolFile
from release.model.trust import Builder, Trust, TrustedKey, keyid_of
from release.steps.attest import Attest
from tests.corpus.verify.recipes.keys import STRANGER
from tests.release.doors import NoBuilder, make_artifacts, open_doors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release.context import Context
    from release.model.evidence import Attestation
    from release.model.plan import Plan

    Differ = Callable[[Judged, Context], tuple[Judged, Context]]

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
    assert "warning: alpha/v0.1.0 is UNSIGNED: sign it where the key is" in told


def unsigned(bench: Bench) -> Context:
    """Give a context in which nobody signs."""
    return replace(bench.context, signer=None, invocation="urn:uuid:another-run")


def test_what_an_earlier_run_left_unsigned_is_kept_where_nobody_signs(bench: Bench) -> None:
    first = bench.attest(bench.judged(), replace(bench.context, signer=None))
    again = bench.attest(bench.judged(), unsigned(bench))
    assert (again.bundle, again.statement, again.keys) == (first.bundle, first.statement, ())
    assert again.reports == bench.judged().reports


def test_an_unsigned_bundle_is_kept_with_the_reports_of_its_day(bench: Bench) -> None:
    then = bench.judged(report="of that day")
    first = bench.attest(then, replace(bench.context, signer=None))
    for name, content in then.reports.items():
        (bench.context.dist.folder(then.artifacts.release.tag) / name).write_bytes(content)
    again = bench.attest(bench.judged(report="of today"), unsigned(bench))
    assert (again.bundle, again.reports) == (first.bundle, then.reports)


def test_an_unsigned_bundle_is_made_anew_where_somebody_signs(bench: Bench) -> None:
    first = bench.attest(bench.judged(), unsigned(bench))
    again = bench.attest(bench.judged())
    assert again.bundle != first.bundle
    assert len(parse_envelope(again.bundle).signatures) == 1


def test_an_unsigned_bundle_is_made_anew_where_its_reports_are_lost(bench: Bench) -> None:
    first = bench.attest(bench.judged(report="of that day"), unsigned(bench))
    judged = bench.judged(report="of today")
    again = bench.attest(judged, unsigned(bench))
    assert again.bundle != first.bundle
    assert parse_statement(again.statement).byproducts == judged.report_digests


def other_bytes(judged: Judged, context: Context) -> tuple[Judged, Context]:
    """Give the same with another SBOM, which is a subject."""
    return replace(judged, evidence=Evidence({"alpha-0.1.0.cdx.json": b"[]"})), context


def other_tools(judged: Judged, context: Context) -> tuple[Judged, Context]:
    """Give the same, built by other tools."""
    tool = ToolFile("hatchling", "1.27.0", "hatchling-1.27.0-py3-none-any.whl", "a" * 64)
    return judged, replace(context, builder=NoBuilder({}, (tool,)))


def other_commit(judged: Judged, context: Context) -> tuple[Judged, Context]:
    """Give the same, built from another commit."""
    plan = judged.artifacts.release.plan
    return planned(judged, replace(plan, commit=replace(plan.commit, sha="f" * 40))), context


def other_tag(judged: Judged, context: Context) -> tuple[Judged, Context]:
    """Give the same, said to be another version."""
    plan = judged.artifacts.release.plan
    renamed = planned(judged, replace(plan, tag=parse_tag("alpha/v0.1.1")))
    return replace(renamed, evidence=Evidence({"alpha-0.1.1.cdx.json": b"{}"})), context


def other_repository(judged: Judged, context: Context) -> tuple[Judged, Context]:
    """Give the same, of another repository."""
    return judged, replace(context, policy=RootPolicy(repository="https://github.com/else/where"))


def planned(judged: Judged, plan: Plan) -> Judged:
    """Give the same with another plan."""
    release = replace(judged.artifacts.release, plan=plan)
    return replace(judged, artifacts=replace(judged.artifacts, release=release))


@pytest.mark.parametrize("differ", [other_bytes, other_tools, other_commit, other_tag, other_repository])
def test_what_was_left_unsigned_of_anything_else_is_made_anew(bench: Bench, differ: Differ) -> None:
    judged, context = bench.judged(), unsigned(bench)
    left = Attest().run(*differ(judged, context)).bundle
    place = context.dist.folder(judged.artifacts.release.tag) / bundle_name(judged.artifacts.release.tag)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(left)
    again = Attest().run(judged, context)
    assert again.bundle != left
    statement = parse_statement(again.statement)
    assert (statement.tag, statement.commits) == ("alpha/v0.1.0", (judged.artifacts.release.plan.commit.sha,))
    assert statement.subjects == judged.artifacts.digests | judged.evidence.digests
    assert tools_of(statement) == context.builder.tools


def test_of_several_unsigned_envelopes_none_is_kept(bench: Bench) -> None:
    judged = bench.judged()
    first = bench.attest(judged, unsigned(bench))
    tag = judged.artifacts.release.tag
    (bench.context.dist.folder(tag) / bundle_name(tag)).write_bytes(first.bundle * 2)
    assert bench.attest(judged, unsigned(bench)).bundle.count(b"\n") == 1
