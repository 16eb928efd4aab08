"""Every role against the table of what it may do, and where; the table against the services' own lists of actions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from botocore.session import Session

from tests.aws.places import PLACES
from tests.aws.policy import many
from tests.aws.roles import ADMINISTRATOR, ROLES, Roles
from tests.aws.tables import read_permissions
from tests.aws.template import Stack
from tests.summary import SUMMARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.aws.tables import Permission

PERMISSIONS = read_permissions()
STACK = Stack()
ACCOUNT_ROLES = Roles(STACK)


def title(row: Permission) -> str:
    """Name a row."""
    return " ".join(filter(None, (row.action, "on", row.kind, row.when)))


@pytest.mark.parametrize("row", PERMISSIONS, ids=title)
def test_a_role_may_do_what_its_cell_says_and_nothing_else(row: Permission) -> None:
    found = {
        role: {name for name, arn in PLACES[row.kind].items() if ACCOUNT_ROLES.may(role, row.action, arn, row.context)}
        for role in ROLES
    }
    assert found == row.allowed


@pytest.mark.parametrize("row", PERMISSIONS, ids=title)
def test_what_is_guarded_is_refused_even_with_an_administrators_policy_attached(row: Permission) -> None:
    guarded = {
        name
        for name, arn in PLACES[row.kind].items()
        if not any(
            ACCOUNT_ROLES.may(role, row.action, arn, row.context, ADMINISTRATOR)
            for role in ROLES
            if name not in row.allowed[role]
        )
    }
    assert guarded == row.guarded


@pytest.mark.parametrize("row", PERMISSIONS, ids=title)
def test_what_is_closed_is_refused_to_administrators_of_the_account(row: Permission) -> None:
    closed = {
        name
        for name, arn in PLACES[row.kind].items()
        if not ACCOUNT_ROLES.administrators_may(row.action, arn, row.context)
    }
    assert closed == row.closed


@pytest.mark.parametrize("service", ["codeartifact", "kms"])
def test_every_operation_of_the_service_stands_in_the_table(service: str) -> None:
    operations = Session().get_service_model(service).operation_names
    named = {row.action for row in PERMISSIONS}
    assert {f"{service}:{each}" for each in operations} <= named


def test_every_action_that_a_policy_names_stands_in_the_table() -> None:
    policies = [policy for role in ROLES for policy in ACCOUNT_ROLES.policies[role]]
    allowed = {
        action
        for policy in policies
        for statement in many(policy["Statement"])
        if statement["Effect"] == "Allow"
        for action in many(statement["Action"])
    }
    assert allowed
    assert allowed <= {row.action for row in PERMISSIONS}


def test_no_row_stands_twice() -> None:
    counted = Counter((row.action, row.kind, row.when) for row in PERMISSIONS)
    assert max(counted.values()) == 1


def test_no_policy_allows_by_a_pattern_or_by_what_it_leaves_out() -> None:
    for role in ROLES:
        for policy in ACCOUNT_ROLES.policies[role]:
            for statement in policy["Statement"]:
                if statement["Effect"] == "Allow":
                    assert "NotAction" not in statement
                    assert "NotResource" not in statement
                    assert not [each for each in many(statement["Action"]) if "*" in each]


def test_how_many_questions_the_table_answers(record_property: Callable[[str, object], None]) -> None:
    asked = sum(len(PLACES[row.kind]) for row in PERMISSIONS) * len(ROLES)
    allowed = sum(len(places) for row in PERMISSIONS for places in row.allowed.values())
    record_property(SUMMARY, f"{len(PERMISSIONS)} rows: {asked} questions, {allowed} of them allowed")
    assert asked > 2000
    assert allowed < asked / 10


def test_the_places_of_the_table_are_the_stacks_own() -> None:
    arns = {arn for places in PLACES.values() for arn in places.values()}
    for kind in ("CodeArtifact::Domain", "CodeArtifact::Repository", "IAM::Role", "IAM::OIDCProvider", "KMS::Key"):
        for name in STACK.resources(f"AWS::{kind}"):
            assert STACK.arn(name) in arns
