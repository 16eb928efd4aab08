"""Foresee releases: plans for versions that have no tag yet, for a rehearsal or a snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from release.model.next_version import fitting_version
from release.model.plan import Plan, Purpose
from release.model.tag import Tag
from release.steps.read import read_packages, require_known
from release.steps.survey import tagged_versions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.plan import Commit
    from release.model.policy import RootPolicy
    from release.ports import Source


def foresee_plans(
    source: Source, policy: RootPolicy, head: Commit, names: Iterable[str], *, height: int = 0
) -> dict[str, Plan]:
    """Plan the next version of each package named, or of all, and of the siblings they need.

    With a height, the number of commits below HEAD, each is a snapshot: `0.2.0.dev17` is what leads to `0.2.0`, and
    a later commit's sorts after it.
    """
    packages = read_packages(source, head.sha, policy.members)
    wanted = set(names) or set(packages.names)
    require_known(wanted, packages.names)
    for name in tuple(wanted):
        wanted |= packages.siblings(packages.require(name))
    versions = tagged_versions(source)
    plans = {}
    for name in sorted(wanted):
        package = packages.require(name)
        version = fitting_version(versions.get(name, ()), package.changelog)
        if height:
            version = Version(f"{version.base_version}.dev{height}")
        purpose = Purpose.SNAPSHOT if height else Purpose.REHEARSAL
        tag = Tag(name, version)
        plans[str(tag)] = Plan(tag, head, package, packages.siblings(package), purpose)
    return plans
