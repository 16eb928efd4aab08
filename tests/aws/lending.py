"""STS that lends the template's roles, and CodeArtifact that lets each do what the template says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from tests.aws.places import PLACES
from tests.aws.roles import CONTEXT, Roles
from tests.servers.account import ACCOUNT
from tests.servers.codeartifact.callers import Caller
from tests.servers.sts import Sts

if TYPE_CHECKING:
    from tests.servers.codeartifact import CodeArtifact
    from tests.servers.stand_in import Answer, Request

_OF_PACKAGES: Final = (
    "CopyPackageVersions",
    "DescribePackage",
    "DescribePackageVersion",
    "ListPackageVersionAssets",
    "ListPackageVersions",
    "PublishPackageVersion",
    "PutPackageOriginConfiguration",
    "UpdatePackageVersionsStatus",
)
_OF_REPOSITORIES: Final = ("DescribeRepository", "GetRepositoryEndpoint", "ReadFromRepository")


class LendingSts(Sts):
    """STS, which tells CodeArtifact of every role that it lends."""

    def __init__(self, codeartifact: CodeArtifact, roles: Roles, *names: str) -> None:
        super().__init__()
        self._codeartifact = codeartifact
        self._lent = {roles.arn(name): Caller(roles.arn(name), permissions(roles, name)) for name in names}
        self.roles = set(self._lent)
        self.asked: list[tuple[str, str, str]] = []
        """How each role was asked for: the action, the role's ARN, and the token that was shown."""

    def answer(self, request: Request) -> Answer:
        """Answer as STS does."""
        words = parse_qs(request.body.decode())
        action, role = self.call(request), words.get("RoleArn", [""])[0]
        answer = super().answer(request)
        for key in re.findall(r"<AccessKeyId>(\w+)", answer.content.decode()):
            self.asked.append((action, role, words.get("WebIdentityToken", [""])[0]))
            self._codeartifact.callers.keys[key] = self._lent[role]
        return answer


def permissions(roles: Roles, role: str) -> frozenset[str]:
    """Give what a role may do, in the words of the stand-in for CodeArtifact: `Action/repository`."""
    found = {
        f"{action}/{place}"
        for kind, actions in (("package", _OF_PACKAGES), ("repository", _OF_REPOSITORIES))
        for action in actions
        for place, arn in PLACES[kind].items()
        if roles.may(role, f"codeartifact:{action}", arn, CONTEXT)
    }
    if roles.may(role, "codeartifact:GetAuthorizationToken", PLACES["domain"]["ours"], CONTEXT):
        found |= {"GetAuthorizationToken"}
    if roles.may(role, "sts:GetServiceBearerToken", "*", CONTEXT):
        found |= {"sts:GetServiceBearerToken"}
    assert ACCOUNT in roles.arn(role)
    return frozenset(found)
