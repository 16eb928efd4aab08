"""GitHub: who owns the code, and which variables and secrets the workflows read, by what the repository has of them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from release.errors import Unauthorized, UsageError
from release.model.diagnosis import Diagnosis, failed, faults_or_ok, unseen, warning
from release.steps.diagnosis.aws import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release.model.workflow_names import NameUsed
    from release.steps.diagnosis.github import GitHub, Sight

_TEAM: Final = re.compile(r"@([\w-]+)/([\w.-]+)")
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


def look_at_teams(github: GitHub, sight: Sight, owners: str) -> tuple[Diagnosis, ...]:
    """See whether every team of CODEOWNERS may write: GitHub asks no other."""
    check = "teams"
    lines = [line.partition("#")[0] for line in owners.splitlines()]
    named = sorted({match.groups() for line in lines for match in _TEAM.finditer(line)})
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
            cure = f"write the teams of {sight.owner} into CODEOWNERS"
            faults.append(failed(check, f"{name} is of another organisation than the repository", cure, UsageError))
        elif not writing.get(slug, False):
            said = "may only read the repository" if slug in writing else "does not exist, or has nothing to do with it"
            cure = f"give {name} the right to write: Settings, Collaborators and teams; or name another in CODEOWNERS"
            faults.append(failed(check, f"{name} {said}: GitHub asks no such owner", cure, UsageError))
    return faults_or_ok(check, faults, f"all {len(named)} teams of CODEOWNERS may write")


def look_at_names(github: GitHub, kind: str, uses: Sequence[NameUsed]) -> tuple[Diagnosis, ...]:
    """See whether everything is set that workflows read; `kind` is `variables` or `secrets`."""

    @cache
    def known(environment: str) -> frozenset[str] | None:
        return github.names(kind, environment)

    wanted = [use for use in uses if use.kind == kind]
    try:
        missing = {use for use in wanted if not _is_set(use.name, known(""), known(use.environment))}
        hidden = wanted and known("") is None
    except Unauthorized as error:
        return (unseen(kind, error.message, error.hint),)
    if hidden:
        return (unseen(kind, f"the token does not see which {kind} are set", f"let it read {kind}, and ask again"),)
    faults = [*_of_the_stack(kind, missing), *(_fault(use) for use in sorted(missing) if use.name not in VARIABLES)]
    return faults_or_ok(kind, faults, f"all {len({use.name for use in wanted})} that workflows read are set")


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
