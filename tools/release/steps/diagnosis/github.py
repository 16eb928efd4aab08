"""GitHub: whether the repository is as `.github/rulesets/` says, and what is done about it where it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from release.errors import ReleaseError, Unauthorized, UsageError
from release.model.diagnosis import Diagnosis, State, failed, failed_by, ok, unseen
from release.model.drift import differences
from release.model.rulebook import FOLDER
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from release.model.drift import Document

APPLY: Final = "hatch run release doctor --github --apply"
LOOK: Final = "give GITHUB_TOKEN the right to read the repository's administration, and ask again"
_AT_ONCE: Final = 8
"""GitHub asks for one request after the other, and takes a few."""


class GitHub(Protocol):
    """The repository that is looked at; a document is None where it is not there, or not to be seen."""

    def describe(self) -> dict[str, Any]: ...
    def change_repository(self, document: Mapping[str, object]) -> None: ...
    def rulesets(self) -> list[dict[str, Any]] | None: ...
    def ruleset(self, number: int) -> dict[str, Any] | None: ...
    def create_ruleset(self, document: Mapping[str, object]) -> None: ...
    def replace_ruleset(self, number: int, document: Mapping[str, object]) -> None: ...
    def actions(self, part: str) -> dict[str, Any] | None: ...
    def set_actions(self, part: str, document: Mapping[str, object]) -> None: ...
    def environment(self, name: str) -> dict[str, Any] | None: ...
    def set_environment(self, name: str, document: Mapping[str, object]) -> None: ...
    def patterns(self, name: str) -> list[dict[str, Any]]: ...
    def add_pattern(self, name: str, document: Mapping[str, object]) -> None: ...
    def take_pattern(self, name: str, number: int) -> None: ...
    def team(self, organisation: str, slug: str) -> dict[str, Any] | None: ...
    def user(self, login: str) -> dict[str, Any] | None: ...
    def switch(self, name: str) -> bool | None: ...
    def set_switch(self, name: str, *, is_on: bool) -> None: ...
    def owner_errors(self) -> list[dict[str, Any]] | None: ...
    def teams(self) -> list[dict[str, Any]] | None: ...
    def names(self, kind: str, environment: str = "") -> frozenset[str] | None: ...


@dataclass(frozen=True)
class Sight:
    """What is known of the repository before anything is compared."""

    owner: str
    is_private: bool
    may_look: bool
    """Whether the token sees what administers the repository: where not, what is missing may only be hidden."""


@dataclass(frozen=True)
class Rule:
    """One thing of the repository that a file describes, and how it is read and written."""

    check: str
    file: str
    wanted: Document
    read: Callable[[], Document | None]
    """Gives it in the file's own shape; None where it is not there, or not to be seen."""
    write: Callable[[], None]
    by_hand: Mapping[str, str] = field(default_factory=dict)
    """The cures of what can't be written, by their paths in the file."""


def look_around(github: GitHub) -> tuple[Sight, Diagnosis]:
    """Find out whose repository it is and how much of it is to be seen."""
    described = github.describe()
    owner, _, name = str(described.get("full_name", "")).partition("/")
    is_private = bool(described.get("private"))
    try:
        may_look = github.actions("") is not None
    except Unauthorized:
        may_look = False
    sight = Sight(owner, is_private, may_look)
    if not may_look:
        said = "the token does not see how the repository is administered: what is not told may only be hidden"
        return sight, unseen("administration", said, LOOK)
    kind = "private" if is_private else "public"
    return sight, ok("administration", f"the token sees how {owner}/{name} is administered, which is {kind}")


def compare(rule: Rule, sight: Sight) -> tuple[Diagnosis, ...]:
    """Name every difference between what there is and what the file says."""
    try:
        found = rule.read()
    except Unauthorized as error:
        return (unseen(rule.check, error.message, error.hint),)
    except ReleaseError as error:
        return (failed_by(rule.check, error),)
    place = FOLDER / rule.file
    if found is None and not sight.may_look:
        return (unseen(rule.check, f"it is not there, or not to be seen ({place})", LOOK),)
    if found is None:
        return (failed(rule.check, f"it is not there ({place})", APPLY, UsageError),)
    told = [
        unseen(rule.check, f"{each} ({place})", LOOK)
        if each.is_unsaid and not sight.may_look
        else failed(rule.check, f"{each} ({place})", rule.by_hand.get(each.path, APPLY), UsageError)
        for each in differences(rule.wanted, found)
    ]
    return tuple(told) or (ok(rule.check, f"as {place} says"),)


def compare_all(rules: Sequence[Rule], sight: Sight) -> list[tuple[Diagnosis, ...]]:
    """Compare every rule, some side by side; the answers are in the rules' order."""
    return side_by_side(lambda rule: compare(rule, sight), rules, _AT_ONCE)


def apply_all(rules: Sequence[Rule], sight: Sight) -> list[tuple[Diagnosis, ...]]:
    """Write what differs, one after the other, and read everything back; where nothing differs, nothing is written.

    What GitHub refuses is told, and the rest goes on; where it can't be reached, nothing more is written.
    """
    before = compare_all(rules, sight)
    refusals: dict[str, Diagnosis] = {}
    differing = [rule for rule, told in zip(rules, before, strict=True) if _differs(told)]
    for rule in differing:
        try:
            rule.write()
        except (UsageError, Unauthorized) as error:
            refusals[rule.check] = failed_by(rule.check, error)
        except ReleaseError as error:
            refusals[rule.check] = failed_by(rule.check, error)
            break
    if not differing:
        return before
    after = compare_all(rules, sight)
    return [_sum_up(*each, refusals) for each in zip(rules, before, after, strict=True)]


def _differs(told: Sequence[Diagnosis]) -> bool:
    return any(each.state is State.FAILED and each.cure == APPLY for each in told)


def _sum_up(
    rule: Rule, before: tuple[Diagnosis, ...], after: tuple[Diagnosis, ...], refusals: Mapping[str, Diagnosis]
) -> tuple[Diagnosis, ...]:
    """Say of a rule what was done about it."""
    was = "; ".join(each.detail for each in before)
    if rule.check in refusals:
        return (refusals[rule.check], *(each for each in after if each.state is not State.OK))
    if _differs(before) and not _differs(after):
        return tuple(ok(rule.check, f"applied; before: {was}") if each.state is State.OK else each for each in after)
    return after
