"""Choose what is released: the tags that were named, or every package tag at HEAD."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from release.errors import Refused, ReleaseError, UsageError
from release.model.plan import Plan
from release.model.tag import FORM, is_meant_as_release, parse_tag, shown
from release.steps.read import Packages, read_packages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.plan import Commit
    from release.model.policy import RootPolicy
    from release.model.tag import Tag
    from release.ports import Source


def select_plans(
    source: Source, policy: RootPolicy, names: Iterable[str]
) -> tuple[dict[str, Plan], dict[str, ReleaseError]]:
    """Give a plan for each tag, and what is wrong with the tags that can't have one."""
    chosen = tuple(dict.fromkeys(names)) or _at_head(source, policy)
    ids = {ref.name: ref.commit for ref in source.tags}
    commits = source.commits({ids[name] for name in chosen if name in ids})

    @cache
    def packages_of(sha: str) -> Packages:
        return read_packages(source, sha, policy.members)

    plans: dict[str, Plan] = {}
    wrong: dict[str, ReleaseError] = {}
    for name in chosen:
        try:
            tag = parse_tag(name)
            if name not in ids:
                raise _missing(source, name)
            commit = _require_commit(tag, commits.get(ids[name]))
            packages = packages_of(commit.sha)
            package = packages.require(tag.package)
            plans[name] = Plan(tag, commit, package, packages.siblings(package))
        except ReleaseError as error:
            wrong[shown(name)] = error
    return plans, wrong


def _at_head(source: Source, policy: RootPolicy) -> tuple[str, ...]:
    head = source.commit("HEAD")
    if head is None:
        raise UsageError("the repository has no commit yet", hint="commit something, then tag it")
    here = [ref.name for ref in source.tags if ref.commit == head.sha]
    packages = read_packages(source, head.sha, policy.members).names | _tagged_packages(source) if here else ()
    meant = tuple(name for name in here if is_meant_as_release(name, packages))
    if not meant:
        others = f"; other tags there: {', '.join(map(shown, here))}" if here else ""
        raise UsageError(
            f"no package tag at HEAD ({head.sha[:12]}){others}",
            hint=f"`hatch run release tag PACKAGE minor` makes one; a release tag is {FORM}",
        )
    return meant


def _tagged_packages(source: Source) -> frozenset[str]:
    """Give the packages that have, or had, a release."""
    names = set()
    for ref in source.tags:
        with suppress(Refused):
            names.add(parse_tag(ref.name).package)
    return frozenset(names)


def _require_commit(tag: Tag, commit: Commit | None) -> Commit:
    if commit is None:
        raise Refused(
            f"tag {tag} names no commit but a file, a folder or another tag",
            hint=f"git tag --force --annotate {tag} COMMIT, with the commit that was meant",
        )
    return commit


def _missing(source: Source, name: str) -> ReleaseError:
    if source.is_shallow:
        return Refused(f"tag {name} is not here: the clone is shallow", hint="git fetch --unshallow --tags")
    if any(source.tree_ids([f"refs/tags/{name}"])):
        return Refused(f"tag {name} names no commit", hint=f"git tag -d {name}, then tag the commit that was meant")
    package = name.partition("/")[0]
    known = sorted((ref.name for ref in source.tags if ref.name.startswith(f"{package}/")), reverse=True)[:5]
    there = f"tags of {package}: {', '.join(map(shown, known))}" if known else f"{package} has no tag yet"
    return UsageError(f"there is no tag {name}", hint=f"{there}; git fetch --tags gets those made elsewhere")
