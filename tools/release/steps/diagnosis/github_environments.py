"""GitHub: environments, which are read in another shape than they are written in, and whose patterns stand apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from release.model.drift import Document
    from release.steps.diagnosis.github import GitHub

_BYPASS: Final = "can_admins_bypass"
_OPEN: Final = {"protected_branches": False, "custom_branch_policies": False}
"""What stands for no policy: every branch and every tag may use the environment."""


def read_environment(github: GitHub, name: str) -> Document | None:
    """Give an environment in the shape of its file."""
    found = github.environment(name)
    if found is None:
        return None
    rules = {each.get("type"): each for each in found.get("protection_rules") or []}
    reviewing = rules.get("required_reviewers", {})
    policy = found.get("deployment_branch_policy") or _OPEN
    patterns = github.patterns(name) if policy.get("custom_branch_policies") else []
    return {
        "wait_timer": rules.get("wait_timer", {}).get("wait_timer", 0),
        "prevent_self_review": bool(reviewing.get("prevent_self_review")),
        **({_BYPASS: found[_BYPASS]} if _BYPASS in found else {}),
        "reviewers": [_reviewer(each) for each in reviewing.get("reviewers") or []],
        "deployment_branch_policy": {key: bool(policy.get(key)) for key in _OPEN},
        "deployment_branch_policies": [_pattern(each) for each in patterns],
    }


def cures_by_hand(name: str, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Say where a person sets what GitHub tells of an environment, and documents no way to write."""
    hand = "tick" if wanted.get(_BYPASS) else "untick"
    box = "Allow administrators to bypass configured protection rules"
    return {_BYPASS: f'{hand} "{box}" in the repository\'s Settings, Environments, {name}: the API only tells of it'}


def write_environment(github: GitHub, organisation: str, name: str, wanted: Mapping[str, Any]) -> None:
    """Make an environment, or change it, and then its patterns: until they are there, nothing may use it.

    Where GitHub refuses reviewers or timers, for which private repositories need another plan, at least the patterns
    are set, unless that would take away who reviews now; UsageError then says what was refused.
    """
    policy = wanted["deployment_branch_policy"]
    narrow = {"deployment_branch_policy": None if policy == _OPEN else policy}
    refusal = None
    try:
        reviewers = [_with_id(github, organisation, each) for each in wanted["reviewers"]]
        whole = {key: wanted[key] for key in ("wait_timer", "prevent_self_review")}
        github.set_environment(name, {**whole, "reviewers": reviewers, **narrow})
    except UsageError as error:
        refusal = error
        there = read_environment(github, name)
        if there is not None and (there["reviewers"] or there["wait_timer"]):
            raise
        if there is None or there["deployment_branch_policy"] != policy:
            github.set_environment(name, narrow)
    if policy["custom_branch_policies"]:
        _write_patterns(github, name, wanted["deployment_branch_policies"])
    if refusal and (wanted["reviewers"] or wanted["wait_timer"]):
        raise refusal


def _write_patterns(github: GitHub, name: str, wanted: list[dict[str, str]]) -> None:
    """Close what is not named before anything is opened."""
    there = github.patterns(name)
    for each in there:
        if _pattern(each) not in wanted:
            github.take_pattern(name, int(each["id"]))
    for pattern in wanted:
        if pattern not in [_pattern(each) for each in there]:
            github.add_pattern(name, pattern)


def _with_id(github: GitHub, organisation: str, reviewer: Mapping[str, str]) -> dict[str, object]:
    name = reviewer["name"]
    is_team = reviewer["type"] == "Team"
    found = github.team(organisation, name) if is_team else github.user(name)
    if found is None:
        what = f"no team {name} in {organisation}" if is_team else f"no user {name}"
        raise UsageError(
            f"there is {what}, or the token may not see it (it needs the organisation's `members: read`)",
            hint='name in environments.json who reviews, or nobody: `"reviewers": []`',
        )
    return {"type": reviewer["type"], "id": found["id"]}


def _reviewer(document: Mapping[str, Any]) -> dict[str, str]:
    who = document.get("reviewer") or {}
    return {"type": str(document.get("type")), "name": str(who.get("slug") or who.get("login"))}


def _pattern(document: Mapping[str, Any]) -> dict[str, str]:
    return {"name": str(document.get("name")), "type": str(document.get("type") or "branch")}
