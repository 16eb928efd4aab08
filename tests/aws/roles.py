"""The template's roles: what each may do, and who may become one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from tests.aws.policy import Request, effects, is_allowed, is_allowed_by_key
from tests.aws.template import Stack
from tests.servers.account import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.aws.condition import Context

ROLES: Final = ("signer", "publisher", "promoter", "reader", "auditor")
ADMINISTRATOR: Final = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
"""AWS's AdministratorAccess, as somebody attaches it by mistake."""
CONTEXT: Final = {
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
    "s3:if-none-match": "*",
    "s3:ObjectCreationOperation": "true",
    "kms:MessageType": "DIGEST",
    "kms:SigningAlgorithm": "ECDSA_SHA_256",
    "sts:AWSServiceName": "codeartifact.amazonaws.com",
}
"""How a release asks; a row of the table says where it is asked otherwise."""
DEFAULT_KEY_POLICY: Final = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
}
"""What AWS gives a key that is made without a policy: whatever the account's own policies say."""
_ROOT: Final = f"AWS:arn:aws:iam::{ACCOUNT}:root"
_OTHER: Final = f"arn:aws:iam::{ACCOUNT}:role/administrator"
_KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/"


@dataclass(frozen=True)
class Roles:
    """All roles of a stack."""

    stack: Stack = field(default_factory=Stack)

    def arn(self, role: str) -> str:
        """Give a role's ARN."""
        return self.stack.arn(role.capitalize())

    def may(self, role: str, action: str, resource: str, context: Context, *more: Mapping[str, Any]) -> bool:
        """Whether a role may do something, with more policies attached to it if they are given."""
        return self._decide(self.arn(role), [*self.policies[role], *more], Request(action, resource, context=context))

    def administrators_may(self, action: str, resource: str, context: Context) -> bool:
        """Whether a role may that is none of these and has AWS's AdministratorAccess."""
        return self._decide(_OTHER, [ADMINISTRATOR], Request(action, resource, context=context))

    def _decide(self, arn: str, identity: list[Any], asked: Request) -> bool:
        context = {**asked.context, "aws:PrincipalArn": arn}
        request = Request(asked.action, asked.resource, frozenset({f"AWS:{arn}"}), context)
        if asked.resource.startswith(_KEY):
            return is_allowed_by_key(request, identity, self._key_policy(asked.resource), _ROOT)
        return is_allowed(request, identity, self._policy_of(asked.resource))

    def may_become(self, role: str, principal: str, context: Context, action: str) -> bool:
        """Whether a role's trust lets somebody in."""
        request = Request(action, self.arn(role), frozenset({principal}), context)
        return effects(self.trust[role], request, names_principals=True) == {"Allow"}

    @cached_property
    def trust(self) -> dict[str, Any]:
        """The trust of each role."""
        found = self.stack.resources("AWS::IAM::Role")
        return {role: found[role.capitalize()]["AssumeRolePolicyDocument"] for role in ROLES}

    @cached_property
    def policies(self) -> dict[str, list[Any]]:
        """The policies of each role, its own and the managed ones."""
        made = [self.stack.resources(f"AWS::IAM::{kind}") for kind in ("ManagedPolicy", "Policy")]
        every = [policy for kind in made for policy in kind.values()]
        found: dict[str, list[Any]] = {}
        for role in ROLES:
            name = self.stack.resolve({"Ref": role.capitalize()})
            found[role] = [each["PolicyDocument"] for each in every if name in each["Roles"]]
        return found

    def _key_policy(self, resource: str) -> Any:  # noqa: ANN401  # whatever the template says
        (policy,) = (each["KeyPolicy"] for each in self.stack.resources("AWS::KMS::Key").values())
        return policy if resource == self.stack.arn("Key") else DEFAULT_KEY_POLICY

    @cached_property
    def _repository_policies(self) -> dict[str, Any]:
        repositories = self.stack.resources("AWS::CodeArtifact::Repository").values()
        return {
            f"{each['DomainName']}/{each['RepositoryName']}": each["PermissionsPolicyDocument"] for each in repositories
        }

    def _policy_of(self, resource: str) -> Any:  # noqa: ANN401  # likewise
        """Give the policy of the bucket or repository that a resource is or stands in; None for what has none."""
        if resource == "*":
            return None
        _, _, service, _, _, rest = resource.split(":", 5)
        if service == "codeartifact" and rest.startswith(("package/", "repository/")):
            return self._repository_policies.get("/".join(rest.split("/")[1:3]))
        if service == "s3" and rest.split("/")[0] == self.stack.parameters["BucketName"]:
            (policy,) = self.stack.resources("AWS::S3::BucketPolicy").values()
            return policy["PolicyDocument"]
        return None
