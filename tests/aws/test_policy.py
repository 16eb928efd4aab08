"""The evaluator of policies: IAM's own rules, against its documentation's examples and against moto's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.iam.access_control import IAMPolicy, PermissionResult

from tests.aws.condition import holds, is_like
from tests.aws.policy import Request, effects, is_allowed, is_allowed_by_key

ARN = "arn:aws:s3:::bucket/key"
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DENY = {**ALLOW, "Effect": "Deny"}
ROOT = "AWS:arn:aws:iam::111122223333:root"
ADA = "AWS:arn:aws:iam::111122223333:role/ada"

_words = st.text("ab:*", max_size=5)
_statement = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.sampled_from(["*", "s3:*", "s3:GetObject", "s3:Get*", "kms:*"]),
        "Resource": st.sampled_from(
            ["*", ARN, "arn:aws:s3:::bucket/*", "arn:aws:s3:::other/*"]
        ),  # no ?, which moto lacks
    }
)


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@given(st.lists(_statement, min_size=1, max_size=4), st.sampled_from(["s3:GetObject", "s3:PutObject", "kms:Sign"]))
def test_statements_without_conditions_are_judged_as_moto_judges_them(
    statements: list[dict[str, Any]], action: str
) -> None:
    said = IAMPolicy(json.dumps(policy(*statements))).is_action_permitted(action, ARN)
    found = effects(policy(*statements), Request(action, ARN))
    expected = {
        PermissionResult.DENIED: {"Deny"},
        PermissionResult.PERMITTED: {"Allow"},
        PermissionResult.NEUTRAL: set(),
    }[said]
    assert (found & {"Deny"} or found) == expected


@given(st.permutations([policy(ALLOW), policy(DENY), policy(ALLOW)]))
def test_one_deny_outweighs_every_allow_wherever_it_stands(policies: list[dict[str, Any]]) -> None:
    assert not is_allowed(Request("s3:GetObject", ARN), policies, None)
    assert is_allowed(Request("s3:GetObject", ARN), [policy(ALLOW)], None)


@given(_words, _words)
def test_a_text_is_like_a_pattern_as_an_old_fashioned_matcher_says(pattern: str, text: str) -> None:
    def match(left: str, right: str) -> bool:
        if not left:
            return not right
        if left[0] == "*":
            return match(left[1:], right) or (bool(right) and match(left, right[1:]))
        return bool(right) and left[0] == right[0] and match(left[1:], right[1:])

    assert is_like(pattern, text) == match(pattern, text)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_not_named_is_met_by_not_action_and_not_resource(effect: str) -> None:
    but = policy({"Effect": effect, "NotAction": ["s3:Get*"], "NotResource": "arn:aws:s3:::bucket/kept/*"})
    assert effects(but, Request("s3:PutObject", ARN)) == {effect}
    assert effects(but, Request("s3:GetObject", ARN)) == set()
    assert effects(but, Request("s3:PutObject", "arn:aws:s3:::bucket/kept/x")) == set()


def test_nothing_is_allowed_that_nothing_allows() -> None:
    assert not is_allowed(Request("s3:GetObject", ARN), [], None)
    assert not is_allowed(Request("s3:PutObject", ARN), [policy(ALLOW)], policy())


def test_a_resources_policy_gives_to_whom_it_names() -> None:
    there = policy({**ALLOW, "Principal": {"AWS": ADA.removeprefix("AWS:")}})
    assert is_allowed(Request("s3:GetObject", ARN, frozenset({ADA})), [], there)
    assert not is_allowed(Request("s3:GetObject", ARN, frozenset({ROOT})), [], there)
    assert is_allowed(Request("s3:GetObject", ARN), [], policy({**ALLOW, "Principal": "*"}))


def test_a_principal_belongs_into_a_resources_policy_alone() -> None:
    with pytest.raises(ValueError, match="with Principal"):
        effects(policy({**ALLOW, "Principal": "*"}), Request("s3:GetObject", ARN))
    with pytest.raises(ValueError, match="without Principal"):
        effects(policy(ALLOW), Request("s3:GetObject", ARN), names_principals=True)


@pytest.mark.parametrize(
    ("key", "own", "expected"),
    [
        ("root", True, True),
        ("root", False, False),
        ("ada", False, True),
        ("nobody", True, False),
        ("ada denied", True, False),
    ],
)
def test_a_keys_policy_has_the_first_word(key: str, own: bool, expected: bool) -> None:  # noqa: FBT001  # a table's columns
    use = {"Action": "kms:Sign", "Resource": "*"}
    policies: dict[str, dict[str, Any]] = {
        "root": {"Effect": "Allow", "Principal": {"AWS": ROOT.removeprefix("AWS:")}, **use},
        "ada": {"Effect": "Allow", "Principal": {"AWS": ADA.removeprefix("AWS:")}, **use},
        "nobody": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, **use},
        "ada denied": {"Effect": "Deny", "Principal": "*", **use},
    }
    identity = [policy({"Effect": "Allow", **use})] if own else []
    request = Request("kms:Sign", "arn:aws:kms:x:y:key/z", frozenset({ADA}))
    assert is_allowed_by_key(request, identity, policy(policies[key]), ROOT) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "A", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringEquals", "a*", "ab", False),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", "a", None, True),
        ("StringLike", "a*c", "abc", True),
        ("StringLike", "a?c", "ac", False),
        ("StringLike", "refs/tags/*/v*", "refs/tags/v1", False),
        ("StringNotLike", "a*", "abc", False),
        ("StringNotLike", "a*", "bc", True),
        ("ArnEquals", "arn:aws:iam::*:role/a", "arn:aws:iam::1:role/a", True),
        ("ArnLike", "arn:aws:*:role/a", "arn:aws:iam::1:role/a", False),
        ("ArnNotEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", True),
        ("ArnNotEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a", False),
        ("ArnNotLike", "arn:aws:iam::1:role/a", None, True),
        ("Bool", "false", "False", True),
        ("Bool", "true", None, False),
        ("Null", "true", None, True),
        ("Null", "true", "x", False),
        ("Null", "false", "x", True),
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericLessThan", "1.2", "1.2", False),
        ("ForAllValues:StringEquals", "a", None, True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", "a", ["a", "b"], False),
        ("ForAnyValue:StringEquals", "a", ["a", "b"], True),
        ("ForAnyValue:StringEquals", "a", None, False),
    ],
)
def test_a_condition_is_judged_as_its_operator_says(
    operator: str,
    wanted: str | list[str],
    found: str | list[str] | None,
    expected: bool,  # noqa: FBT001  # a table's column
) -> None:
    context = {} if found is None else {"aws:Key": found}
    assert holds({operator: {"AWS:KEY": wanted}}, context) == expected


def test_all_conditions_have_to_hold() -> None:
    condition = {"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}}
    assert holds(condition, {"a": "1", "b": "2", "c": "true"})
    for name in "abc":
        assert not holds(condition, {"a": "1", "b": "2", "c": "true", name: "other"})


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, NotImplementedError),
        ({"StringEquals": {"aws:SourceIp": "${aws:username}"}}, NotImplementedError),
        ({"StringEquals": {"aws:SourceIp": ["a"]}}, ValueError),
    ],
)
def test_what_is_not_known_is_not_judged(condition: dict[str, dict[str, Any]], error: type[Exception]) -> None:
    with pytest.raises(error):
        holds(condition, {"aws:SourceIp": ["a", "b"]})


def test_an_unknown_element_of_a_statement_is_not_judged() -> None:
    with pytest.raises(NotImplementedError, match="NotPrincipal"):
        effects(policy({**ALLOW, "NotPrincipal": "*"}), Request("s3:GetObject", ARN))
