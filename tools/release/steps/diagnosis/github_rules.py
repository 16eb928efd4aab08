"""GitHub: what each file below `.github/rulesets/` describes, one rule for each thing that is written at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from release.errors import UsageError
from release.model.diagnosis import Diagnosis, faults_or_ok, ok, unseen, warning
from release.model.drift import by_type
from release.model.rulebook import FOLDER
from release.steps.diagnosis.github import LOOK, Rule
from release.steps.diagnosis.github_environments import cures_by_hand, read_environment, write_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release.model.drift import Document
    from release.model.rulebook import Rulebook
    from release.model.ruleset import Ruleset
    from release.steps.diagnosis.github import GitHub, Sight

_PARTS: Final = {
    "permissions": "",
    "selected_actions": "selected-actions",
    "workflow": "workflow",
    "fork_pull_requests": "fork-pr-contributor-approval",
    "fork_pull_requests_private": "fork-pr-workflows-private-repos",
    "artifact_and_log_retention": "artifact-and-log-retention",
}
"""Keys of actions.json, and their addresses below `/actions/permissions`."""
_ONLY_PUBLIC: Final = ("fork_pull_requests", "private-vulnerability-reporting")
"""What GitHub has for public repositories alone."""
_ONLY_PRIVATE: Final = ("fork_pull_requests_private",)
"""What GitHub has for private repositories alone, internal ones among them."""


def rules_of(book: Rulebook, github: GitHub, sight: Sight) -> tuple[Rule, ...]:
    """Give the rules in the order in which they are written: who may push is said last."""
    return (
        *_repository(book, github, sight),
        *_actions(book, github, sight),
        *_environments(book, github, sight),
        *_rulesets(book, github),
    )


def look_at_visibility(sight: Sight) -> tuple[Diagnosis, ...]:
    """Say what is not looked at, as GitHub has it for repositories of the other kind alone."""
    kind = "private" if sight.is_private else "public"
    lacking = " and no ".join(_left_out(sight))
    return (ok("visibility", f"{kind}: GitHub has no {lacking} here; all else that the files say is looked at"),)


def look_at_strangers(book: Rulebook, github: GitHub) -> tuple[Diagnosis, ...]:
    """Name rulesets that no file describes: they bind as well, and nobody takes them away."""
    check = "other rulesets"
    known = {each.name for each in book.rulesets.values()}
    listed = github.rulesets()
    if listed is None:
        return (unseen(check, "there are no rulesets, or they are not to be seen", LOOK),)
    there = [str(each.get("name")) for each in listed]
    faults = [
        warning(
            check,
            f"the ruleset {name} is in no file of {FOLDER}",
            "describe it there, or delete it in the repository's Settings, Rules",
        )
        for name in there
        if name not in known
    ]
    return faults_or_ok(check, faults, "every ruleset of the repository is in a file")


def _repository(book: Rulebook, github: GitHub, sight: Sight) -> Iterator[Rule]:
    file, wanted = "repository.json", book.repository.model_dump(mode="json")
    yield Rule(
        "repository settings",
        file,
        wanted["settings"],
        github.describe,
        partial(github.change_repository, wanted["settings"]),
    )
    scanning = {"security_and_analysis": wanted["security_and_analysis"]}
    yield Rule("secret scanning", file, scanning, github.describe, partial(github.change_repository, scanning))
    for name, is_on in wanted["switches"].items():
        if name in _left_out(sight):
            continue
        yield Rule(
            name.replace("-", " "),
            file,
            {name: is_on},
            partial(_read_switch, github, name, sight),
            partial(github.set_switch, name, is_on=is_on),
        )


def _left_out(sight: Sight) -> tuple[str, ...]:
    return _ONLY_PUBLIC if sight.is_private else _ONLY_PRIVATE


def _read_switch(github: GitHub, name: str, sight: Sight) -> Document | None:
    """Take silence for off only where the token would be told."""
    found = github.switch(name)
    if found is None:
        return {name: False} if sight.may_look else None
    return {name: found}


def _actions(book: Rulebook, github: GitHub, sight: Sight) -> Iterator[Rule]:
    are_selected = book.actions.permissions.allowed_actions == "selected"
    for key, part in _PARTS.items():
        if (key == "selected_actions" and not are_selected) or key in _left_out(sight):
            continue
        wanted = getattr(book.actions, key).model_dump(mode="json")
        yield Rule(
            f"actions {key.replace('_', ' ')}",
            "actions.json",
            wanted,
            partial(github.actions, part),
            partial(github.set_actions, part, wanted),
        )


def _environments(book: Rulebook, github: GitHub, sight: Sight) -> Iterator[Rule]:
    for name, environment in book.environments.items():
        wanted = environment.model_dump(mode="json", exclude_none=True)
        yield Rule(
            f"environment {name}",
            "environments.json",
            wanted,
            partial(read_environment, github, name),
            partial(write_environment, github, sight.owner, name, wanted),
            cures_by_hand(name, wanted),
        )


def _rulesets(book: Rulebook, github: GitHub) -> Iterator[Rule]:
    for file, ruleset in book.rulesets.items():
        yield Rule(
            f"ruleset {ruleset.name}",
            file,
            _compared(_as_sent(ruleset)),
            partial(_read_ruleset, github, ruleset.name),
            partial(_write_ruleset, github, ruleset),
        )


def _as_sent(ruleset: Ruleset) -> dict[str, object]:
    return ruleset.model_dump(mode="json", exclude_none=True)


def _compared(document: Mapping[str, object]) -> Document:
    """Give a ruleset with its rules by their types, and without what GitHub adds to it."""
    kept = ("name", "target", "enforcement", "bypass_actors", "conditions")
    return {**{key: document[key] for key in kept if key in document}, "rules": by_type(document.get("rules"))}


def _find(github: GitHub, name: str) -> int | None:
    return next((int(each["id"]) for each in github.rulesets() or [] if each.get("name") == name), None)


def _read_ruleset(github: GitHub, name: str) -> Document | None:
    number = _find(github, name)
    found = None if number is None else github.ruleset(number)
    return None if found is None else _compared(found)


def _write_ruleset(github: GitHub, ruleset: Ruleset) -> None:
    """Make it or replace it: another run may make it in between."""
    document, number = _as_sent(ruleset), _find(github, ruleset.name)
    if number is None:
        try:
            github.create_ruleset(document)
        except UsageError:
            number = _find(github, ruleset.name)
            if number is None:
                raise
    if number is not None:
        github.replace_ruleset(number, document)
