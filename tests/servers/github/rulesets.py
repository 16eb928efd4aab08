"""Rulesets as GitHub keeps them. https://docs.github.com/en/rest/repos/rules."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from tests.servers.github.guards import must, require_valid
from tests.servers.github.pages import page_of
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.github.administered import Administered
    from tests.servers.github.records import Token
    from tests.servers.stand_in import Request

_UPGRADE: Final = "Upgrade to GitHub Pro or make this repository public to enable this feature."
_ANY: Final = ("creation", "deletion", "non_fast_forward", "required_linear_history", "required_signatures", "update")
_RULES: Final = {"branch": (*_ANY, "pull_request", "required_status_checks"), "tag": _ANY}
_ADDED: Final[dict[str, dict[str, Any]]] = {
    "pull_request": {"required_reviewers": [], "automatic_copilot_code_review_enabled": False},
    "update": {"update_allows_fetch_and_merge": False},
}
"""What GitHub says of a rule beside what was asked for."""
_NEEDED: Final = {
    "pull_request": {
        "required_approving_review_count",
        "require_code_owner_review",
        "dismiss_stale_reviews_on_push",
        "require_last_push_approval",
        "required_review_thread_resolution",
    },
    "required_status_checks": {"required_status_checks", "strict_required_status_checks_policy"},
}
_ROLES: Final = (2, 4, 5)
_WRITES: Final = {"POST", "PUT", "DELETE"}


@dataclass
class Rulesets:
    """The rulesets of one repository, by their ids."""

    administered: Administered
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    inherited: list[dict[str, Any]] = field(default_factory=list)
    """Rulesets of the organisation, which are listed unless nobody wants them."""
    last: int = 40

    def named(self, name: str) -> dict[str, Any]:
        """Give a ruleset by its name."""
        (found,) = [each for each in self.kept.values() if each["name"] == name]
        return found

    def add(self, document: dict[str, Any]) -> dict[str, Any]:
        """Make a ruleset, as if somebody had."""
        self.last += 1
        said = {"source_type": "Repository", "source": "wheelyard/wheelyard", "bypass_actors": []}
        self.kept[self.last] = {"id": self.last, **said, **document}
        return self.kept[self.last]

    def answer(self, request: Request, rest: str, token: Token) -> Answer:
        """Answer at an address below the rulesets' own."""
        has_rulesets = not self.administered.is_private or self.administered.plan != "free"
        must(has_rulesets, 403, _UPGRADE)
        must(token.admin or request.method not in _WRITES, 403, "Resource not accessible by personal access token")
        if not rest:
            return self._create(request) if request.method == "POST" else self._list(request)
        must(rest.isdecimal() and int(rest) in self.kept, 404, "Not Found")
        if request.method == "DELETE":
            del self.kept[int(rest)]
            return Answer(status=204)
        if request.method == "PUT":
            asked = self._checked(request, int(rest))
            self.kept[int(rest)] = {**self.kept[int(rest)], **asked}
        found = self.kept[int(rest)]
        return as_json({key: each for key, each in found.items() if key != "bypass_actors" or token.may_look})

    def _list(self, request: Request) -> Answer:
        inherited = [] if "includes_parents=false" in request.query else self.inherited
        hidden = {"rules", "conditions", "bypass_actors"}
        listed = [{k: v for k, v in each.items() if k not in hidden} for each in (*inherited, *self.kept.values())]
        return page_of(request, listed, self.administered.repository.address)

    def _create(self, request: Request) -> Answer:
        return replace(as_json(self.add(self._checked(request, 0))), status=201)

    def _checked(self, request: Request, number: int) -> dict[str, Any]:
        asked: dict[str, Any] = json.loads(request.body)
        others = {each["name"] for key, each in self.kept.items() if key != number}
        require_valid(bool(asked.get("name")), "Name can't be blank")
        require_valid(asked["name"] not in others, "Name must be unique")
        must(asked.get("enforcement") in {"active", "disabled", "evaluate"}, 422, "Invalid request.")
        can_evaluate = asked["enforcement"] != "evaluate" or self.administered.plan == "enterprise"
        must(can_evaluate, 422, "Enforcement evaluate option is not supported on this plan.")
        target = asked.setdefault("target", "branch")
        must(target in _RULES, 422, "Invalid request.")
        patterns = asked.get("conditions", {}).get("ref_name", {})
        must({"include", "exclude"} <= patterns.keys(), 422, "Invalid request.")
        home = "refs/heads/" if target == "branch" else "refs/tags/"
        for each in (*patterns["include"], *patterns["exclude"]):
            require_valid(each.startswith((home, "~")), "Invalid target patterns")
        for each in asked.setdefault("bypass_actors", []):
            is_known = each["actor_type"] != "RepositoryRole" or each["actor_id"] in _ROLES
            require_valid(is_known, f"Actor {each['actor_id']} is not valid")
        return {**asked, "rules": [_kept(rule, target) for rule in asked.get("rules", [])]}


def _kept(rule: dict[str, Any], target: str) -> dict[str, Any]:
    """Give a rule as it is told afterwards."""
    kind, asked = rule.get("type", ""), rule.get("parameters", {})
    require_valid(kind in _RULES[target], f"Invalid rule '{kind}': it is not for {target} rulesets")
    must(asked.keys() >= _NEEDED.get(kind, set()), 422, f"Invalid property /rules: {kind} lacks parameters")
    added = {} if (kind, target) == ("update", "tag") else _ADDED.get(kind, {})
    parameters = {**added, **asked}
    return {"type": kind, **({"parameters": parameters} if parameters else {})}
