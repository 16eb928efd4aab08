"""Every condition and every statement bears weight: without any one of them a row of the tables is wrong."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.aws.condition import is_like
from tests.aws.places import PLACES
from tests.aws.policy import many
from tests.aws.roles import ADMINISTRATOR, ROLES, Roles
from tests.aws.tables import read_permissions, read_visits
from tests.aws.template import Stack, read_template
from tests.aws.test_trust import admitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws.tables import Permission

PERMISSIONS: Final = read_permissions()
VISITS: Final = read_visits()
TEMPLATE: Final = read_template()
_POLICIES: Final = {
    "AWS::CodeArtifact::Repository": "PermissionsPolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
}


def statements() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Give every statement of every policy: of which resource, in which property."""
    for name, resource in TEMPLATE["Resources"].items():
        if resource["Type"] in _POLICIES:
            key = _POLICIES[resource["Type"]]
            for each in resource["Properties"][key]["Statement"]:
                if "Sid" in each:
                    yield name, key, each


def first_door(template: dict[str, Any], role: str) -> dict[str, Any]:
    """Give the first way into a role: a token's, where tokens come in."""
    (first, *_) = template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert isinstance(first, dict)
    return first


def conditions() -> Iterator[tuple[str, str, str]]:
    """Give every condition on a token: of which role, by which operator, on which claim."""
    for name, resource in TEMPLATE["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for operator, claims in first_door(TEMPLATE, name).get("Condition", {}).items():
                for claim in claims:
                    yield name, operator, claim


def alternatives() -> Iterator[tuple[str, str, str, str]]:
    """Give every value of the conditions that have several: of which role, by which operator, on which claim."""
    for name, operator, claim in conditions():
        values = first_door(TEMPLATE, name)["Condition"][operator][claim]
        if isinstance(values, list):
            yield from ((name, operator, claim, each) for each in values)


@pytest.mark.parametrize(("role", "operator", "claim"), list(conditions()))
def test_without_a_condition_somebody_else_is_let_in(role: str, operator: str, claim: str) -> None:
    template = copy.deepcopy(TEMPLATE)
    del first_door(template, role)["Condition"][operator][claim]
    assert _lets_more_in(template, role)


@pytest.mark.parametrize(("role", "operator", "claim", "value"), list(alternatives()))
def test_without_one_of_several_values_somebody_else_is_let_in(
    role: str, operator: str, claim: str, value: str
) -> None:
    template = copy.deepcopy(TEMPLATE)
    first_door(template, role)["Condition"][operator][claim].remove(value)
    assert _lets_more_in(template, role)


@pytest.mark.parametrize(
    ("name", "key", "sid"), [(name, key, each["Sid"]) for name, key, each in statements()], ids=str
)
def test_without_a_statement_a_row_is_wrong(name: str, key: str, sid: str) -> None:
    template = copy.deepcopy(TEMPLATE)
    document = template["Resources"][name]["Properties"][key]
    (gone,) = [each for each in document["Statement"] if each.get("Sid") == sid]
    document["Statement"].remove(gone)
    rows = [
        row for row in PERMISSIONS if any(is_like(each.lower(), row.action.lower()) for each in many(gone["Action"]))
    ]
    changed = Roles(Stack(template))
    assert rows
    assert any(_is_wrong(row, changed) for row in rows)


def _lets_more_in(template: dict[str, Any], role: str) -> bool:
    weaker = Roles(Stack(template))
    return any(admitted(visit.claims, weaker) - visit.admitted == {role.lower()} for visit in VISITS)


def _is_wrong(row: Permission, roles: Roles) -> bool:
    for place, arn in PLACES[row.kind].items():
        if roles.administrators_may(row.action, arn, row.context) == (place in row.closed):
            return True
        for role in ROLES:
            is_allowed = place in row.allowed[role]
            if roles.may(role, row.action, arn, row.context) != is_allowed:
                return True
            if place in row.guarded and not is_allowed and roles.may(role, row.action, arn, row.context, ADMINISTRATOR):
                return True
    return False
