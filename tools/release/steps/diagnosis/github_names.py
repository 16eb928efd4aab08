"""GitHub: who owns the code, and which variables and secrets the workflows read, by what the repository has of them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from release.errors import Unauthorized, UsageError
from release.model.diagnosis import Diagnosis, failed, faults_or_ok, ok, unseen, warning
from release.steps.diagnosis.aws import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from release.model.workflow_names import NameUsed
    from release.steps.diagnosis.github import GitHub, Sight

_TEAM: Final = re.compile(r"@([\w-]+)/([\w.-]+)")
PLACES_OF_OWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""In GitHub's order: it reads the first that is there, and no other."""
_WRITING: Final = frozenset({"push", "maintain", "admin"})
_WEBHOOKS: Final = frozenset({"SLACK_WEBHOOK_URL", "TEAMS_WEBHOOK_URL"})
"""Whoever sets none is told nothing, and that is all."""
_STACK: Final = "hand the stack's output `Variables` to `gh variable set --env-file -`, as tools/aws/README.md says"
_COMMANDS: Final = {"variables": "gh variable set", "secrets": "gh secret set"}


def look_at_owners(github: GitHub) -> tuple[Diagnosis, ...]:
    """See what GitHub finds wrong with CODEOWNERS: an owner that it does not know is asked by nobody."""
    check = "CODEOWNERS"
    errors = github.owner_errors()
    if errors is None:
        said = "GitHub has no CODEOWNERS on the default branch, or the token may not see it"
        return (failed(check, said, "push CODEOWNERS to the default branch", UsageError),)
    faults = [
        failed(
            check,
            f"{each.get('path')}:{each.get('line')}: {each.get('kind')}: {each.get('source')}",
            str(each.get("suggestion") or "mend that line, and push it"),
            UsageError,
        )
        for each in errors
    ]
    return faults_or_ok(check, faults, "GitHub finds nothing wrong with it")


def look_at_teams(github: GitHub, sight: Sight, owners: Mapping[str, str]) -> tuple[Diagnosis, ...]:
    """See whether every team of CODEOWNERS may write: GitHub asks no other; `owners` are such files by their paths."""
    there = [place for place in PLACES_OF_OWNERS if place in owners]
    if not there:
        said = f"there is none of {', '.join(PLACES_OF_OWNERS)}: nobody is asked about a change"
        return (failed("teams", said, "write CODEOWNERS, and name in it who answers for which path", UsageError),)
    first, *others = there
    unread = [
        failed("teams", f"GitHub reads {first}, and does not read {other}", f"delete {other}", UsageError)
        for other in others
    ]
    return (*unread, *_look_at_teams_of(github, sight, first, _named(owners[first])))


def _named(owners: str) -> list[str]:
    """Give who is named: what follows the pattern of a line."""
    lines = [line.partition("#")[0].split() for line in owners.splitlines()]
    return sorted({name for _, *names in filter(None, lines) for name in names})


def _look_at_teams_of(github: GitHub, sight: Sight, file: str, names: Sequence[str]) -> tuple[Diagnosis, ...]:
    check = "teams"
    named = [match.groups() for name in names if (match := _TEAM.fullmatch(name))]
    if not names:
        cure = f"name in {file} who answers for which path"
        return (failed(check, f"{file} names nobody: nobody is asked about a change", cure, UsageError),)
    if not named:
        said = f"{file} names no team, but persons: whether each may write, the check CODEOWNERS has from GitHub"
        return (ok(check, said),)
    try:
        listed = github.teams()
    except Unauthorized as error:
        return (unseen(check, error.message, error.hint),)
    if listed is None:
        return (unseen(check, "the token does not see which teams there are", "let it read the administration"),)
    writing = {str(each.get("slug")): each.get("permission") in _WRITING for each in listed}
    faults = []
    for organisation, slug in named:
        name = f"@{organisation}/{slug}"
        if organisation.lower() != sight.owner.lower():
            cure = f"write the teams of {sight.owner} into {file}"
            faults.append(failed(check, f"{name} is of another organisation than the repository", cure, UsageError))
        elif not writing.get(slug, False):
            said = "may only read the repository" if slug in writing else "does not exist, or has nothing to do with it"
            cure = f"give {name} the right to write: Settings, Collaborators and teams; or name another in {file}"
            faults.append(failed(check, f"{name} {said}: GitHub asks no such owner", cure, UsageError))
    return faults_or_ok(check, faults, f"all {len(named)} teams of {file} may write")


def look_at_names(github: GitHub, kind: str, uses: Sequence[NameUsed]) -> tuple[Diagnosis, ...]:
    """See whether everything is set that workflows read; `kind` is `variables` or `secrets`."""

    @cache
    def known(environment: str) -> frozenset[str] | None:
        return github.names(kind, environment)

    wanted = [use for use in uses if use.kind == kind]
    try:
        open_to_all = {use for use in wanted if _is_apart(use) and _is_set(use.name, known(""))}
        missing = {
            use
            for use in wanted
            if not _is_set(use.name, known(use.environment), None if _is_apart(use) else known(""))
        }
        hidden = wanted and known("") is None
    except Unauthorized as error:
        return (unseen(kind, error.message, error.hint),)
    if hidden:
        return (unseen(kind, f"the token does not see which {kind} are set", f"let it read {kind}, and ask again"),)
    faults = [
        *_of_the_stack(kind, missing),
        *(_fault(use) for use in sorted(missing - open_to_all) if use.name not in VARIABLES),
        *(_open(use, is_missing=use in missing) for use in sorted(open_to_all)),
    ]
    return faults_or_ok(kind, faults, f"all {len({use.name for use in wanted})} that workflows read are set")


def _is_apart(use: NameUsed) -> bool:
    """Whether only the environment may have it: a secret of the repository is every workflow's of every branch."""
    return use.kind == "secrets" and bool(use.environment)


def _open(use: NameUsed, *, is_missing: bool) -> Diagnosis:
    where = "and not of" if is_missing else "beside"
    said = (
        f"{use.name} is a secret of the repository or its organisation {where} the environment {use.environment} "
        f"({use.place}): every branch's workflow may read it"
    )
    first = f"`gh secret set {use.name} --env {use.environment}`, then " if is_missing else ""
    cure = f"{first}`gh secret delete {use.name}`; if the organisation has it, take this repository off its list there"
    if is_missing and use.name not in _WEBHOOKS:
        return failed(use.kind, said, cure, UsageError)
    return warning(use.kind, said, cure)


def _is_set(name: str, *known: frozenset[str] | None) -> bool:
    return any(name in {each.upper() for each in names or ()} for names in known)


def _of_the_stack(kind: str, missing: Iterable[NameUsed]) -> Iterator[Diagnosis]:
    if names := sorted({use.name for use in missing if use.name in VARIABLES}):
        yield failed(kind, f"not set on GitHub: {', '.join(names)}", _STACK, UsageError)


def _fault(use: NameUsed) -> Diagnosis:
    where = f" --env {use.environment}" if use.environment else ""
    cure = f"{_COMMANDS[use.kind]} {use.name}{where}"
    if use.name in _WEBHOOKS:
        return warning(use.kind, f"{use.name} is not set ({use.place}): nobody is told by it", cure)
    return failed(use.kind, f"{use.name} is not set ({use.place})", cure, UsageError)
