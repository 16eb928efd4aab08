"""AWS as the template makes it: STS lends a role to the jobs that its trust lets in, and each role may what it may."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from tests.aws.lending import LendingSts
from tests.aws.roles import CONTEXT, ROLES, Roles
from tests.aws.template import OWNED, Stack
from tests.servers.account import ACCOUNT, SCOPE
from tests.servers.s3 import BUCKET, S3
from tests.servers.stand_in import Answer
from tests.workflows.machine import REPOSITORY
from tests.workflows.tokens import ISSUER

if TYPE_CHECKING:
    from tests.servers.kms import Kms
    from tests.servers.stand_in import Drop, Hang, Request
    from tests.servers.world import World
    from tests.workflows.tokens import TokenService

OWNER_ID: Final = OWNED["GitHubOwnerId"]
REPOSITORY_ID: Final = OWNED["GitHubRepositoryId"]
STACK: Final = Stack(
    given={**OWNED, **dict(zip(("GitHubOwner", "GitHubRepository"), REPOSITORY.split("/"), strict=True))}
)
VARIABLES: Final = dict(line.split("=", 1) for line in STACK.outputs["Variables"].splitlines())
"""The variables of the repository, as the template gives them to whoever sets it up."""
_ROLES: Final = Roles(STACK)
_CLAIMS: Final = (
    "actor",
    "actor_id",
    "aud",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "sub",
)
"""The claims that STS looks at, as far as GitHub gives them."""
_OF_BUCKET: Final = {"ListObjectsV2": "ListBucket", "HeadBucket": "ListBucket", "HeadObject": "GetObject"}
_NAMES: Final = {"GetLifecycleConfiguration", "GetBucketVersioning", "GetBucketPolicyStatus", "ListBucket"}


class RoleS3(S3):
    """S3 that lets each role do what the template says, and nobody else anything."""

    def __init__(self) -> None:
        super().__init__()
        self.callers.clear()
        self.lent: dict[str, str] = {}
        """Whose each access key is that was lent."""

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Answer whoever may ask."""
        match = SCOPE.fullmatch(request.headers.get("authorization", ""))
        role = self.lent.get(match[1] if match else "")
        if role is None or not self._may(role, request):
            return Answer(b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>", 403, "text/xml")
        return super().answer(request)

    def _may(self, role: str, request: Request) -> bool:
        name, _, key = self.call(request).partition(" ")
        action = _OF_BUCKET.get(name, name)
        where = f"arn:aws:s3:::{BUCKET}" + ("" if action in _NAMES else f"/{key}")
        context = {name: value for name, value in CONTEXT.items() if name != "s3:if-none-match"}
        if "if-none-match" in request.headers:
            context["s3:if-none-match"] = request.headers["if-none-match"]
        return _ROLES.may(role, f"s3:{action}", where, context)


class TrustingSts(LendingSts):
    """STS that lends a role to nobody but a job whose token the role's trust lets in."""

    def __init__(self, world: World, s3: RoleS3, tokens: TokenService) -> None:
        super().__init__(world.codeartifact, _ROLES, *ROLES)
        self._s3, self._kms, self._tokens = s3, world.kms, tokens
        self.refused: list[str] = []
        """The roles that were asked for by somebody whom they do not trust."""
        self.secrets: list[str] = []
        """What keys that were lent keep secret."""

    def answer(self, request: Request) -> Answer:
        """Answer as STS does."""
        words = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        role = next((each for each in ROLES if _ROLES.arn(each) == words.get("RoleArn")), "")
        if self.call(request).startswith("AssumeRole") and not self._trusts(role, words.get("WebIdentityToken", "")):
            self.refused.append(role)
            said = "<Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>"
            return Answer(f"<ErrorResponse><Error>{said}</Error></ErrorResponse>".encode(), 403, "text/xml")
        answer = super().answer(request)
        self.secrets += re.findall(r"<(?:SecretAccessKey|SessionToken)>([^<]{20,})", answer.content.decode())
        for key in re.findall(r"<AccessKeyId>(\w+)", answer.content.decode()):
            self._s3.lent[key] = role
            self._kms.callers[key] = _permitted(role, self._kms)
        return answer

    def _trusts(self, role: str, token: str) -> bool:
        claims = self._tokens.claims(token) if role and token else None
        if claims is None:
            return False
        context = {f"{ISSUER}:{name}": claims[name] for name in _CLAIMS if claims.get(name)}
        principal = f"Federated:arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"
        return _ROLES.may_become(role, principal, context, "sts:AssumeRoleWithWebIdentity")


def _permitted(role: str, kms: Kms) -> set[str]:
    return {each for each in ("GetPublicKey", "Sign") if _ROLES.may(role, f"kms:{each}", kms.key.arn, CONTEXT)}
