"""A whole account as the template makes it: stand-ins for each service that the doctor asks."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import boto3

from tests.aws.roles import ROLES
from tests.aws.template import Stack
from tests.servers.account import ACCOUNT, ENVIRONMENT, NO_FILES, REGION
from tests.servers.codeartifact import CHANNELS, DOMAIN, STAGING, CodeArtifact
from tests.servers.codeartifact.control import ControlPlane
from tests.servers.codeartifact.wire import Refused
from tests.servers.kms import Kms
from tests.servers.moto_answer import ask_moto
from tests.servers.s3 import BUCKET, S3
from tests.servers.stand_in import Answer, StandIn
from tests.servers.sts import Sts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from tests.servers.codeartifact.callers import Caller
    from tests.servers.codeartifact.wire import Call
    from tests.servers.stand_in import Request

PROVIDER: Final = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"


class Iam(StandIn):
    """IAM of the account, as moto has it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = False
        """Whether nobody may look."""

    def answer(self, request: Request) -> Answer:
        """Answer as IAM does."""
        if self.is_closed:
            said = "<Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>"
            return Answer(f"<ErrorResponse>{said}</ErrorResponse>".encode(), 403, "text/xml")
        return ask_moto("iam", request, request.headers)

    def __enter__(self) -> Self:
        _forget_roles()
        return super().__enter__()

    def __exit__(self, *left: object) -> None:
        super().__exit__(*left)
        _forget_roles()


class SeenPlane(ControlPlane):
    """CodeArtifact's control plane with what an auditor asks besides what a release does."""

    def __init__(self, *words: Any) -> None:  # noqa: ANN401  # as the plane's own
        super().__init__(*words)
        self.policies: dict[str, Mapping[str, Any]] = {}
        """The policy of each repository that has one."""

    def answer(self, call: Call, caller: Caller, address: str) -> dict[str, Any]:
        """Answer a call."""
        words = call.words
        if call.operation == "DescribeDomain" and words["domain"] == self._domain.name:
            return {"domain": {"name": self._domain.name, "owner": ACCOUNT}}
        if call.operation == "GetRepositoryPermissionsPolicy":
            if words["repository"] not in self.policies:
                raise Refused("ResourceNotFoundException", "no policy", resourceType="repository")
            return {"policy": {"document": json.dumps(self.policies[words["repository"]])}}
        if call.operation == "ListPackages":
            wanted = {words["publish"], words["upstream"]} == {"ALLOW", "BLOCK"}
            found = self._repository(words["repository"]).packages
            return {"packages": [{"format": "pypi", "package": name} for name in found if wanted]}
        return super().answer(call, caller, address)


class Account:
    """The stand-ins, set up as the template says; a test takes away what it wants to be missed."""

    def __init__(self) -> None:
        self.stack = Stack()
        self.codeartifact = CodeArtifact()
        self.plane = SeenPlane(self.codeartifact.domain, self.codeartifact.callers)
        self.codeartifact.control = self.plane
        self.s3, self.kms, self.iam, self.sts = S3(), Kms(), Iam(), Sts()
        self._running = ExitStack()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the stack's output gives, and those by which boto3 finds the stand-ins."""
        given = dict(line.split("=", 1) for line in self.stack.outputs["Variables"].splitlines())
        return {
            **given,
            **ENVIRONMENT,
            **NO_FILES,
            **self.codeartifact.environment,
            **self.s3.environment,
            **self.kms.environment,
            "AWS_ENDPOINT_URL_IAM": self.iam.address,
            "AWS_ENDPOINT_URL_STS": self.sts.address,
        }

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
        """Open a client of an administrator's."""
        keys = {"aws_access_key_id": ENVIRONMENT["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "x"}
        address = {"iam": self.iam, "s3": self.s3}[service].address
        return boto3.client(service, region_name=REGION, endpoint_url=address, **keys)

    def __enter__(self) -> Self:
        for each in (self.codeartifact, self.s3, self.kms, self.iam, self.sts):
            self._running.enter_context(each)
        self._set_up_repositories()
        self._set_up_bucket()
        self._set_up_roles()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _set_up_repositories(self) -> None:
        self.codeartifact.domain.repositories[STAGING].upstreams.clear()
        for each in self.stack.resources("AWS::CodeArtifact::Repository").values():
            self.plane.policies[each["RepositoryName"]] = each["PermissionsPolicyDocument"]
        assert {*CHANNELS, STAGING} <= self.plane.policies.keys()
        assert self.stack.parameters["Domain"] == DOMAIN

    def _set_up_bucket(self) -> None:
        s3, (bucket,) = self.client("s3"), self.stack.resources("AWS::S3::Bucket").values()
        (policy,) = self.stack.resources("AWS::S3::BucketPolicy").values()
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration=bucket["VersioningConfiguration"])
        s3.put_public_access_block(
            Bucket=BUCKET, PublicAccessBlockConfiguration=bucket["PublicAccessBlockConfiguration"]
        )
        s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy["PolicyDocument"]))

    def _set_up_roles(self) -> None:
        iam = self.client("iam")
        iam.create_open_id_connect_provider(
            Url=f"https://{PROVIDER.split('/', 1)[1]}", ClientIDList=["sts.amazonaws.com"]
        )
        document = json.dumps(self.stack.resources("AWS::IAM::ManagedPolicy")["Never"]["PolicyDocument"])
        never = iam.create_policy(PolicyName="wheelyard-Never-1A2B", PolicyDocument=document)["Policy"]["Arn"]
        roles = self.stack.resources("AWS::IAM::Role")
        for role in ROLES:
            name = self.stack.arn(role.capitalize()).rpartition("/")[2]
            trust = json.dumps(roles[role.capitalize()]["AssumeRolePolicyDocument"])
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
            iam.attach_role_policy(RoleName=name, PolicyArn=never)


def _forget_roles() -> None:
    from moto.iam.models import iam_backends  # noqa: PLC0415  # a second that only these tests pay

    for account in iam_backends.values():
        for backend in account.values():
            backend.reset()
