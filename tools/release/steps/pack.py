"""Pack a parcel: what stands on the shelf of a release, and what its readers are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.model.metadata import parse_metadata
from release.model.notes import render_notes
from release.model.parcel import Parcel, ParcelFile
from release.steps.survey import tagged_versions

if TYPE_CHECKING:
    from release.context import Context
    from release.model.changelog import Section
    from release.model.evidence import Judged
    from release.model.plan import Plan
    from release.model.tag import Tag


def pack(judged: Judged, context: Context) -> Parcel:
    """Take the evidence first, and the artifacts after it."""
    artifacts, plan = judged.artifacts, judged.artifacts.release.plan
    folder = context.dist.folder(plan.tag)
    evidence = [
        ParcelFile(folder / name, digest, len(judged.evidence.files[name]), is_artifact=False)
        for name, digest in judged.evidence.digests.items()
    ]
    files = [ParcelFile(folder / each.name, each.sha256, each.size, is_artifact=True) for each in artifacts]
    return Parcel(
        tag=plan.tag,
        commit=plan.commit.sha,
        files={each.name: each for each in (*evidence, *files)},
        requires_python=parse_metadata(artifacts.metadata).get("Requires-Python", ""),
        notes=render_notes(
            plan.tag,
            _changes(plan),
            artifacts.digests | judged.evidence.digests,
            context.policy.repository,
            is_signed=bool(judged.attestation and judged.attestation.keys),
        ),
        is_highest=_is_highest(plan.tag, context),
    )


def _changes(plan: Plan) -> Section | None:
    """Give what the changelog says of the version; of a candidate, what is unreleased will do."""
    changelog = plan.package.changelog
    return (changelog.entry(plan.tag.version) or changelog.unreleased) if changelog else None


def _is_highest(tag: Tag, context: Context) -> bool:
    finals = (version for version in tagged_versions(context.source).get(tag.package, {}) if not version.is_prerelease)
    return all(version <= tag.version for version in finals)
