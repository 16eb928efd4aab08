"""What a role asks of tokens: the template's roles pin every claim, and each that is loosened is named."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from release.steps.diagnosis.aws_claims import faults_of_claims, subjects_of
from tests.aws.tables import ISSUER
from tests.aws.template import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

    Conditions = dict[str, dict[str, Any]]

ROLES: Final = Stack().resources("AWS::IAM::Role")
OURS: Final = "ada/packages"


def asked_by(role: str) -> Conditions:
    conditions: Conditions = ROLES[role]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    return copy.deepcopy(conditions)


def loosened(change: Callable[[Conditions], object]) -> list[str]:
    conditions = asked_by("Publisher")
    change(conditions)
    return list(faults_of_claims(conditions, OURS))


@pytest.mark.parametrize("role", ["Signer", "Publisher", "Promoter", "Auditor"])
def test_the_template_pins_every_claim(role: str) -> None:
    environment = {"Signer": "sign", "Auditor": "audit"}.get(role, "release")
    assert list(faults_of_claims(asked_by(role), OURS)) == []
    assert subjects_of(asked_by(role)) == [f"{OURS} in the environment {environment}"]


@pytest.mark.parametrize("claim", ["ref", "job_workflow_ref"])
def test_a_ref_or_workflow_that_is_not_asked_for_is_named(claim: str) -> None:
    said = loosened(lambda conditions: conditions["StringLike"].pop(f"{ISSUER}:{claim}"))
    assert said == [f"it does not ask for {claim}"]


@pytest.mark.parametrize("claim", ["aud", "sub", "repository_id", "environment"])
def test_a_claim_that_is_asked_for_as_a_pattern_or_as_several_values_is_not_pinned(claim: str) -> None:
    key, fault = f"{ISSUER}:{claim}", f"it does not ask for one exact value of {claim}"

    def loosen(conditions: Conditions) -> None:
        conditions["StringLike"][key] = conditions["StringEquals"].pop(key)

    def add(conditions: Conditions) -> None:
        conditions["StringEquals"][key] = [conditions["StringEquals"][key], "other"]

    assert fault in loosened(loosen)
    assert fault in loosened(add)


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("ref", ["refs/*"]),
        ("ref", ["refs/heads/*"]),
        ("ref", ["refs/pull/7/merge"]),
        ("ref", ["*/v*"]),
        ("ref", ["*", "refs/tags/*/v*"]),
        ("job_workflow_ref", ["ada/packages/.github/workflows/*@refs/tags/*/v*"]),
        ("job_workflow_ref", ["ada/packages/.github/workflows/release.yml@*"]),
        ("job_workflow_ref", ["ada/packages/.github/workflows/release.yml*"]),
        ("job_workflow_ref", ["ada/*/.github/workflows/release.yml@refs/tags/*/v*"]),
        ("job_workflow_ref", ["*/.github/workflows/release.yml@refs/tags/*/v*"]),
    ],
    ids=str,
)
def test_a_ref_or_workflow_of_too_many_forms_is_named(claim: str, values: list[str]) -> None:
    said = loosened(lambda conditions: conditions["StringLike"].update({f"{ISSUER}:{claim}": values}))
    assert any(f"{claim} may be {values[0]}, which is not" in each for each in said), said


def test_a_workflow_of_another_repository_is_named() -> None:
    other = "eve/tools/.github/workflows/release.yml@refs/tags/*/v*"
    (said,) = loosened(lambda conditions: conditions["StringLike"].update({f"{ISSUER}:job_workflow_ref": other}))
    assert said.endswith(f"job_workflow_ref {other} name two repositories")


def test_names_of_claims_are_read_without_regard_to_case() -> None:
    key = f"{ISSUER}:repository_id"

    def shout(conditions: Conditions) -> None:
        conditions["StringEquals"][key.upper()] = conditions["StringEquals"].pop(key) + "0"

    (said,) = loosened(shout)
    assert said.endswith("and repository_id name two repositories")
