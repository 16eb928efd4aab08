"""`doctor --github`: there is no single change of what was applied that is not told."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from release.model.diagnosis import State
from release.steps.diagnosis.github import apply_all, compare_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release.steps.diagnosis.github import Rule, Sight
    from tests.release.commands.yard import Yard

Place = tuple[object, ...]
FILES = {
    "merging": {"repository.json"},
    "scanning": {"repository.json"},
    "switches": {"repository.json"},
    "actions": {"actions.json"},
    "environments": {"environments.json"},
}
"""Whose rules are compared after a change; all of them where rulesets changed."""
_IDENTITIES = {"id", "source", "source_type", "integration_id", "login"}
"""What GitHub says of a thing beside what was applied, or what names it."""


def kept_by(yard: Yard) -> dict[str, Any]:
    """Give everything that GitHub keeps and that a file describes, to be changed in place."""
    there = yard.there
    return {
        "merging": there.merging,
        "scanning": there.scanning,
        "actions": there.actions,
        "rulesets": {each["name"]: each for each in there.rulesets.kept.values()},
        "environments": {name: vars(each) for name, each in there.environments.kept.items()},
        "switches": {name: name in there.switches for name in there.switches},
    }


def places_in(node: object, *path: object) -> Iterator[Place]:
    """Give the place of every value and of every list."""
    if isinstance(node, Mapping):
        for key, each in node.items():
            if key not in _IDENTITIES:
                yield from places_in(each, *path, key)
    elif isinstance(node, list):
        yield path
        for index, each in enumerate(node):
            yield from places_in(each, *path, index)
    else:
        yield path


def changed(value: object) -> object:
    """Give another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return value[1:] if value else [{"id": 99, "name": "other", "type": "other", "reviewer": {}}]
    return f"{value}x"


@contextmanager
def change(yard: Yard, place: Place) -> Iterator[None]:
    """Change what stands at a place, as somebody might by hand, and put it back."""
    if place[0] == "switches":
        yard.there.switches.discard(str(place[1]))
        yield
        yard.there.switches.add(str(place[1]))
        return
    node: Any = kept_by(yard)
    for key in place[:-1]:
        node = node[key]
    before = node[place[-1]]
    node[place[-1]] = changed(before)
    yield
    node[place[-1]] = before


def failures(rules: tuple[Rule, ...], sight: Sight) -> list[str]:
    """Name the checks that fail."""
    told = [diagnosis for each in compare_all(rules, sight) for diagnosis in each]
    return [each.check for each in told if each.state is State.FAILED]


def test_every_single_change_of_what_was_applied_is_told(yard: Yard) -> None:
    rules, sight = yard.rules()
    apply_all(rules, sight)
    places = [place for place in places_in(kept_by(yard)) if not is_without_meaning(yard, place)]
    assert len(places) > 70
    unseen = []
    for place in places:
        concerned = tuple(rule for rule in rules if rule.file in FILES.get(str(place[0]), {rule.file}))
        with change(yard, place):
            unseen += [] if failures(concerned, sight) else [place]
    assert unseen == []
    assert failures(rules, sight) == []


def is_without_meaning(yard: Yard, place: Place) -> bool:
    """Say whether GitHub tells it otherwise, or no file asks: nobody reviews their own job where nobody reviews.

    What forks of private repositories get is not asked of a public one.
    """
    if place == ("switches", "immutable-releases") or place[1] == "fork-pr-workflows-private-repos":
        return True
    is_of_review = place[-1] in {"prevent_self_review", "can_admins_bypass"}
    is_alone = is_of_review and not yard.there.environments.kept[str(place[1])].reviewers
    return place[0] == "environments" and is_alone


@given(st.data())
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_was_changed_is_applied_again(yard: Yard, data: st.DataObject) -> None:
    rules, sight = yard.rules()
    apply_all(rules, sight)
    places = [place for place in places_in(kept_by(yard)) if place[-2:-1] != ("patterns",)]
    places = [place for place in places if place[-1] not in {"name", "can_admins_bypass"}]  # the last is set by hand
    with ExitStack() as stack:
        for place in data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique_by=str)):
            with suppress(LookupError):  # an earlier change took the place away
                stack.enter_context(change(yard, place))
        apply_all(rules, sight)
        assert failures(rules, sight) == []


@pytest.mark.parametrize(
    ("rule", "more"),
    [
        ("pull_request", {"required_reviewers": [{"minimum_approvals": 1}]}),
        ("pull_request", {"automatic_copilot_code_review_enabled": True}),
        ("deletion", {"something": "new"}),
    ],
)
def test_a_parameter_that_nobody_asked_for_is_told(yard: Yard, rule: str, more: dict[str, Any]) -> None:
    rules, sight = yard.rules()
    apply_all(rules, sight)
    (found,) = [each for each in yard.there.rulesets.named("main")["rules"] if each["type"] == rule]
    found.setdefault("parameters", {}).update(more)
    assert failures(rules, sight) == ["ruleset main"]


def test_a_rule_that_nobody_asked_for_is_told(yard: Yard) -> None:
    rules, sight = yard.rules()
    apply_all(rules, sight)
    yard.there.rulesets.named("main")["rules"].append({"type": "required_signatures"})
    assert failures(rules, sight) == ["ruleset main"]


def test_immutable_releases_that_were_switched_off_are_told(yard: Yard) -> None:
    rules, sight = yard.rules()
    apply_all(rules, sight)
    yard.github.repository.is_immutable = False
    assert failures(rules, sight) == ["immutable releases"]
