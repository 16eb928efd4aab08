"""CopyPackageVersions: all or nothing, of the very revisions that were named, and never over other bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from tests.servers.codeartifact.store import PUBLISHED, Package
from tests.servers.codeartifact.wire import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.codeartifact.store import Domain, PackageVersion, Repository


def copy_versions(
    domain: Domain, source: Repository, destination: Repository, words: Mapping[str, Any]
) -> dict[str, Any]:
    """Copy versions, or say of each why not; what is there already, identical, is in neither list."""
    revisions = words.get("versionRevisions") or dict.fromkeys(words.get("versions", ()), "")
    if ("versions" in words) == ("versionRevisions" in words) or source is destination or not revisions:
        raise Refused("ValidationException", "versions or versionRevisions", reason="FIELD_VALIDATION_FAILED")
    name = canonicalize_name(words["package"])
    found = _source_versions(domain, source, name, bool(words.get("includeFromUpstream")))
    if not found:
        raise Refused("ResourceNotFoundException", f"package not found: {name}", resourceType="package")
    there = destination.packages.get(name, PUBLISHED)
    is_overwriting = bool(words.get("allowOverwrite"))
    faults = {
        number: _objection(found.get(number), revision, there, is_overwriting) for number, revision in revisions.items()
    }
    if any(faults.values()):
        failed = {number: {"errorCode": fault or "SKIPPED", "errorMessage": fault} for number, fault in faults.items()}
        return {"successfulVersions": {}, "failedVersions": failed}
    new = [found[number] for number in revisions if not _is_identical(found[number], there.versions.get(number))]
    if new:
        domain.change(destination, name, there.plus(*(replace(each) for each in new)))
    done = {each.version: {"revision": each.revision, "status": each.status} for each in new}
    return {"successfulVersions": done, "failedVersions": {}}


def _source_versions(domain: Domain, source: Repository, name: str, is_deep: bool) -> Mapping[str, PackageVersion]:  # noqa: FBT001  # as the request has it
    package = source.read(name)
    own = package.versions if package else {}
    return {**domain.upstream(source, name, package), **own} if is_deep else own


def _objection(version: PackageVersion | None, revision: str, there: Package, is_overwriting: bool) -> str:  # noqa: FBT001  # as the request has it
    if version is None:
        return "NOT_FOUND"
    if revision and revision != version.revision:
        return "MISMATCHED_REVISION"
    if version.status not in {"Published", "Unlisted"}:
        return "MISMATCHED_STATUS"
    if there.publish == "BLOCK":  # whether the service refuses this is said nowhere: the stricter is assumed
        return "NOT_ALLOWED"
    held = there.versions.get(version.version)
    return "ALREADY_EXISTS" if held and not is_overwriting and not _is_identical(version, held) else ""


def _is_identical(version: PackageVersion, held: PackageVersion | None) -> bool:
    return held is not None and version.digests == held.digests
