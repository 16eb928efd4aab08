"""`doctor --aws` and roles: each door that a trust leaves open is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aws.account import PROVIDER
from tests.aws.tables import ISSUER
from tests.servers.account import ACCOUNT

if TYPE_CHECKING:
    from tests.aws.examined import Examined, Statement


def test_a_role_that_is_not_there_is_named_with_its_variable(examined: Examined) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/nobody"
    said = examined.finds("roles", "failed", code=2, AWS_PROMOTER_ROLE_ARN=arn)
    assert arn in said
    assert "AWS_PROMOTER_ROLE_ARN" in said


def test_a_role_of_another_account_is_not_taken_for_ours(examined: Examined) -> None:
    arn = "arn:aws:iam::999999999999:role/wheelyard-Promoter"
    assert arn in examined.finds("roles", "failed", code=2, AWS_PROMOTER_ROLE_ARN=arn)


def test_a_role_that_may_delete_fails(examined: Examined) -> None:
    iam = examined.account.client("iam")
    (never,) = iam.list_attached_role_policies(RoleName="wheelyard-Signer")["AttachedPolicies"]
    iam.detach_role_policy(RoleName="wheelyard-Signer", PolicyArn=never["PolicyArn"])
    assert "wheelyard-Signer: the stack's policy Never" in examined.finds("roles", "failed", code=2)


@pytest.mark.parametrize("claim", ["aud", "repository_id", "environment"])
def test_a_claim_that_is_not_pinned_is_named(examined: Examined, claim: str) -> None:
    (said,) = examined.trusting(lambda door: door["Condition"]["StringEquals"].pop(f"{ISSUER}:{claim}"))
    assert f"it does not ask for one exact value of {claim}" in said


def test_six_claims_that_may_be_anything_are_all_named(examined: Examined) -> None:
    claims = ("aud", "sub", "repository_id", "environment", "ref", "job_workflow_ref")
    said = examined.trusting(lambda door: door.update(Condition={"StringLike": {f"{ISSUER}:{c}": "*" for c in claims}}))
    assert any("one exact value of aud, sub, repository_id, environment" in each for each in said)
    assert any("ref may be *, which is not tags or one branch" in each for each in said)
    assert any("job_workflow_ref may be *, which is not one workflow" in each for each in said)


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("repo:ada/packages:environment:release", "names no environment, or owner and repository without their ids"),
        ("repo:ada@815/packages@4711:ref:refs/heads/main", "names no environment"),
        ("repo:ada@815/*", "names no environment"),
        ("repo:ada@815/packages@4712:environment:release", "name two repositories"),
        ("repo:eve@815/packages@4711:environment:release", "it trusts eve/packages, and this is ada/packages"),
    ],
)
def test_a_subject_that_lets_others_in_is_named(examined: Examined, subject: str, fault: str) -> None:
    examined.release.more["GITHUB_REPOSITORY"] = "ada/packages"
    said = examined.trusting(lambda door: door["Condition"]["StringEquals"].update({f"{ISSUER}:sub": subject}))
    assert any(fault in each for each in said), said


@pytest.mark.parametrize("operator", ["ForAllValues:StringEquals", "StringEqualsIfExists"])
def test_a_condition_that_a_missing_claim_meets_is_named(examined: Examined, operator: str) -> None:
    said = examined.trusting(lambda door: door["Condition"].update({operator: door["Condition"].pop("StringEquals")}))
    assert any(f"{operator} is met by a claim that is missing" in each for each in said)
    assert any("does not ask for one exact value of aud, sub, repository_id, environment" in each for each in said)


@pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_a_role_that_trusts_everybody_is_named(examined: Examined, everybody: object) -> None:
    said = examined.trusting(lambda door: door.update(Principal=everybody))
    assert any("everybody is trusted" in each for each in said)
    assert any("no job of GitHub Actions is trusted" in each for each in said)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": "arn:aws:iam::999999999999:root"},
        {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/on-call", f"arn:aws:iam::{ACCOUNT}:user/eve"]},
        {"Service": "lambda.amazonaws.com"},
    ],
)
@pytest.mark.parametrize("role", ["Signer", "Promoter"])
def test_who_comes_in_without_a_token_is_named(examined: Examined, role: str, principal: Statement) -> None:
    (said,) = examined.letting_in(principal, role, code=2)
    (value,) = principal.values()
    for each in value if isinstance(value, list) else [value]:
        assert each in said
    assert f"and the stack {'one role at most' if role == 'Promoter' else 'nobody'}" in said


def test_the_operator_is_named_where_all_is_well_and_enters_no_other_role(examined: Examined) -> None:
    operator = f"arn:aws:iam::{ACCOUNT}:role/on-call"
    (said,) = examined.letting_in({"AWS": operator}, "Promoter", code=0)
    assert said == (
        "wheelyard-Promoter is there, and trusts one workflow of ada/packages in the environment release; "
        f"by hand, {operator}, who should be the stack's OperatorArn"
    )
    (said,) = examined.letting_in({"AWS": operator}, "Auditor", code=2)
    assert f"it lets in {operator} without a token, and the stack nobody" in said


def test_a_second_way_in_by_a_token_is_named(examined: Examined) -> None:
    said = examined.letting_in({"Federated": PROVIDER}, "Signer", code=2)
    assert any("tokens come in by 2 statements, and the stack makes one" in each for each in said)


def test_every_provider_of_a_list_is_looked_at(examined: Examined) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
    (said,) = examined.trusting(lambda door: door["Principal"].update({"Federated": [PROVIDER, other]}))
    assert f"it trusts {other}, which is not GitHub Actions" in said


def test_a_provider_that_is_not_github_is_named(examined: Examined) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
    said = examined.trusting(lambda door: door["Principal"].update({"Federated": other}))
    assert any(f"{other}, which is not GitHub Actions" in each for each in said)


def test_a_provider_that_is_gone_or_takes_other_tokens_is_named(examined: Examined) -> None:
    iam = examined.account.client("iam")
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    assert all("there is no provider" in each["detail"] for each in examined.says("roles", code=2))
    iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["other"])
    assert all(
        "does not take tokens for sts.amazonaws.com" in each["detail"] for each in examined.says("roles", code=2)
    )
