"""Real doors to the outside, and artifacts made by hand, for tests of one step or one adapter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

import pytest

from release.adapters.cyclonedx import CycloneDX
from release.adapters.ecdsa import Ecdsa
from release.adapters.git import Git
from release.adapters.local import LocalIndex
from release.adapters.local_key import LocalKey
from release.adapters.pip_audit import PipAudit
from release.adapters.runtimes import RuntimeGuard
from release.adapters.shelf import Shelf
from release.adapters.terminal import Terminal
from release.adapters.twine import Twine
from release.adapters.uv import Uv
from release.context import Context
from release.model.artifact import Artifact, Artifacts, digest_of, is_artifact
from release.model.dist import Dist
from release.model.package import Package
from release.model.parcel import Parcel, ParcelFile
from release.model.plan import Commit, Plan, Release
from release.model.policy import PackagePolicy, RootPolicy
from release.model.tag import Tag, parse_tag
from release.model.trust import Trust
from release.settings import Settings
from tests.servers.wheel import metadata_of, write_tar, write_wheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.version import Version

    from release.model.artifact import Kind
    from release.model.toolchain import ToolFile
    from release.ports import Target


COMMIT = Commit("0123456789abcdef0123456789abcdef01234567", 1767323045)
"""Of 2 January 2026, 03:04:05 UTC."""
METADATA = {
    "Summary": "A package",
    "Requires-Python": ">=3.10",
    "License-Expression": "MIT",
    "License-File": "LICENSE",
    "Author-email": "Ada Lovelace <ada@example.com>",
    "Classifier": "Typing :: Typed",
    "Project-URL": "Source, https://example.com/alpha",
    "Description-Content-Type": "text/markdown",
}


@dataclass(frozen=True)
class NoBuilder:
    """Where nothing may be built."""

    provides: Mapping[str, Version]
    tools: tuple[ToolFile, ...] = ()

    def build(self, sha: str, tag: str, *_: object) -> NoReturn:
        """Fail the test."""
        pytest.fail(f"{tag} was built from {sha}")


def open_doors(
    root: Path, environment: Mapping[str, str], policy: RootPolicy | None = None, *, seconds: int = 5
) -> Context:
    """Open every door at a folder but the builder's; services have `seconds` for an answer."""
    settings, dist = Settings(environment), Dist(root / "dist")
    scratch = root / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    return Context(
        source=Git(root, settings.for_tools),
        policy=policy or RootPolicy(),
        builder=NoBuilder({}),
        resolver=Uv(settings.for_tools),
        guard=RuntimeGuard(settings.for_tools, scratch / "runtimes"),
        index_rules=Twine(),
        documents=CycloneDX(),
        knowledge=PipAudit(settings.osv_url, settings.pypi_json_url, scratch / "audit", seconds),
        signatures=Ecdsa(),
        signer=LocalKey(root / "keys", lambda _said: None),
        trust=Trust(()),
        shelf=Shelf(dist),
        targets=(LocalIndex(dist),),
        reporter=Terminal(),
        dist=dist,
        scratch=scratch,
        patience=seconds,
        jobs=2,
        tool="wheelyard 0",
        made_with={"python": "3.11"},
        invocation="urn:uuid:00000000-0000-0000-0000-000000000000",
    )


def make_plan(tag: Tag, requires: Iterable[str] = ()) -> Plan:
    """Plan the release of a package that has one module and no sibling."""
    from packaging.requirements import Requirement  # noqa: PLC0415  # with the rest of a package

    package = Package(
        name=tag.package,
        folder=PurePosixPath("packages", tag.package),
        requires=tuple(map(Requirement, requires)),
        sources=(PurePosixPath("src", tag.package.replace("-", "_")),),
        build_requires=(),
        policy=PackagePolicy(),
        changelog=None,
    )
    return Plan(tag, COMMIT, package, frozenset())


def make_artifacts(
    folder: Path,
    tag: str = "alpha/v0.1.0",
    *,
    requires: Iterable[str] = (),
    metadata: Mapping[str, str] | None = None,
    source: str = "",
) -> Artifacts:
    """Write a wheel and an sdist by hand; `source` makes the bytes of both differ from others."""
    parsed = parse_tag(tag) if ".dev" not in tag else _snapshot(tag)
    name, version = parsed.package, str(parsed.version)
    said = METADATA if metadata is None else metadata
    wheel = write_wheel(
        folder,
        name,
        version,
        requires=requires,
        metadata=said,
        files={f"{name.replace('-', '_')}/__init__.py": f"NAME = {name!r}\n{source}"},
    )
    content = metadata_of(name, version, requires, said)
    inside = {f"{parsed.stem}/PKG-INFO": content, f"{parsed.stem}/pyproject.toml": source.encode()}
    sdist = write_tar(folder / f"{parsed.stem}.tar.gz", inside)
    return Artifacts(
        Release(make_plan(parsed, requires)), _artifact(wheel, "wheel"), _artifact(sdist, "sdist"), content
    )


def make_parcel(artifacts: Artifacts, **evidence: bytes) -> Parcel:
    """Pack artifacts with evidence, by the last part of its name: `cdx_json=b"{}"` is `alpha-0.1.0.cdx.json`."""
    tag, folder = artifacts.release.tag, artifacts.wheel.path.parent
    paths = []
    for ending, content in evidence.items():
        name = ending if ending.isupper() else f"{tag.stem}.{ending.replace('_', '.')}"
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    return pack_files(tag, [*paths, *(each.path for each in artifacts)])


def pack_files(tag: Tag, paths: Iterable[Path], *, commit: str = COMMIT.sha, notes: str = "") -> Parcel:
    """Pack files as they are, those with a wheel's or an sdist's name as artifacts."""
    files = {
        path.name: ParcelFile(path, digest_of(path), path.stat().st_size, is_artifact(path.name)) for path in paths
    }
    return Parcel(tag, commit, files, ">=3.10", notes or f"# {tag}\n", is_highest=True)


def publish(target: Target, artifacts: Artifacts) -> None:
    """Bring artifacts to a target, and offer them."""
    parcel = make_parcel(artifacts)
    target.put(parcel)
    target.show(parcel)


def _artifact(path: Path, kind: Kind) -> Artifact:
    return Artifact(path, kind, digest_of(path), path.stat().st_size)


def _snapshot(tag: str) -> Tag:
    from packaging.version import Version  # noqa: PLC0415

    package, _, version = tag.partition("/v")
    return Tag(package, Version(version))


def altered(artifacts: Artifacts, folder: Path) -> Artifacts:
    """Give artifacts of the same names with other bytes."""
    other = make_artifacts(folder, str(artifacts.release.tag), source="# altered\n")
    return replace(other, release=artifacts.release)
