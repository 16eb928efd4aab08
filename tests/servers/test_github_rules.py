"""GitHub's stand-in refuses of rules, environments and settings what GitHub refuses."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.repository.tree import ROOT
from tests.servers.github import REPOSITORY, TOKEN, GitHub, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RULESET = json.loads((ROOT / ".github" / "rulesets" / "main.json").read_text())
TAGS = {"protected_branches": False, "custom_branch_policies": True}


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        server.tokens[TOKEN] = Token(admin=True)
        yield server


def ask(github: GitHub, method: str, path: str, document: object = None, **query: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-GitHub-Api-Version": "2022-11-28"}
    place = f"{github.environment['GITHUB_API_URL']}/repos/{REPOSITORY}{path}"
    return requests.request(
        method, place, headers=headers, json=document, params=query, timeout=5, allow_redirects=False
    )


def test_a_ruleset_is_made_listed_without_its_rules_replaced_and_deleted(github: GitHub) -> None:
    made = ask(github, "POST", "/rulesets", RULESET)
    assert made.status_code == 201
    number = made.json()["id"]
    (listed,) = ask(github, "GET", "/rulesets").json()
    assert listed["name"] == "main"
    assert "rules" not in listed
    changed = ask(github, "PUT", f"/rulesets/{number}", {**RULESET, "enforcement": "disabled"}).json()
    assert changed["enforcement"] == "disabled"
    assert ask(github, "DELETE", f"/rulesets/{number}").status_code == 204
    assert ask(github, "GET", f"/rulesets/{number}").status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda ruleset: ruleset.update(name=""), "blank"),
        (lambda ruleset: ruleset.pop("enforcement"), "Invalid request"),
        (lambda ruleset: ruleset.update(enforcement="evaluate"), "not supported"),
        (lambda ruleset: ruleset.update(target="elsewhere"), "Invalid request"),
        (lambda ruleset: ruleset.pop("conditions"), "Invalid request"),
        (lambda ruleset: ruleset.update(target="tag"), "Invalid target patterns"),
        (lambda ruleset: ruleset["conditions"]["ref_name"]["include"].append("main"), "Invalid target patterns"),
        (lambda ruleset: ruleset["rules"].append({"type": "unheard_of"}), "Invalid rule"),
        (lambda ruleset: ruleset["rules"][3]["parameters"].popitem(), ""),
        (lambda ruleset: ruleset["rules"][3].pop("parameters"), "lacks parameters"),
        (
            lambda ruleset: ruleset["bypass_actors"].append({"actor_id": 77, "actor_type": "RepositoryRole"}),
            "Actor 77 is not valid",
        ),
    ],
)
def test_a_ruleset_that_is_not_valid_is_refused(github: GitHub, change: Callable[[Any], object], said: str) -> None:
    ruleset = copy.deepcopy(RULESET)
    change(ruleset)
    answer = ask(github, "POST", "/rulesets", ruleset)
    assert answer.status_code == (422 if said else 201)
    assert said in answer.text


def test_the_name_of_a_ruleset_is_taken_once(github: GitHub) -> None:
    ask(github, "POST", "/rulesets", RULESET)
    again = ask(github, "POST", "/rulesets", RULESET)
    assert again.status_code == 422
    assert again.json()["errors"] == ["Name must be unique"]


def test_a_list_has_pages(github: GitHub) -> None:
    for number in range(5):
        github.repository.administered.rulesets.add({"name": str(number), "target": "branch", "enforcement": "active"})
    first = ask(github, "GET", "/rulesets", per_page="3")
    assert [each["name"] for each in first.json()] == ["0", "1", "2"]
    assert "next" in first.links
    last = ask(github, "GET", "/rulesets", per_page="3", page="2")
    assert [each["name"] for each in last.json()] == ["3", "4"]
    assert "next" not in last.links


def test_who_may_not_administer_sees_no_bypass_and_changes_nothing(github: GitHub) -> None:
    number = ask(github, "POST", "/rulesets", RULESET).json()["id"]
    github.tokens[TOKEN] = Token()
    assert "bypass_actors" not in ask(github, "GET", f"/rulesets/{number}").json()
    for path in (f"/rulesets/{number}", "/environments/sign", "/vulnerability-alerts", "/actions/permissions"):
        assert ask(github, "PUT", path, {}).status_code == 403, path
    for path in ("/teams", "/actions/variables", "/actions/permissions", "/vulnerability-alerts"):
        assert ask(github, "GET", path).status_code == 403, path
    assert "allow_squash_merge" not in ask(github, "GET", "").json()


def test_a_free_private_repository_has_neither_rulesets_nor_environments(github: GitHub) -> None:
    github.repository.administered.is_private = True
    answer = ask(github, "GET", "/rulesets")
    assert (answer.status_code, "Upgrade to GitHub Pro" in answer.text) == (403, True)
    assert ask(github, "PUT", "/environments/sign", {}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"reviewers": [], "deployment_branch_policy": TAGS}, "required reviewers"),
        ({"wait_timer": 0, "deployment_branch_policy": TAGS}, "wait timer"),
        ({"deployment_branch_policy": TAGS}, ""),
    ],
)
def test_a_plan_below_enterprise_has_no_reviewers_of_private_repositories(
    github: GitHub, asked: dict[str, object], said: str
) -> None:
    github.repository.administered.is_private, github.repository.administered.plan = True, "team"
    answer = ask(github, "PUT", "/environments/sign", asked)
    assert answer.status_code == (422 if said else 200)
    assert said in answer.text


@pytest.mark.parametrize(
    "asked",
    [
        {"wait_timer": 50_000},
        {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": True}},
        {"reviewers": [{"type": "Team", "id": 1}]},
        {"reviewers": [{"type": "Team", "id": 100}] * 7},
    ],
)
def test_an_environment_that_is_not_valid_is_refused(github: GitHub, asked: dict[str, object]) -> None:
    assert ask(github, "PUT", "/environments/sign", asked).status_code == 422
    assert ask(github, "GET", "/environments/sign").status_code == 404


def test_patterns_are_for_environments_that_ask_for_them_and_come_once(github: GitHub) -> None:
    path = "/environments/sign/deployment-branch-policies"
    ask(github, "PUT", "/environments/sign", {})
    assert ask(github, "POST", path, {"name": "*/v*", "type": "tag"}).status_code == 404
    ask(github, "PUT", "/environments/sign", {"deployment_branch_policy": TAGS})
    assert ask(github, "POST", path, {"name": "", "type": "tag"}).status_code == 422
    made = ask(github, "POST", path, {"name": "*/v*", "type": "tag"})
    assert made.status_code == 200
    assert ask(github, "POST", path, {"name": "*/v*", "type": "tag"}).status_code == 303
    assert ask(github, "GET", path).json()["total_count"] == 1
    assert ask(github, "DELETE", f"{path}/{made.json()['id']}").status_code == 204
    assert ask(github, "DELETE", f"{path}/{made.json()['id']}").status_code == 404


def test_selected_actions_are_there_where_actions_are_selected(github: GitHub) -> None:
    assert ask(github, "GET", "/actions/permissions/selected-actions").status_code == 409
    ask(github, "PUT", "/actions/permissions", {"enabled": True, "allowed_actions": "selected"})
    assert ask(github, "GET", "/actions/permissions/selected-actions").json()["patterns_allowed"] == []


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("", {"allowed_actions": "all"}),
        ("", {"enabled": True, "allowed_actions": "none"}),
        ("/workflow", {"default_workflow_permissions": "admin"}),
        ("/workflow", {"unheard_of": True}),
        ("/fork-pr-contributor-approval", {"approval_policy": "nobody"}),
        ("/artifact-and-log-retention", {"days": 91}),
        ("/artifact-and-log-retention", {}),
    ],
)
def test_permissions_that_are_not_valid_are_refused(github: GitHub, path: str, asked: dict[str, object]) -> None:
    before = ask(github, "GET", f"/actions/permissions{path}").json()
    assert ask(github, "PUT", f"/actions/permissions{path}", asked).status_code == 422
    assert ask(github, "GET", f"/actions/permissions{path}").json() == before


def test_fixes_need_alerts(github: GitHub) -> None:
    assert ask(github, "PUT", "/automated-security-fixes").status_code == 422
    assert ask(github, "PUT", "/vulnerability-alerts").status_code == 204
    assert ask(github, "PUT", "/automated-security-fixes").status_code == 204
    assert ask(github, "GET", "/automated-security-fixes").json()["enabled"]


def test_one_way_to_merge_is_left(github: GitHub) -> None:
    none = {"allow_merge_commit": False, "allow_squash_merge": False, "allow_rebase_merge": False}
    assert ask(github, "PATCH", "", none).status_code == 422
    assert ask(github, "PATCH", "", {"unheard_of": True}).status_code == 422
    assert ask(github, "PATCH", "", {"allow_merge_commit": False}).json()["allow_squash_merge"]


def test_an_address_that_is_none_is_not_found(github: GitHub) -> None:
    for path in ("/nothing", "/rulesets/1", "/actions/permissions/more", "/environments/sign/nothing", "/actions/all"):
        assert ask(github, "GET", path).status_code == 404, path
    assert ask(github, "DELETE", "/actions/variables").status_code == 404
