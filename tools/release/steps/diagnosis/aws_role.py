"""AWS's roles: whether each is there, may not delete, and is trusted for one repository, workflow and environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from release.errors import UsageError
from release.model.account import many, statements_of
from release.model.diagnosis import Diagnosis, failed, ok
from release.steps.diagnosis.aws import DEPLOY
from release.steps.diagnosis.aws_claims import ISSUER, faults_of_claims, subjects_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release.steps.diagnosis.aws import Site

CHECK: Final = "roles"
_AUDIENCE: Final = "sts.amazonaws.com"
_OPERATED: Final = "AWS_PROMOTER_ROLE_ARN"
"""The one role that the stack lets people enter, from one role of theirs: its `OperatorArn`."""
_ROLE: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
_NEVER: Final = re.compile(r"(?:.*-)?Never(?:-.*)?")


def look_at_role(site: Site, variable: str) -> Iterator[Diagnosis]:
    """See whether a role is there, whom it trusts, and whether it may never delete."""
    (arn,) = site.named(variable)
    found = site.account.role(arn)
    if found is None:
        yield failed(CHECK, f"there is no role {arn}, which {variable} names", DEPLOY, UsageError)
        return
    doors = [each for each in statements_of(found.trust) if each.get("Effect") == "Allow"]
    by_token = [each for each in doors if "Federated" in _principals(each)]
    others = _others(doors)
    faults = [*_faults_of_tokens(site, by_token), *_faults_of_others(others, may_be_operated=variable == _OPERATED)]
    if not any(_NEVER.fullmatch(each) for each in found.policies):
        faults.append("the stack's policy Never is not attached: nothing keeps it from deleting")
    name = arn.rpartition("/")[2]
    trusted = [f"one workflow of {each}" for door in by_token for each in subjects_of(door.get("Condition", {}))]
    said = "; by hand, ".join([*trusted, *(f"{each}, who should be the stack's OperatorArn" for each in others)])
    yield from [failed(CHECK, f"{name}: {each}", DEPLOY, UsageError) for each in faults] or [
        ok(CHECK, f"{name} is there, and trusts {said}")
    ]


def _principals(statement: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Give whom a statement names, by kind; whoever it does not name is everybody."""
    named = statement.get("Principal", "*")
    kinds = named if isinstance(named, dict) else {"AWS": named}
    return {kind: [str(each) for each in many(value)] for kind, value in kinds.items()}


def _others(doors: list[dict[str, Any]]) -> list[str]:
    """Give who comes in without a token: roles, users, accounts and services."""
    kinds = [item for each in doors for item in _principals(each).items()]
    return [each for kind, named in kinds if kind != "Federated" for each in named]


def _faults_of_others(others: list[str], *, may_be_operated: bool) -> Iterator[str]:
    if "*" in others:
        yield "everybody is trusted"
    if may_be_operated and len(others) == 1 and _ROLE.fullmatch(others[0]):
        return
    if named := [each for each in others if each != "*"]:
        stack = "one role at most, its OperatorArn" if may_be_operated else "nobody"
        yield f"it lets in {', '.join(named)} without a token, and the stack {stack}"


def _faults_of_tokens(site: Site, doors: list[dict[str, Any]]) -> Iterator[str]:
    """Say of the ways in by a token what they leave open."""
    if not doors:
        yield "no job of GitHub Actions is trusted"
    if len(doors) > 1:
        yield f"tokens come in by {len(doors)} statements, and the stack makes one"
    for each in doors:
        for provider in _principals(each)["Federated"]:
            yield from _faults_of_provider(site, provider)
        yield from faults_of_claims(each.get("Condition", {}), site.variables.get("GITHUB_REPOSITORY"))


def _faults_of_provider(site: Site, provider: str) -> Iterator[str]:
    if not provider.endswith(f":oidc-provider/{ISSUER}"):
        yield f"it trusts {provider}, which is not GitHub Actions"
        return
    audiences = site.account.audiences(provider)
    if audiences is None:
        yield f"there is no provider {provider}, so no token counts"
    elif _AUDIENCE not in audiences:
        yield f"the provider {provider} does not take tokens for {_AUDIENCE}"
