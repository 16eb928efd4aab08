"""Verify a plan: everything that can be known to be wrong before anything is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release.errors import Refused
from release.model.plan import Plan, Purpose, Release
from release.model.receipt import read_receipt
from release.model.tag import Channel, channel_of, shown
from release.steps.survey import release_tags

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version

    from release.context import Context

_BACKEND = "hatchling.build"
_NOISE = ("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".venv")


@dataclass(frozen=True)
class Verify:
    """The step; it alone makes a release out of a plan."""

    going_out: dict[str, tuple[Version, ...]]
    """Versions of other packages that go out in the same run, before this one."""
    title = "verify"

    def run(self, plan: Plan, context: Context) -> Release:
        """Refuse the plan, or give the release."""
        require_fitting_content(plan, context, self.going_out)
        if plan.purpose is Purpose.RELEASE:
            require_released_ground(plan, context)
            _require_one_spelling(plan, context)
            _require_unmoved(plan, context)
        return Release(plan)


def require_released_ground(plan: Plan, context: Context) -> None:
    """Refuse a commit that is not merged, or a work tree that is not what was committed."""
    _require_history(plan, context)
    _require_clean_tree(plan, context)


def require_fitting_content(plan: Plan, context: Context, going_out: dict[str, tuple[Version, ...]]) -> None:
    """Refuse a package that the toolchain can't build, that says nothing of the version, or that lacks a sibling."""
    _require_backend(plan, context)
    _require_names(plan)
    if plan.purpose is not Purpose.SNAPSHOT:
        _require_changelog(plan)
    _require_siblings(plan, context, going_out)


def _require_backend(plan: Plan, context: Context) -> None:
    if plan.package.build_backend != _BACKEND:
        raise Refused(
            f"{plan.tag}: build-system.build-backend is {plan.package.build_backend}, and the toolchain has {_BACKEND}",
            hint=f'write build-backend = "{_BACKEND}" in {plan.package.folder}/pyproject.toml',
        )
    for wanted in plan.package.build_requires:
        have = context.builder.provides.get(wanted.name)
        if have is None or not wanted.specifier.contains(have, prereleases=True):
            locked = f"has {wanted.name} {have}" if have else f"does not have {wanted.name}"
            raise Refused(
                f"{plan.tag}: build-system.requires asks for {wanted}, and the locked toolchain {locked}",
                hint="ask for what tools/release/toolchain/build.txt holds, or renew it: hatch run lock",
            )


def _require_names(plan: Plan) -> None:
    """Refuse what is fetched from an address: no index stands for it, and no lock or audit knows what it is."""
    for needed in (*plan.package.build_requires, *plan.package.requires, *plan.package.optional):
        if needed.url:
            raise Refused(
                f"{plan.tag}: {plan.package.folder}/pyproject.toml asks for {needed}, a direct reference",
                hint=f"ask for a version that an index has: {needed.name}>=…",
            )


def _require_changelog(plan: Plan) -> None:
    place = f"{plan.package.folder}/CHANGELOG.md"
    if plan.package.changelog is None:
        raise Refused(f"{plan.tag}: {place} is missing", hint="add one: https://keepachangelog.com")
    if plan.package.changelog.entry(plan.tag.version):
        return
    if plan.purpose is Purpose.REHEARSAL and plan.is_unchanged:
        return
    unreleased_will_do = plan.purpose is Purpose.REHEARSAL or plan.tag.channel is not Channel.STABLE
    if not (unreleased_will_do and plan.package.changelog.unreleased):
        dated = f"## [{plan.tag.version}] - {plan.commit.time:%Y-%m-%d}"
        wanted = "## [Unreleased]" if unreleased_will_do else dated
        raise Refused(
            f"{plan.tag}: {place} has no entry for it", hint=f"add a section `{wanted}` that says what changed"
        )


def _require_siblings(plan: Plan, context: Context, going_out: dict[str, tuple[Version, ...]]) -> None:
    for needed in plan.package.siblings(plan.siblings):
        _require_sibling(plan, needed, context, going_out.get(needed.name, ()))


def _require_sibling(plan: Plan, needed: Requirement, context: Context, going_out: tuple[Version, ...]) -> None:
    for target in context.targets:
        offered = (version for version in going_out if channel_of(version) in plan.tag.channel.offers)
        candidates = {*offered, *(offer.version for offer in target.offered(needed.name, plan.tag.channel))}
        if not any(needed.specifier.contains(version, prereleases=True) for version in candidates):
            there = ", ".join(map(str, sorted(candidates))) or "none"
            raise Refused(
                f"{plan.tag} needs {needed}, which {target.name} does not offer in {plan.tag.channel} (there: {there})",
                hint=f"release it first, or with it: hatch run release run {needed.name}/v… {plan.tag}; or say by --to "
                "where it is released",
            )


def _require_history(plan: Plan, context: Context) -> None:
    if context.source.is_shallow:
        raise Refused(f"{plan.tag}: the clone is shallow", hint="git fetch --unshallow --tags, then run it again")
    branches = context.policy.branches
    if not context.source.branches_with(plan.commit.sha, branches):
        raise Refused(
            f"{plan.tag}: its commit {plan.commit.sha[:12]} is on no release branch ({', '.join(branches)})",
            hint="merge the commit first, or fetch the branch: git fetch origin",
        )


def _require_one_spelling(plan: Plan, context: Context) -> None:
    """Refuse 1.0 beside 1.0.0: an index takes them for one version with other bytes."""
    for other in release_tags(context.source):
        if other == plan.tag and str(other) != str(plan.tag):
            raise Refused(
                f"{plan.tag} and {other} are one version in two spellings",
                hint=f"git tag -d {plan.tag}, or the other: whichever was not released",
            )


def _require_unmoved(plan: Plan, context: Context) -> None:
    now = context.source.commit(f"refs/tags/{plan.tag}")
    if now != plan.commit:
        raise Refused(f"{plan.tag} was moved while it was released", hint="find out who moved it: git reflog")
    before = read_receipt(context.dist.receipt(plan.tag))
    if before and before.publications and before.commit != plan.commit.sha:
        raise Refused(
            f"{plan.tag} was moved: it was released from {before.commit[:12]}, now it names {plan.commit.sha[:12]}",
            hint=f"put it back: git tag -f -a {plan.tag} {before.commit[:12]}; a change needs a new version",
        )


def _require_clean_tree(plan: Plan, context: Context) -> None:
    head = context.source.commit("HEAD")
    if head is None or head.sha != plan.commit.sha:
        return
    if changes := context.source.changes:
        raise Refused(f"{plan.tag}: the work tree is not clean: {_few(changes)}", hint="commit, stash or remove them")
    if hidden := context.source.hidden_changes:
        raise Refused(
            f"{plan.tag}: files were changed that git was told not to look at: {_few(hidden)}",
            hint="git update-index --no-assume-unchanged --no-skip-worktree FILE, then commit or restore it",
        )
    ignored = [name for name in context.source.ignored(plan.package.folder) if not any(n in name for n in _NOISE)]
    if ignored:
        context.reporter.warn(f"{plan.tag}: git ignores {_few(ignored)}: the release is made without")


def _few(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""  # noqa: PLR2004  # enough to know where to look
    return ", ".join(shown(name.strip()) for name in names[:5]) + more
