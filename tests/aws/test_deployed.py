"""What moto can deploy of the template is deployed, and is what the tables were held against."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.aws.template import OWNED, Stack
from tests.servers.account import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.aws.deployed import Deployed

pytest.importorskip("openapi_spec_validator", reason="moto[cloudformation] is not in this environment")

from tests.aws.deployed import LEFT_OUT, deploy  # it imports what may not be there

STACK = Stack()


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with deploy() as stack:
        yield stack


def named(deployed: Deployed, value: Any) -> Any:  # noqa: ANN401  # a policy, or a part of one
    """Give a policy with logical names where moto put names of its own, and this account where it has another."""
    text = json.dumps(value)
    for name, (kind, physical) in deployed.resources.items():
        given = physical.rpartition("/")[2] if kind == "AWS::IAM::ManagedPolicy" else physical
        if kind != "AWS::S3::Bucket":
            text = text.replace(given, f"wheelyard-{name}")
    return json.loads(text.replace("123456789012", ACCOUNT), object_hook=without_nothing)


def without_nothing(value: dict[str, Any]) -> dict[str, Any]:
    """Leave out of lists what moto makes of AWS::NoValue."""
    return {
        name: [item for item in each if item is not None] if isinstance(each, list) else each
        for name, each in value.items()
    }


def test_everything_is_deployed_but_what_moto_does_not_know(deployed: Deployed) -> None:
    declared = STACK.template["Resources"]
    assert deployed.resources.keys() == {name for name, each in declared.items() if each["Type"] not in LEFT_OUT}
    assert {each["Type"] for each in declared.values()} >= LEFT_OUT


def test_each_role_is_trusted_as_it_is_read_here(deployed: Deployed) -> None:
    iam = deployed.client("iam")
    for name, role in STACK.resources("AWS::IAM::Role").items():
        found = iam.get_role(RoleName=deployed.resources[name][1])["Role"]
        assert named(deployed, found["AssumeRolePolicyDocument"]) == role["AssumeRolePolicyDocument"]
        assert found["MaxSessionDuration"] == 3600


def test_each_role_has_the_policies_that_are_read_here(deployed: Deployed) -> None:
    iam = deployed.client("iam")
    for policy in STACK.resources("AWS::IAM::Policy").values():
        (role,) = policy["Roles"]
        found = iam.get_role_policy(
            RoleName=deployed.resources[role.removeprefix("wheelyard-")][1], PolicyName=policy["PolicyName"]
        )
        assert named(deployed, found["PolicyDocument"]) == policy["PolicyDocument"]


def test_what_no_job_may_do_is_attached_to_every_role(deployed: Deployed) -> None:
    iam, never = deployed.client("iam"), deployed.resources["Never"][1]
    for name in STACK.resources("AWS::IAM::Role"):
        attached = iam.list_attached_role_policies(RoleName=deployed.resources[name][1])["AttachedPolicies"]
        assert never in [each["PolicyArn"] for each in attached], name
    version = iam.get_policy(PolicyArn=never)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=never, VersionId=version)["PolicyVersion"]["Document"]
    assert named(deployed, found) == STACK.resources("AWS::IAM::ManagedPolicy")["Never"]["PolicyDocument"]


def test_the_bucket_is_encrypted(deployed: Deployed) -> None:
    """Of a bucket's properties moto 5.2 takes its name, its encryption and its tags alone."""
    encryption = deployed.client("s3").get_bucket_encryption(Bucket=OWNED["BucketName"])
    (rule,) = encryption["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_the_key_has_an_alias(deployed: Deployed) -> None:
    """Nothing more can be asked of it: moto 5.2 keeps a template's key policy in a form that it then can't read."""
    aliases = deployed.client("kms").list_aliases()["Aliases"]
    (target,) = [each["TargetKeyId"] for each in aliases if each["AliasName"] == "alias/wheelyard-release"]
    assert target == deployed.resources["Key"][1]


def test_nodes_of_clusters_have_the_readers_profile(deployed: Deployed) -> None:
    profile = deployed.client("iam").get_instance_profile(InstanceProfileName=deployed.resources["ReaderProfile"][1])
    (role,) = profile["InstanceProfile"]["Roles"]
    assert role["RoleName"] == deployed.resources["Reader"][1]


def test_the_outputs_are_what_is_read_here(deployed: Deployed) -> None:
    found = {name: named(deployed, value) for name, value in deployed.outputs.items()}
    assert found == STACK.outputs
