"""What guards a release stands in the files below `.github/rulesets/`: a change that loosens it fails here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release.model.rulebook import read_rulebook
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from release.model.ruleset import PullRequestParameters

BOOK = read_rulebook({path.name: path.read_bytes() for path in (ROOT / ".github" / "rulesets").glob("*.json")})


def reviews_of_main() -> PullRequestParameters:
    """Give who must have agreed to a change of main."""
    (rule,) = [each for each in BOOK.rulesets["main.json"].rules if each.type == "pull_request"]
    return rule.parameters


GUARDS = {
    "nobody is excepted from the rules of main": lambda: BOOK.rulesets["main.json"].bypass_actors == (),
    "somebody else agrees to a change": lambda: reviews_of_main().required_approving_review_count >= 1,
    "who owns the code agrees to a change": lambda: reviews_of_main().require_code_owner_review,
    "the last push is agreed to": lambda: reviews_of_main().require_last_push_approval,
    "agreement ends where more is pushed": lambda: reviews_of_main().dismiss_stale_reviews_on_push,
    "main stays, and its history": lambda: {"deletion", "non_fast_forward"} <= rules_in("main.json"),
    "nobody moves or deletes a release tag": lambda: {"update", "deletion"} <= rules_in("release-tags.json"),
    "nobody is excepted from that": lambda: BOOK.rulesets["release-tags.json"].bypass_actors == (),
    "making a release tag is ruled": lambda: rules_in("release-tag-makers.json") == {"creation"},
    "who maintains or administers makes tags": lambda: makers() == {("RepositoryRole", 2), ("RepositoryRole", 5)},
    "an action is pinned to a commit": lambda: BOOK.actions.permissions.sha_pinning_required,
    "only chosen actions run": lambda: BOOK.actions.permissions.allowed_actions == "selected",
    "a token reads, if nobody says more": lambda: BOOK.actions.workflow.default_workflow_permissions == "read",
    "no job approves": lambda: not BOOK.actions.workflow.can_approve_pull_request_reviews,
    "a fork gets no secrets": lambda: not BOOK.actions.fork_pull_requests_private.send_secrets_and_variables,
    "a fork writes nothing": lambda: not BOOK.actions.fork_pull_requests_private.send_write_tokens_to_workflows,
    "releases are immutable": lambda: BOOK.repository.switches["immutable-releases"],
}


def rules_in(file: str) -> set[str]:
    """Give the types of a ruleset's rules."""
    return {each.type for each in BOOK.rulesets[file].rules}


def makers() -> set[tuple[str, int | None]]:
    """Give who may make release tags."""
    return {(each.actor_type, each.actor_id) for each in BOOK.rulesets["release-tag-makers.json"].bypass_actors}


@pytest.mark.parametrize("guard", GUARDS)
def test_what_guards_a_release_stands_in_the_files(guard: str) -> None:
    assert GUARDS[guard]()


@pytest.mark.parametrize("file", ["main.json", "release-tags.json", "release-tag-makers.json"])
def test_a_ruleset_that_guards_a_release_is_on_and_excepts_no_name(file: str) -> None:
    ruleset = BOOK.rulesets[file]
    assert (ruleset.enforcement, ruleset.conditions.ref_name.exclude) == ("active", ())


@pytest.mark.parametrize("name", ["sign", "release"])
def test_a_release_waits_for_somebody_who_did_not_make_its_tag(name: str) -> None:
    environment = BOOK.environments[name]
    assert environment.reviewers
    assert environment.prevent_self_review
    assert environment.can_admins_bypass is False
