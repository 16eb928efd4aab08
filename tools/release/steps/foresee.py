"""Foresee releases: plans for versions that have no tag yet, for a rehearsal or a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from release.errors import ReleaseError
from release.model.next_version import fitting_version
from release.model.plan import Plan, Purpose
from release.model.tag import Tag
from release.steps.read import Packages, read_packages, require_any, require_known
from release.steps.survey import tagged_versions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from release.model.package import Package
    from release.model.plan import Commit
    from release.model.policy import RootPolicy
    from release.ports import Source


def foresee_plans(
    source: Source, policy: RootPolicy, head: Commit, names: Collection[str], *, height: int = 0
) -> tuple[dict[str, Plan], dict[str, ReleaseError]]:
    """Plan the next version of each package named, or of all, and of the siblings they need.

    What is wrong with packages that can have no plan is given by their names. With a height, the number of commits
    below HEAD, each plan is a snapshot: `0.2.0.dev17` is what leads to `0.2.0`, and a later commit's sorts after it.
    """
    packages = read_packages(source, head.sha, policy.members)
    require_any(packages, policy.members)
    require_known(names, packages.names)
    siblings, wrong = _with_siblings(packages, names)
    versions = tagged_versions(source)
    unchanged = _find_unchanged(source, head, [packages.found[name] for name in siblings], versions)
    plans = {}
    for name in sorted(siblings):
        package = packages.found[name]
        version = fitting_version(versions.get(name, ()), package.changelog)
        if height:
            version = Version(f"{version.base_version}.dev{height}")
        purpose = Purpose.SNAPSHOT if height else Purpose.REHEARSAL
        tag = Tag(name, version)
        plans[str(tag)] = Plan(tag, head, package, siblings[name], purpose, name in unchanged)
    return plans, wrong


def _find_unchanged(
    source: Source, head: Commit, packages: Sequence[Package], versions: Mapping[str, Mapping[Version, str]]
) -> frozenset[str]:
    """Give the packages whose folder is the one that their last tag names."""
    last = {name: tags[max(tags)] for name, tags in versions.items()}
    tagged = [package for package in packages if package.name in last]
    now = source.tree_ids(f"{head.sha}:{package.folder}" for package in tagged)
    then = source.tree_ids(f"refs/tags/{last[package.name]}:{package.folder}" for package in tagged)
    return frozenset(package.name for package, new, old in zip(tagged, now, then, strict=True) if new == old)


def _with_siblings(
    packages: Packages, names: Collection[str]
) -> tuple[dict[str, frozenset[str]], dict[str, ReleaseError]]:
    """Give what each package needs of the others, for those named and for what they need; and what is wrong."""
    siblings: dict[str, frozenset[str]] = {}
    wrong: dict[str, ReleaseError] = {}
    waiting = sorted(names) or sorted(packages.names)
    while waiting:
        name = waiting.pop(0)
        if name in siblings or name in wrong:
            continue
        try:
            siblings[name] = packages.siblings(packages.require(name))
        except ReleaseError as error:
            wrong[name] = error
        else:
            waiting.extend(siblings[name])
    return siblings, wrong
