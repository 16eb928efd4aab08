"""An AWS account, as far as releases stand in it: what is there, and what guards it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Repository:
    """A repository of CodeArtifact: what stands behind it, and its policy, which is empty where it has none."""

    upstreams: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    """The public indexes that it takes packages from: `public:pypi`."""
    policy: Policy = field(default_factory=dict)


@dataclass(frozen=True)
class Bucket:
    """A bucket: its settings, and its policy."""

    is_versioned: bool = False
    is_closed: bool = False
    """Whether all four of S3's blocks against publicity are on."""
    ending: tuple[str, ...] = ()
    """The lifecycle rules that delete what is current."""
    policy: Policy = field(default_factory=dict)


@dataclass(frozen=True)
class Role:
    """A role: whom it trusts, and the names of the managed policies that it has."""

    trust: Policy
    policies: tuple[str, ...] = ()


def statements_of(policy: Policy) -> list[dict[str, Any]]:
    """Give a policy's statements, of which it may have one, several or none."""
    return many(policy.get("Statement", []))


def many(value: Any) -> list[Any]:  # noqa: ANN401  # whatever a policy says
    """Give a list of what a policy may say as a list or by itself."""
    return value if isinstance(value, list) else [value]


def forbids(
    policy: Policy, actions: Iterable[str], resources: Sequence[str] = ("*",), condition: Policy | None = None
) -> bool:
    """Whether a policy denies everybody all these actions on all these resources, on this condition and no other.

    Of an action `s3:*` or a resource `arn:aws:s3:::bucket/*` a part does not do; `arn:aws:` is every partition's.
    """
    denying = [
        each
        for each in statements_of(policy)
        if each.get("Effect") == "Deny"
        and names_everybody(each)
        and _told(each.get("Condition", {})) == _told(condition or {})
    ]
    return all(any(_covers(each, action, resource) for each in denying) for action in actions for resource in resources)


def names_everybody(statement: Policy) -> bool:
    """Whether everybody is among a statement's principals."""
    named = statement.get("Principal", {})
    return "*" in many(named.get("AWS", []) if isinstance(named, dict) else named)


def _told(condition: Policy) -> dict[tuple[str, str], set[str]]:
    """Give a condition as it counts: without regard to case in names, to lists of one, or to how false is written."""
    return {
        (operator, key.lower()): {str(each).lower() for each in many(value)}
        for operator, tests in condition.items()
        for key, value in tests.items()
    }


def _covers(statement: Policy, action: str, resource: str) -> bool:
    actions = [each.lower() for each in many(statement.get("Action", []))]
    resources = [re.sub(r"^arn:aws[a-z-]*:", "arn:aws:", each) for each in many(statement.get("Resource", []))]
    return _is_among(action.lower(), actions) and _is_among(resource, resources)


def _is_among(text: str, patterns: Iterable[str]) -> bool:
    """Whether one of a policy's patterns takes in a text, or all that a text with `*` takes in."""
    return any(re.fullmatch(re.escape(each).replace(r"\*", ".*"), text) for each in patterns)
