"""Survey the repository: every package's standing, with git asked once for all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release.errors import Refused, UsageError
from release.model.next_version import fitting_version
from release.model.overview import Standing
from release.model.tag import parse_tag
from release.steps.read import Packages, read_packages, require_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packaging.version import Version

    from release.model.plan import Commit
    from release.model.policy import RootPolicy
    from release.model.tag import Tag
    from release.ports import Source

_NEW = re.compile(r"0{40}|0{64}")
"""What GitHub says was before the first commit of a branch."""
_SHARED = (".github", "hatch.toml", "pyproject.toml", "tests", "tools")
"""What all packages are tested, built and released with."""


def require_head(source: Source) -> Commit:
    """Give HEAD's commit."""
    head = source.commit("HEAD")
    if head is None:
        raise UsageError("the repository has no commit yet", hint="commit something first")
    return head


def tagged_versions(source: Source) -> dict[str, dict[Version, str]]:
    """Give each package's released versions, and the tag that names each."""
    versions: dict[str, dict[Version, str]] = {}
    for tag in release_tags(source):
        versions.setdefault(tag.package, {})[tag.version] = str(tag)
    return versions


def release_tags(source: Source) -> Iterator[Tag]:
    """Give every tag that is a release's; `doctor` names those that were only meant as one."""
    for ref in source.tags:
        try:
            tag = parse_tag(ref.name)
        except Refused:
            continue
        yield tag


def survey(source: Source, policy: RootPolicy) -> tuple[Standing, ...]:
    """Give every package's standing, in the order of their names."""
    head = require_head(source)
    packages = read_packages(source, head.sha, policy.members)
    versions = tagged_versions(source)
    changed = _changed_files(source, head, packages, versions)
    followers = _followers(packages)
    return tuple(
        Standing(
            name,
            last=max(versions.get(name, ()), default=None),
            changed_files=changed.get(name, 0),
            next=_next(packages, name, versions) if changed.get(name) else None,
            followers=tuple(sorted(followers.get(name, ()))),
            error=packages.broken.get(name),
        )
        for name in sorted(packages.names)
    )


def changed_since(source: Source, policy: RootPolicy, head: Commit, revision: str) -> tuple[str, ...]:
    """Give the packages whose files differ from another commit's, and those that need them.

    All, where what they are tested, built and released with differs, and where there was nothing before.
    """
    is_new = _NEW.fullmatch(revision) is not None
    before = None if is_new else source.commit(revision)
    if before is None and not is_new:
        raise UsageError(f"{revision!a} names no commit", hint="git fetch origin, or name another")
    packages = read_packages(source, head.sha, policy.members)
    require_any(packages, policy.members)
    folders = {name: package.folder for name, package in packages.found.items()}
    if before is None or _ids(source, head, _SHARED) != _ids(source, before, _SHARED):
        return tuple(sorted(packages.found))
    now, then = (_ids(source, commit, folders.values()) for commit in (head, before))
    changed = {name for name, new, old in zip(folders, now, then, strict=True) if new != old}
    followers = _followers(packages)
    return tuple(sorted(changed.union(*(followers.get(name, ()) for name in changed))))


def _ids(source: Source, commit: Commit, paths: Iterable[object]) -> tuple[str, ...]:
    return source.tree_ids(f"{commit.sha}:{path}" for path in paths)


def _next(packages: Packages, name: str, versions: Mapping[str, Mapping[Version, str]]) -> Version | None:
    package = packages.found.get(name)
    return fitting_version(versions.get(name, ()), package.changelog) if package else None


def _changed_files(
    source: Source, head: Commit, packages: Packages, versions: Mapping[str, Mapping[Version, str]]
) -> dict[str, int]:
    """Count the files that differ between a package's last tag and HEAD, by comparing trees: no history is walked."""
    found = packages.found.values()
    now = source.tree_ids(f"{head.sha}:{package.folder}" for package in found)
    last = {name: tags[max(tags)] for name, tags in versions.items()}
    then = source.tree_ids(f"refs/tags/{last.get(package.name, '')}:{package.folder}" for package in found)
    pairs = list(zip((package.name for package in found), then, now, strict=True))
    unlike = [(name, before, after) for name, before, after in pairs if before != after]
    counts = source.changed_files([(before, after) for _, before, after in unlike])
    return dict(zip((name for name, _, _ in unlike), counts, strict=True))


def _followers(packages: Packages) -> dict[str, set[str]]:
    followers: dict[str, set[str]] = {}
    for package in packages.found.values():
        for name in _siblings(packages, package.name):
            followers.setdefault(name, set()).add(package.name)
    return followers


def _siblings(packages: Packages, name: str) -> Iterable[str]:
    try:
        return packages.siblings(packages.found[name])
    except Refused:
        return ()  # a circle: every command that would release it names it
