"""Environments as GitHub keeps them, in the shape in which it tells them.

https://docs.github.com/en/rest/deployments/environments.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.servers.github.guards import must, refuse, require_valid
from tests.servers.github.pages import page_of
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.github.administered import Administered
    from tests.servers.github.records import Token
    from tests.servers.stand_in import Request

_PLAN: Final = (
    "Failed to create the environment protection rule. Please ensure the billing plan supports the {} protection rule."
)
_RULES: Final = {"reviewers": "required reviewers", "wait_timer": "wait timer", "prevent_self_review": "self review"}
_FORBIDDEN: Final = "Resource not accessible by personal access token"


@dataclass
class Environment:
    """One environment."""

    wait_timer: int = 0
    prevent_self_review: bool = False
    can_admins_bypass: bool = True
    """What a person ticks on the page of settings."""
    reviewers: list[dict[str, Any]] = field(default_factory=list)
    policy: dict[str, bool] | None = None
    patterns: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self, name: str) -> dict[str, Any]:
        """Write it as GitHub does."""
        rules: list[dict[str, Any]] = []
        if self.wait_timer:
            rules.append({"id": 1, "type": "wait_timer", "wait_timer": self.wait_timer})
        if self.reviewers:
            told = {"prevent_self_review": self.prevent_self_review, "reviewers": self.reviewers}
            rules.append({"id": 2, "type": "required_reviewers", **told})
        if self.policy:
            rules.append({"id": 3, "type": "branch_policy"})
        told = {"protection_rules": rules, "deployment_branch_policy": self.policy}
        return {"id": 9, "name": name, "can_admins_bypass": self.can_admins_bypass, **told}


@dataclass
class Environments:
    """The environments of one repository, by their names."""

    administered: Administered
    kept: dict[str, Environment] = field(default_factory=dict)
    last: int = 60

    def add_pattern(self, name: str, pattern: str, kind: str = "branch") -> None:
        """Let branches or tags in, as if somebody had."""
        self.last += 1
        self.kept[name].patterns.append({"id": self.last, "name": pattern, "type": kind})

    def answer(self, request: Request, rest: str, token: Token) -> Answer:
        """Answer at an address below the environments' own."""
        must(not (self.administered.is_private and self.administered.plan == "free"), 404, "Not Found")
        must(token.admin or request.method == "GET", 403, _FORBIDDEN)
        name, _, below = rest.partition("/")
        if request.method == "PUT" and not below:
            self._put(name, json.loads(request.body))
        must(name in self.kept, 404, "Not Found")
        if below:
            return self._patterns(request, self.kept[name], below)
        must(request.method in {"GET", "PUT"}, 404, "Not Found")
        return as_json(self.kept[name].as_json(name))

    def _put(self, name: str, asked: dict[str, Any]) -> None:
        """Take over what is asked; what is left out goes back to what it is of itself.

        A server has said of `can_admins_bypass`, which the documentation of this call does not name, that it is no
        key: https://github.com/integrations/terraform-provider-github/issues/1804.
        """
        more = sorted(asked.keys() - {*_RULES, "deployment_branch_policy"})
        must(not more, 422, f'Invalid request.\n\n"{"".join(more[:1])}" is not a permitted key.')
        has_rules = not self.administered.is_private or self.administered.plan == "enterprise"
        for key, word in _RULES.items():
            must(has_rules or key not in asked, 422, _PLAN.format(word))
        must(0 <= asked.get("wait_timer", 0) <= 43_200, 422, "Invalid request.")
        reviewers = asked.get("reviewers") or []
        must(len(reviewers) <= 6, 422, "Invalid request.")
        policy = asked.get("deployment_branch_policy")
        is_clear = policy is None or policy["protected_branches"] != policy["custom_branch_policies"]
        must(is_clear, 422, "protected_branches and custom_branch_policies cannot have the same value")
        changed = self.kept.get(name, Environment())
        changed.reviewers = [self._reviewer(each) for each in reviewers]
        changed.wait_timer = asked.get("wait_timer", 0)
        changed.prevent_self_review = bool(reviewers) and asked.get("prevent_self_review", False)
        changed.policy = policy
        self.kept[name] = changed

    def _reviewer(self, asked: dict[str, Any]) -> dict[str, Any]:
        teams = {self.administered.team_id(slug): slug for slug in self.administered.teams}
        if asked["type"] == "Team" and asked["id"] in teams:
            return {"type": "Team", "reviewer": {"id": asked["id"], "slug": teams[asked["id"]]}}
        require_valid(asked == {"type": "User", "id": 7}, "a reviewer is not known")
        return {"type": "User", "reviewer": {"id": 7, "login": "ada"}}

    def _patterns(self, request: Request, environment: Environment, below: str) -> Answer:
        first, _, number = below.partition("/")
        must(first == "deployment-branch-policies", 404, "Not Found")
        must(bool((environment.policy or {}).get("custom_branch_policies")), 404, "Not Found")
        if request.method == "DELETE":
            there = [each for each in environment.patterns if str(each["id"]) == number]
            must(bool(there), 404, "Not Found")
            environment.patterns.remove(there[0])
            return Answer(status=204)
        if request.method == "POST" and not number:
            return self._add(environment, json.loads(request.body))
        must(request.method == "GET" and not number, 404, "Not Found")
        return page_of(request, environment.patterns, self.administered.repository.address, key="branch_policies")

    def _add(self, environment: Environment, asked: dict[str, Any]) -> Answer:
        kind = asked.get("type", "branch")
        must(bool(asked.get("name")) and kind in {"branch", "tag"}, 422, "Invalid request.")
        if any((each["name"], each["type"]) == (asked["name"], kind) for each in environment.patterns):
            refuse(303, "See Other")
        self.last += 1
        environment.patterns.append({"id": self.last, "name": asked["name"], "type": kind})
        return as_json(environment.patterns[-1])
