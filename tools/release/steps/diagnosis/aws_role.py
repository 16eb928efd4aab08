"""AWS's roles: whether each is there, may not delete, and is trusted for one repository, workflow and environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from release.errors import UsageError
from release.model.account import many, statements_of
from release.model.diagnosis import Diagnosis, failed, ok, warning
from release.steps.diagnosis.aws import DEPLOY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release.steps.diagnosis.aws import Site

CHECK: Final = "roles"
_ISSUER: Final = "token.actions.githubusercontent.com"
_AUDIENCE: Final = "sts.amazonaws.com"
_PINNED: Final = ("aud", "sub", "repository_id", "environment", "ref", "job_workflow_ref")
_SUBJECT: Final = re.compile(r"repo:([^@/*?]+)@\d+/([^@/*?]+)@(\d+):environment:[^*?]+")
"""https://docs.github.com/en/actions/reference/security/oidc: owner and repository, each with its id."""
_NEVER: Final = re.compile(r"(?:.*-)?Never(?:-.*)?")


def look_at_role(site: Site, variable: str) -> Iterator[Diagnosis]:
    """See whether a role is there, whom it trusts, and whether it may never delete."""
    (arn,) = site.named(variable)
    found = site.account.role(arn)
    if found is None:
        yield failed(CHECK, f"there is no role {arn}, which {variable} names", DEPLOY, UsageError)
        return
    faults = list(_faults_of_trust(site, found.trust))
    if not any(_NEVER.fullmatch(each) for each in found.policies):
        faults.append("the stack's policy Never is not attached: nothing keeps it from deleting")
    name = arn.rpartition("/")[2]
    yield from [warning(CHECK, f"{name}: {each}", DEPLOY) for each in faults] or [
        ok(CHECK, f"{name} is there, and trusts one workflow of one repository in one environment")
    ]


def _faults_of_trust(site: Site, trust: Mapping[str, Any]) -> Iterator[str]:
    """Say of each way in by a token what it leaves open."""
    doors = [each for each in statements_of(trust) if each.get("Effect") == "Allow"]
    by_token = [each for each in doors if "Federated" in _principal(each)]
    if not by_token:
        yield "no job of GitHub Actions is trusted"
    for each in doors:
        if each.get("Principal") == "*" or _principal(each).get("AWS") == "*":
            yield "everybody is trusted"
    for each in by_token:
        yield from _faults_of_provider(site, each)
        yield from _faults_of_conditions(site, each.get("Condition", {}))


def _principal(statement: Mapping[str, Any]) -> Mapping[str, Any]:
    principal = statement.get("Principal")
    return principal if isinstance(principal, dict) else {}


def _faults_of_provider(site: Site, statement: Mapping[str, Any]) -> Iterator[str]:
    provider = str(_principal(statement)["Federated"])
    if not provider.endswith(f":oidc-provider/{_ISSUER}"):
        yield f"it trusts {provider}, which is not GitHub Actions"
        return
    audiences = site.account.audiences(provider)
    if audiences is None:
        yield f"there is no provider {provider}, so no token counts"
    elif _AUDIENCE not in audiences:
        yield f"the provider {provider} does not take tokens for {_AUDIENCE}"


def _faults_of_conditions(site: Site, conditions: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Say which claims are not pinned: a negated, optional or `ForAllValues` test is met by a claim that is missing."""
    if open_ones := [each for each in conditions if each.startswith("ForAllValues:") or each.endswith("IfExists")]:
        yield f"{', '.join(open_ones)} is met by a claim that is missing"
    asking = [each for name, each in conditions.items() if name in {"StringEquals", "StringLike"}]
    wanted = {key.lower(): many(value) for each in asking for key, value in each.items()}
    if missing := [name for name in _PINNED if f"{_ISSUER}:{name}" not in wanted]:
        yield f"it does not ask for {', '.join(missing)}"
    exact = conditions.get("StringEquals", {})
    for subject in many(exact.get(f"{_ISSUER}:sub", [])):
        match = _SUBJECT.fullmatch(subject)
        if match is None:
            yield f"the subject {subject} names no environment, or owner and repository without their ids"
            continue
        owner, repository, number = match.groups()
        if number not in many(exact.get(f"{_ISSUER}:repository_id", number)):
            yield f"the subject {subject} and repository_id name two repositories"
        ours = site.variables.get("GITHUB_REPOSITORY")
        if ours and ours != f"{owner}/{repository}":
            yield f"it trusts {owner}/{repository}, and this is {ours}"
