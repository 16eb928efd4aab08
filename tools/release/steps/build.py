"""Build the wheel and the sdist, and prove that they say what the tag says and hold what it holds."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.errors import BuildFailed
from release.model.archive import read_sdist, read_wheel
from release.model.artifact import Artifact, Artifacts, Kind, digest_of
from release.model.metadata import parse_metadata
from release.steps.compare import compare_sdist, compare_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from release.context import Context
    from release.model.plan import Plan, Release
    from release.model.tag import Tag


class Build:
    """The step; it makes artifacts out of a release, as `adopt` alone does beside it."""

    title = "build"

    def run(self, release: Release, context: Context) -> Artifacts:
        """Build from the tag's commit alone, and compare every file with it."""
        plan, tag = release.plan, release.tag
        made = context.scratch / "built" / tag.stem / "made"
        made.mkdir(parents=True)
        context.builder.build(plan.commit.sha, str(tag), plan.package.folder, made, plan.commit.seconds)
        _require_names(tag, frozenset(path.name for path in made.iterdir()))
        wheel, sdist = describe_file(made / tag.files[0], "wheel"), describe_file(made / tag.files[1], "sdist")
        return Artifacts(release, wheel, sdist, compare_with_tree(plan, made, context))


def describe_file(path: Path, kind: Kind) -> Artifact:
    """Say what a file is, by its bytes."""
    return Artifact(path, kind, digest_of(path), path.stat().st_size)


def compare_with_tree(plan: Plan, folder: Path, context: Context) -> bytes:
    """Require that a folder's wheel and sdist say what the tag says and hold what it holds; give the METADATA."""
    tag = plan.tag
    wheel, sdist = tag.files
    inside, source = read_wheel(folder / wheel), read_sdist(folder / sdist)
    metadata = inside.get(PurePosixPath(f"{tag.stem}.dist-info/METADATA"), b"")
    _require_agreement(tag, wheel, metadata)
    _require_agreement(tag, sdist, source.get(PurePosixPath("PKG-INFO"), b""))
    _require_one_word(plan, metadata, source[PurePosixPath("PKG-INFO")])
    tree = context.source.files(plan.commit.sha, f"{plan.package.folder}/", ".gitignore")
    compare_wheel(plan, wheel, inside, tree)
    compare_sdist(plan, sdist, source, tree)
    return metadata


def _require_names(tag: Tag, made: frozenset[str]) -> None:
    if made != frozenset(tag.files):
        raise BuildFailed(
            f"{tag}: the build made {', '.join(sorted(made)) or 'nothing'}, not {' and '.join(tag.files)}",
            hint='is the version dynamic, from hatch-vcs, with this package\'s own tag-pattern and "--match"?',
        )


def _require_one_word(plan: Plan, metadata: bytes, information: bytes) -> None:
    """Refuse a wheel that says of itself what neither the sdist nor the project file says."""
    if metadata != information:
        raise BuildFailed(
            f"{plan.tag}: METADATA of the wheel and PKG-INFO of the sdist differ",
            hint="look for a build hook that changes what the wheel needs",
        )
    said = {
        _normalise(line) for line in parse_metadata(metadata).get_all("Requires-Dist", []) if "extra ==" not in line
    }
    if unlike := said ^ {str(each) for each in plan.package.requires}:
        raise BuildFailed(
            f"{plan.tag}: wheel and project file differ in what is needed: {', '.join(sorted(unlike))}",
            hint="look for a metadata hook that changes project.dependencies",
        )


def _normalise(line: str) -> str:
    requirement = Requirement(line)
    requirement.name = canonicalize_name(requirement.name)
    return str(requirement)


def _require_agreement(tag: Tag, name: str, metadata: bytes) -> None:
    said = parse_metadata(metadata)
    if canonicalize_name(said.get("Name", "")) != tag.package or said.get("Version") != str(tag.version):
        raise BuildFailed(
            f"{tag}: {name} calls itself {said.get('Name')} {said.get('Version')}",
            hint="project.name and the tag must agree; the version comes from hatch-vcs alone",
        )
