"""What administers a repository on GitHub: its settings, its switches, the permissions of Actions, and who works on it.

https://docs.github.com/en/rest/repos, https://docs.github.com/en/rest/actions/permissions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from tests.servers.github.calls import API, REPOSITORY
from tests.servers.github.environments import Environments
from tests.servers.github.guards import must, refuse
from tests.servers.github.pages import page_of
from tests.servers.github.rulesets import Rulesets
from tests.servers.stand_in import Answer, as_json

if TYPE_CHECKING:
    from tests.servers.github.records import Token
    from tests.servers.github.repository import Repository
    from tests.servers.stand_in import Request

OWNER: Final = REPOSITORY.partition("/")[0]
_FORBIDDEN: Final = "Resource not accessible by personal access token"
_SWITCHES: Final = (
    "automated-security-fixes",
    "immutable-releases",
    "private-vulnerability-reporting",
    "vulnerability-alerts",
)
_POLICIES: Final = ("first_time_contributors_new_to_github", "first_time_contributors", "all_external_contributors")
_CHOICES: Final = {
    "allowed_actions": ("all", "local_only", "selected"),
    "default_workflow_permissions": ("read", "write"),
    "approval_policy": _POLICIES,
}
_NEEDED: Final = {
    "": "enabled",
    "fork-pr-contributor-approval": "approval_policy",
    "fork-pr-workflows-private-repos": "run_workflows_from_fork_pull_requests",
    "artifact-and-log-retention": "days",
}
_LONGEST: Final = {True: 400, False: 90}
"""Days for which artifacts are kept at most: of private repositories, and of public ones."""


_ELSEWHERE: Final = {
    ("fork-pr-contributor-approval", True): "Fork PR approval is not allowed for private repositories.",
    ("fork-pr-workflows-private-repos", False): "This setting only applies to internal and private repositories.",
}
"""What GitHub says where a private repository, or a public one, does not have a part of the permissions."""


def _merging() -> dict[str, object]:
    names = ("allow_merge_commit", "allow_rebase_merge", "allow_squash_merge")
    return {**dict.fromkeys(names, True), "allow_update_branch": False, "delete_branch_on_merge": False}


def _scanning() -> dict[str, dict[str, str]]:
    return {name: {"status": "disabled"} for name in ("secret_scanning", "secret_scanning_push_protection")}


def _actions() -> dict[str, dict[str, Any]]:
    return {
        "": {"enabled": True, "allowed_actions": "all", "sha_pinning_required": False},
        "selected-actions": {"github_owned_allowed": True, "verified_allowed": False, "patterns_allowed": []},
        "workflow": {"default_workflow_permissions": "write", "can_approve_pull_request_reviews": True},
        "fork-pr-contributor-approval": {"approval_policy": "first_time_contributors"},
        "fork-pr-workflows-private-repos": {
            "run_workflows_from_fork_pull_requests": False,
            "send_write_tokens_to_workflows": False,
            "send_secrets_and_variables": False,
            "require_approval_for_fork_pr_workflows": False,
        },
        "artifact-and-log-retention": {"days": 30},
    }


@dataclass
class Administered:
    """A repository as it is when somebody has just made it; a test says what else is there."""

    repository: Repository
    is_private: bool = False
    plan: str = "free"
    """`free`, `team` or `enterprise`: what GitHub has for private repositories."""
    merging: dict[str, object] = field(default_factory=_merging)
    scanning: dict[str, dict[str, str]] = field(default_factory=_scanning)
    switches: set[str] = field(default_factory=set)
    actions: dict[str, dict[str, Any]] = field(default_factory=_actions)
    teams: dict[str, str] = field(
        default_factory=lambda: {"platform": "push", "maintainers": "push", "data": "maintain"}
    )
    """What each team may do, by its slug."""
    owner_errors: list[dict[str, object]] | None = field(default_factory=list)
    """What is wrong with CODEOWNERS; None where there is no such file."""
    variables: dict[str, set[str]] = field(default_factory=lambda: {"": set(), "organisation": set()})
    """Names that are set: for the repository, for the organisation, and by environment."""
    secrets: dict[str, set[str]] = field(default_factory=lambda: {"": set(), "organisation": set()})

    def __post_init__(self) -> None:
        self.rulesets = Rulesets(self)
        self.environments = Environments(self)

    def describe(self, token: Token) -> dict[str, object]:
        """Give what the repository's document has of all this."""
        shown: dict[str, object] = {
            "id": 1,
            "private": self.is_private,
            "visibility": "private" if self.is_private else "public",
        }
        return {**shown, **self.merging, "security_and_analysis": self.scanning} if token.may_look else shown

    def answer(self, request: Request, token: Token) -> Answer:
        """Answer at an address that no release asks."""
        path, place = unquote(request.path), f"{API}/repos/{REPOSITORY}"
        if path != place and not path.startswith(f"{place}/"):
            return self._elsewhere(path, token)
        first, _, rest = path.removeprefix(place).lstrip("/").partition("/")
        if first == "rulesets":
            return self.rulesets.answer(request, rest, token)
        if first == "environments" and not rest.endswith(("/variables", "/secrets")):
            return self.environments.answer(request, rest, token)
        if (first, rest) == ("codeowners", "errors"):
            must(self.owner_errors is not None, 404, "Not Found")
            return as_json({"errors": self.owner_errors})
        must(token.may_look, 403, _FORBIDDEN)
        must(token.admin or request.method == "GET", 403, _FORBIDDEN)
        return self._administer(request, first, rest)

    def _elsewhere(self, path: str, token: Token) -> Answer:
        if match := re.fullmatch(rf"{API}/orgs/([^/]+)/teams/([^/]+)", path):
            must(token.sees_teams and match[1] == OWNER and match[2] in self.teams, 404, "Not Found")
            return as_json({"id": self.team_id(match[2]), "slug": match[2]})
        must(path == f"{API}/users/ada", 404, "Not Found")
        return as_json({"id": 7, "login": "ada"})

    def _administer(self, request: Request, first: str, rest: str) -> Answer:
        if not first:
            return self._change(request)
        if first in _SWITCHES:
            return self._switch(request.method, first)
        if first == "teams":
            slugs = [{"slug": slug, "permission": may} for slug, may in self.teams.items()]
            return page_of(request, slugs, self.repository.address)
        if first == "actions" and rest.startswith("permissions"):
            return self._permissions(request, rest.removeprefix("permissions").lstrip("/"))
        return self._names(request, f"{first}/{rest}")

    def team_id(self, slug: str) -> int:
        """Give the id of a team."""
        return 100 + list(self.teams).index(slug)

    def _change(self, request: Request) -> Answer:
        must(request.method == "PATCH", 404, "Not Found")
        asked = json.loads(request.body)
        scanning = asked.pop("security_and_analysis", {})
        has_scanning = not self.is_private or self.plan == "enterprise"
        must(has_scanning or not scanning, 422, "Secret scanning is not available for this repository.")
        must(self.merging.keys() >= asked.keys() and self.scanning.keys() >= scanning.keys(), 422, "Validation Failed")
        merges = [name for name in self.merging if name.endswith(("_merge", "_commit")) and name.startswith("allow")]
        after = {**self.merging, **asked}
        must(any(after[name] for name in merges), 422, "Sorry, you need to allow at least one merge strategy.")
        self.merging = after
        self.scanning.update(scanning)
        return as_json(self.merging)

    def _switch(self, method: str, name: str) -> Answer:
        is_public_only = name == "private-vulnerability-reporting"
        must(not (is_public_only and self.is_private), 422 if method != "GET" else 404, "Not Found")
        if method == "GET":
            must(name in self.switches, 404, "Not Found")
            return Answer(status=204) if name == "vulnerability-alerts" else as_json({"enabled": True, "paused": False})
        must(method in {"PUT", "DELETE"}, 404, "Not Found")
        has_alerts = "vulnerability-alerts" in self.switches or name != "automated-security-fixes"
        must(
            has_alerts or method == "DELETE",
            422,
            "Vulnerability alerts must be enabled to configure automated security fixes.",
        )
        (self.switches.add if method == "PUT" else self.switches.discard)(name)
        if name == "immutable-releases":
            self.repository.is_immutable = method == "PUT"
        return Answer(status=204)

    def _permissions(self, request: Request, part: str) -> Answer:
        must(part in self.actions and request.method in {"GET", "PUT"}, 404, "Not Found")
        is_idle = part == "selected-actions" and self.actions[""]["allowed_actions"] != "selected"
        must(not is_idle, 409, "Conflict")
        said = _ELSEWHERE.get((part, self.is_private), "")
        must(not said, 422, said)
        if request.method == "GET":
            more = {"maximum_allowed_days": _LONGEST[self.is_private]} if part == "artifact-and-log-retention" else {}
            return as_json({**self.actions[part], **more})
        asked = json.loads(request.body)
        must(self.actions[part].keys() >= asked.keys(), 422, "Invalid request.")
        must(_NEEDED.get(part, "") in {"", *asked}, 422, "Invalid request.")
        for key, choices in _CHOICES.items():
            must(asked.get(key, choices[0]) in choices, 422, "Invalid request.")
        must(1 <= asked.get("days", 1) <= _LONGEST[self.is_private], 422, "The retention period is not valid.")
        self.actions[part].update(asked)
        return Answer(status=204)

    def _names(self, request: Request, path: str) -> Answer:
        """List variables or secrets; of variables a page has thirty at most."""
        match = re.fullmatch(r"(?:actions/(organization-)?|environments/(.+)/)(variables|secrets)", path)
        if match is None or request.method != "GET":
            refuse(404, "Not Found")
        place = "organisation" if match[1] else match[2] or ""
        kept = self.variables if match[3] == "variables" else self.secrets
        must(not match[2] or match[2] in self.environments.kept, 404, "Not Found")
        listed = [{"name": name} for name in sorted(kept.get(place, set()))]
        return page_of(request, listed, self.repository.address, key=match[3], most=30)
