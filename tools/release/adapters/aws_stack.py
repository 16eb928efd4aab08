"""What stands in an AWS account of that which releases need, one method for each question; nothing is ever changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws import Login
from release.adapters.aws_refusals import told
from release.adapters.kms import KmsSigner
from release.adapters.once import Once, made_once
from release.model.account import Bucket, Repository, Role

if TYPE_CHECKING:
    from collections.abc import Callable

_UNSET: Final = frozenset(
    {
        "404",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "ResourceNotFoundException",
    }
)
"""How AWS says that something is not there, or was never set."""


class AwsAccount:
    """The account that these credentials are of; `seconds` is the time for one answer.

    What AWS does not let anybody see is Incomplete, and is never taken for absent.
    """

    def __init__(self, region: str, seconds: float) -> None:
        self._region = region
        self._seconds = seconds

    def caller(self) -> str:
        """Give the ARN of whoever asks."""
        with told("could not ask who AWS takes this for"):
            return str(self._clients.get("sts").get_caller_identity()["Arn"])

    def has_domain(self, domain: str, owner: str) -> bool:
        """Whether CodeArtifact has the domain."""
        ask = self._clients.get("codeartifact").describe_domain
        return self._find(f"look at the domain {domain}", ask, domain=domain, domainOwner=owner) is not None

    def repository(self, domain: str, owner: str, name: str) -> Repository | None:
        """Give a repository; None where there is none of that name."""
        client, words = self._clients.get("codeartifact"), {"domain": domain, "domainOwner": owner, "repository": name}
        found = self._find(f"look at {domain}/{name}", client.describe_repository, **words)
        if found is None:
            return None
        guard = self._find(f"look at the policy of {domain}/{name}", client.get_repository_permissions_policy, **words)
        repository = found["repository"]
        return Repository(
            tuple(each["repositoryName"] for each in repository.get("upstreams", ())),
            tuple(each["externalConnectionName"] for each in repository.get("externalConnections", ())),
            json.loads(guard["policy"]["document"]) if guard else {},
        )

    def holds_ours(self, domain: str, owner: str, name: str) -> bool:
        """Whether a repository holds a package that no public index may bring versions of: one of ours."""
        words = {"domain": domain, "domainOwner": owner, "repository": name, "format": "pypi", "maxResults": 1}
        ask = self._clients.get("codeartifact").list_packages
        found = self._find(f"list {domain}/{name}", ask, publish="ALLOW", upstream="BLOCK", **words)
        return bool(found and found.get("packages"))

    def bucket(self, name: str) -> Bucket | None:
        """Give a bucket; None where there is none of that name."""
        client, of = self._clients.get("s3"), {"Bucket": name}
        if self._find(f"reach s3://{name}", client.head_bucket, **of) is None:
            return None
        versioning = self._find(f"look at the versioning of {name}", client.get_bucket_versioning, **of) or {}
        block = self._find(f"look at who may reach {name}", client.get_public_access_block, **of) or {}
        policy = self._find(f"look at the policy of {name}", client.get_bucket_policy, **of)
        rules = self._find(f"look at the lifecycle of {name}", client.get_bucket_lifecycle_configuration, **of) or {}
        closed = block.get("PublicAccessBlockConfiguration", {})
        return Bucket(
            versioning.get("Status") == "Enabled",
            len(closed) > 0 and all(closed.values()),
            tuple(
                str(each.get("ID", "without a name"))
                for each in rules.get("Rules", ())
                if each.get("Status") == "Enabled" and {"Days", "Date"} & each.get("Expiration", {}).keys()
            ),
            json.loads(policy["Policy"]) if policy else {},
        )

    def signing_key(self, key_id: str) -> bytes:
        """Give a key's public half, as DER SubjectPublicKeyInfo; UsageError if KMS has no such key to sign with."""
        return KmsSigner(key_id, self._region, seconds=self._seconds).key

    def role(self, arn: str) -> Role | None:
        """Give a role by its ARN; None where there is none."""
        client, of = self._clients.get("iam"), {"RoleName": arn.rpartition("/")[2]}
        found = self._find(f"look at the role {arn}", client.get_role, **of)
        if found is None or found["Role"]["Arn"] != arn:
            return None
        attached = self._find(f"look at the policies of {arn}", client.list_attached_role_policies, **of) or {}
        policies = tuple(each["PolicyName"] for each in attached.get("AttachedPolicies", ()))
        return Role(found["Role"]["AssumeRolePolicyDocument"], policies)

    def audiences(self, provider: str) -> tuple[str, ...] | None:
        """Give whom an OIDC provider's tokens may be for; None where there is no such provider."""
        ask = self._clients.get("iam").get_open_id_connect_provider
        found = self._find(f"look at the provider {provider}", ask, OpenIDConnectProviderArn=provider)
        return None if found is None else tuple(found.get("ClientIDList", ()))

    def _find(self, doing: str, ask: Callable[..., Any], **words: Any) -> Any:  # noqa: ANN401  # boto3 gives what it was sent
        """Ask; None where what is asked about is not there."""
        from botocore.exceptions import ClientError  # noqa: PLC0415  # 0.2 s that only whoever needs AWS pays

        with told(f"could not {doing}"):
            try:
                return ask(**words)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _UNSET:
                    return None
                raise

    @made_once
    def _clients(self) -> Once[str, Any]:
        return Once(Login(self._region, self._seconds).client)
