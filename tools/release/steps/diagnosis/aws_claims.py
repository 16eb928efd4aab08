"""What a role asks of GitHub's tokens: whether each claim is pinned, and to one repository."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from release.model.account import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Conditions = Mapping[str, Mapping[str, Any]]

ISSUER: Final = "token.actions.githubusercontent.com"
_EXACT: Final = ("aud", "sub", "repository_id", "environment")
_SUBJECT: Final = re.compile(r"repo:([^@/*?]+)@\d+/([^@/*?]+)@(\d+):environment:([^*?]+)")
"""https://docs.github.com/en/actions/reference/security/oidc: owner and repository, each with its id."""
_REF: Final = r"refs/(?:tags/.+|heads/[^*?]+)"
"""Tags of some form, or one branch: with `refs/*` a role trusts whatever anybody pushes."""
_LIKE: Final = {
    "ref": (re.compile(_REF), "tags or one branch"),
    "job_workflow_ref": (
        re.compile(rf"[^@/*?]+/[^@/*?]+/\.github/workflows/[^@/*?]+@{_REF}"),
        "one workflow at tags or one branch",
    ),
}
"""How each claim has to begin that may end in `*`."""


def subjects_of(conditions: Conditions) -> list[str]:
    """Give whose tokens are let in: owner, repository and environment of each subject that is pinned."""
    found = [_SUBJECT.fullmatch(each) for each in _values(conditions, "sub", "StringEquals")]
    return [f"{each[1]}/{each[2]} in the environment {each[4]}" for each in found if each]


def faults_of_claims(conditions: Conditions, ours: str | None) -> Iterator[str]:
    """Say what is not pinned: a negated, optional or `ForAllValues` test is met by a claim that is missing."""
    if open_ones := [each for each in conditions if each.startswith("ForAllValues:") or each.endswith("IfExists")]:
        yield f"{', '.join(open_ones)} is met by a claim that is missing"
    if loose := [name for name in _EXACT if len(_values(conditions, name, "StringEquals")) != 1]:
        yield f"it does not ask for one exact value of {', '.join(loose)}"
    for name, (form, said) in _LIKE.items():
        values = _values(conditions, name, "StringEquals", "StringLike")
        if not values:
            yield f"it does not ask for {name}"
        for each in values:
            if not form.fullmatch(each):
                yield f"{name} may be {each}, which is not {said}"
    for subject in _values(conditions, "sub", "StringEquals"):
        yield from _faults_of_subject(subject, conditions, ours)


def _values(conditions: Conditions, claim: str, *operators: str) -> list[str]:
    """Give what a claim may be; names of keys are compared without regard to case."""
    return [
        str(each)
        for operator in operators
        for key, value in conditions.get(operator, {}).items()
        if key.lower() == f"{ISSUER}:{claim}"
        for each in many(value)
    ]


def _faults_of_subject(subject: str, conditions: Conditions, ours: str | None) -> Iterator[str]:
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        yield f"the subject {subject} names no environment, or owner and repository without their ids"
        return
    repository, number = f"{match[1]}/{match[2]}", match[3]
    if {number} != set(_values(conditions, "repository_id", "StringEquals") or [number]):
        yield f"the subject {subject} and repository_id name two repositories"
    for each in _values(conditions, "job_workflow_ref", "StringEquals", "StringLike"):
        if not each.startswith(f"{repository}/.github/"):
            yield f"the subject {subject} and job_workflow_ref {each} name two repositories"
    if ours and ours != repository:
        yield f"it trusts {repository}, and this is {ours}"
