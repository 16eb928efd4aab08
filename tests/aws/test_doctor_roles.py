"""`doctor --aws` and roles: each door that a trust leaves open is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aws.account import PROVIDER
from tests.aws.tables import ISSUER
from tests.servers.account import ACCOUNT

if TYPE_CHECKING:
    from tests.aws.examined import Examined, Trust


def test_a_role_that_is_not_there_is_named_with_its_variable(examined: Examined) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/nobody"
    said = examined.finds("roles", "failed", code=2, AWS_PROMOTER_ROLE_ARN=arn)
    assert arn in said
    assert "AWS_PROMOTER_ROLE_ARN" in said


def test_a_role_of_another_account_is_not_taken_for_ours(examined: Examined) -> None:
    arn = "arn:aws:iam::999999999999:role/wheelyard-Promoter"
    assert arn in examined.finds("roles", "failed", code=2, AWS_PROMOTER_ROLE_ARN=arn)


def test_a_role_that_may_delete_is_a_warning(examined: Examined) -> None:
    iam = examined.account.client("iam")
    (never,) = iam.list_attached_role_policies(RoleName="wheelyard-Signer")["AttachedPolicies"]
    iam.detach_role_policy(RoleName="wheelyard-Signer", PolicyArn=never["PolicyArn"])
    assert "wheelyard-Signer: the stack's policy Never" in examined.finds("roles", "warning")


@pytest.mark.parametrize("claim", ["repository_id", "environment"])
def test_a_claim_that_is_not_pinned_is_named(examined: Examined, claim: str) -> None:
    (said,) = examined.trusting(lambda door: door["Condition"]["StringEquals"].pop(f"{ISSUER}:{claim}"))
    assert f"it does not ask for {claim}" in said


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
    assert any("does not ask for aud, sub, repository_id, environment" in each for each in said)


def test_a_role_that_trusts_everybody_is_named(examined: Examined) -> None:
    def open_door(door: Trust) -> None:
        door["Principal"] = "*"

    said = examined.trusting(open_door)
    assert any("everybody is trusted" in each for each in said)
    assert any("no job of GitHub Actions is trusted" in each for each in said)


def test_a_provider_that_is_not_github_is_named(examined: Examined) -> None:
    other = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
    said = examined.trusting(lambda door: door["Principal"].update({"Federated": other}))
    assert any(f"{other}, which is not GitHub Actions" in each for each in said)


def test_a_provider_that_is_gone_or_takes_other_tokens_is_named(examined: Examined) -> None:
    iam = examined.account.client("iam")
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    assert all("there is no provider" in each["detail"] for each in examined.says("roles"))
    iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["other"])
    assert all("does not take tokens for sts.amazonaws.com" in each["detail"] for each in examined.says("roles"))
