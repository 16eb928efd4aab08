"""An AWS account, as far as releases stand in it: what is there, and what guards it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def forbids(policy: Policy, actions: Iterable[str]) -> bool:
    """Whether a policy denies some actions to everybody, on whatever condition."""
    denied = {
        action.lower()
        for each in statements_of(policy)
        if each.get("Effect") == "Deny" and each.get("Principal") == "*"
        for action in many(each.get("Action", []))
    }
    return {each.lower() for each in actions} <= denied
