"""Whom each role's trust lets in: tokens as GitHub makes them, forged in every claim, and everybody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.aws.policy import many
from tests.aws.roles import ROLES, Roles
from tests.aws.tables import ISSUER, JOBS, read_visits
from tests.aws.template import OWNED, Stack
from tests.servers.account import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.aws.tables import Visit

VISITS: Final = read_visits()
ACCOUNT_ROLES: Final = Roles()
OPERATOR: Final = f"arn:aws:iam::{ACCOUNT}:role/on-call"
_CLAIMS: Final = frozenset(
    {"actor", "actor_id", "aud", "enterprise_id", "environment", "job_workflow_ref", "ref", "repository"}
    | {"repository_id", "sub", "workflow"}
)
"""The claims that STS can test; it sees no other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""


def admitted(claims: Mapping[str, str], roles: Roles = ACCOUNT_ROLES) -> set[str]:
    """Give the roles that let a token in."""
    issuer = claims["iss"].removeprefix("https://")
    principal = f"Federated:arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"
    context = {f"{issuer}:{name}": value for name, value in claims.items() if name in _CLAIMS}
    return {role for role in ROLES if roles.may_become(role, principal, context, "sts:AssumeRoleWithWebIdentity")}


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.case)
def test_a_token_is_let_in_by_the_roles_of_its_row_alone(visit: Visit) -> None:
    assert admitted(visit.claims) == visit.admitted


@pytest.mark.parametrize("job", JOBS)
def test_each_job_comes_in_some_way_and_is_kept_out_in_many(job: str) -> None:
    rows = [visit for visit in VISITS if visit.case.startswith(f"{job}: ")]
    assert len([visit for visit in rows if not visit.admitted]) > 30
    assert [visit for visit in rows if visit.admitted]


def test_no_role_asks_for_a_claim_that_sts_does_not_know() -> None:
    text = json.dumps(ACCOUNT_ROLES.stack.resources("AWS::IAM::Role"))
    named = {each.split('"')[0] for each in text.split(f'"{ISSUER}:')[1:]}
    assert named
    assert named <= _CLAIMS


def test_no_trust_is_met_by_a_claim_that_is_missing() -> None:
    for role in ACCOUNT_ROLES.stack.resources("AWS::IAM::Role").values():
        for statement in many(role["AssumeRolePolicyDocument"]["Statement"]):
            operators = statement.get("Condition", {})
            assert not [each for each in operators if each.startswith("ForAllValues") or each.endswith("IfExists")]
            negated = {key for name in operators if "Not" in name for key in operators[name]}
            asserted = {key for name in operators if "Not" not in name for key in operators[name]}
            assert negated <= asserted


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("Service:ec2.amazonaws.com", {"reader"}),
        ("Service:lambda.amazonaws.com", set()),
        (f"AWS:{OPERATOR}", set()),
        (f"AWS:arn:aws:iam::{ACCOUNT}:root", set()),
        ("AWS:arn:aws:iam::999999999999:root", set()),
        *((f"AWS:{ACCOUNT_ROLES.arn(role)}", set()) for role in ROLES),
    ],
)
def test_without_a_token_nobody_comes_in_but_nodes_of_clusters(principal: str, expected: set[str]) -> None:
    found = {role for role in ROLES if ACCOUNT_ROLES.may_become(role, principal, {}, "sts:AssumeRole")}
    assert found == expected


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        (f"AWS:{OPERATOR}", {"promoter"}),
        (f"AWS:arn:aws:iam::{ACCOUNT}:role/off-call", set()),
        (f"AWS:arn:aws:iam::{ACCOUNT}:root", set()),
        ("AWS:arn:aws:iam::999999999999:root", set()),
        *((f"AWS:{ACCOUNT_ROLES.arn(role)}", set()) for role in ROLES),
    ],
)
def test_an_operator_that_is_named_comes_in_as_promoter_and_nobody_else_of_aws(
    principal: str, expected: set[str]
) -> None:
    roles = Roles(Stack(given={**OWNED, "OperatorArn": OPERATOR}))
    a_roles_session: dict[str, str] = {}
    found = {role for role in ROLES if roles.may_become(role, principal, a_roles_session, "sts:AssumeRole")}
    assert found == expected


def test_a_provider_that_is_there_already_is_trusted_as_a_new_one_would_be() -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
    stack = Stack(given={**OWNED, "OidcProviderArn": arn})
    assert not stack.resources("AWS::IAM::OIDCProvider")
    roles = Roles(stack)
    for visit in VISITS:
        assert admitted(visit.claims, roles) == visit.admitted
