"""`doctor --github`: what GitHub has for private or for public repositories alone is looked at there alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.release.commands.yard import Yard


def test_a_private_repository_is_not_asked_for_what_only_public_ones_have(yard: Yard) -> None:
    yard.there.is_private, yard.there.plan = True, "enterprise"
    checks = {each["check"]: each for each in yard.apply()}
    assert checks.keys().isdisjoint({"actions fork pull requests", "private vulnerability reporting"})
    said = checks["visibility"]["detail"]
    assert said.startswith("private: GitHub has no fork_pull_requests and no private-vulnerability-reporting here")
    assert yard.told() == {}


def test_a_public_repository_is_not_asked_for_what_only_private_ones_have(yard: Yard) -> None:
    checks = {each["check"]: each for each in yard.apply()}
    assert "actions fork pull requests private" not in checks
    assert checks["visibility"]["detail"].startswith("public: GitHub has no fork_pull_requests_private here")


@pytest.mark.parametrize(
    ("key", "should"),
    [
        ("run_workflows_from_fork_pull_requests", True),
        ("send_write_tokens_to_workflows", False),
        ("send_secrets_and_variables", False),
        ("require_approval_for_fork_pr_workflows", True),
    ],
)
def test_what_a_fork_of_a_private_repository_gets_is_told_and_applied(yard: Yard, key: str, *, should: bool) -> None:
    yard.there.is_private, yard.there.plan = True, "enterprise"
    yard.apply()
    kept = yard.there.actions["fork-pr-workflows-private-repos"]
    assert kept[key] is should
    kept[key] = not should
    assert list(yard.told(code=2)) == ["actions fork pull requests private"]
    yard.github.forget()
    yard.apply()
    assert yard.writes == ["PUT /actions/permissions/fork-pr-workflows-private-repos"]
    assert kept[key] is should
