"""The template as moto deploys it: all of it but what moto has no CloudFormation for."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import boto3
from moto import mock_aws

from tests.aws.template import OWNED, STACK, Stack
from tests.servers.account import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT_OUT: Final = frozenset(
    {
        "AWS::CodeArtifact::Domain",
        "AWS::CodeArtifact::Repository",
        "AWS::IAM::OIDCProvider",
        "AWS::S3::BucketPolicy",
    }
)
"""What moto 5.2 can't make of a template."""


class Deployed:
    """A stack that stands in moto."""

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
        """Open a client of the account."""
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        return boto3.client(service, region_name=REGION, **keys)

    @property
    def resources(self) -> dict[str, tuple[str, str]]:
        """The kind and the physical name of each resource, by its logical name."""
        said = self.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
        return {each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"]) for each in said}

    @property
    def outputs(self) -> dict[str, str]:
        """Every output's value."""
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


@contextmanager
def deploy(**given: str) -> Iterator[Deployed]:
    """Deploy the template in this process, with parameters besides those that have no default."""
    stack = Stack(given={**OWNED, **given})
    with mock_aws():
        deployed = Deployed()
        deployed.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(without_what_is_left_out(stack)),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in stack.given.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        yield deployed


def without_what_is_left_out(stack: Stack) -> dict[str, Any]:
    """Give the template without what moto can't make, whose names and ARNs stand where it was referred to."""
    resources = stack.template["Resources"]
    gone = {name for name, each in resources.items() if each["Type"] in LEFT_OUT}

    def settle(value: Any) -> Any:  # noqa: ANN401  # whatever the template says
        if isinstance(value, list):
            return [settle(each) for each in value]
        if not isinstance(value, dict):
            return value
        if value.get("Ref") in gone or value.get("Fn::GetAtt", [""])[0] in gone:
            return stack.resolve(value)
        return {name: settle(each) for name, each in value.items()}

    kept = {name: settle(each) for name, each in resources.items() if name not in gone}
    return {**stack.template, "Resources": kept}
