"""The template: how it is read here, and what it says of everything that is no role."""

from __future__ import annotations

import re
from typing import Any

import pytest

from release.adapters.codeartifact.repositories import read_repositories
from release.adapters.s3.layout import MARKER, page_of, root_of
from release.model.tag import Channel
from tests.aws.places import PLACES
from tests.aws.roles import Roles
from tests.aws.template import OWNED, PATH, Stack, read_template
from tests.servers.account import ACCOUNT, REGION

STACK = Stack()
DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E123"


def made(text: str, **given: str) -> Stack:
    return Stack(read_template(text), given)


def test_every_function_is_resolved() -> None:
    stack = made(
        "Parameters: {A: {Default: x}, B: {Default: ''}}\n"
        "Conditions: {HasB: !Not [!Equals [!Ref B, '']]}\n"
        "Resources: {Bucket: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sub '${A}-${AWS::Region}'}}}\n"
        "Outputs:\n"
        "  Whole: {Value: !Sub '${Bucket.Arn}/${Bucket}'}\n"
        "  Chosen: {Value: [!If [HasB, !Ref B, !Ref A], !If [HasB, !Ref B, !Ref AWS::NoValue]]}\n"
    )
    assert stack.outputs == {"Whole": f"arn:aws:s3:::x-{REGION}/x-{REGION}", "Chosen": ["x"]}


@pytest.mark.parametrize("text", ["!ImportValue x", "{'Fn::Join': ['', []]}"])
def test_a_function_that_is_not_known_is_not_guessed(text: str) -> None:
    with pytest.raises(NotImplementedError):
        _ = made(f"Resources: {{}}\nOutputs: {{X: {{Value: {text}}}}}").outputs


def test_a_parameter_without_a_value_is_missed() -> None:
    with pytest.raises(KeyError):
        _ = Stack(given={}).parameters


def test_every_default_and_every_example_fits_its_pattern() -> None:
    declared = STACK.template["Parameters"]
    for name, value in STACK.parameters.items():
        assert re.fullmatch(declared[name]["AllowedPattern"], value), name


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("GitHubOwner", "ada/*"),
        ("GitHubOwnerId", "ada"),
        ("GitHubRepositoryId", "*"),
        ("GitHubRepository", "a/b"),
        ("ReleaseWorkflow", "*.yml"),
        ("ReleaseEnvironment", "*"),
        ("SignEnvironment", "a:environment:b"),
        ("OidcProviderArn", f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"),
        ("OperatorArn", f"arn:aws:iam::{ACCOUNT}:root"),
        ("OperatorArn", "*"),
        ("IndexDistributionArn", "*"),
        ("BucketName", "a/b"),
    ],
)
def test_a_parameter_can_not_widen_a_policy(name: str, wrong: str) -> None:
    assert not re.fullmatch(STACK.template["Parameters"][name]["AllowedPattern"], wrong)


def test_the_public_packages_stand_behind_the_channels_alone() -> None:
    repositories = STACK.resources("AWS::CodeArtifact::Repository")
    upstreams = {each["RepositoryName"]: each.get("Upstreams", []) for each in repositories.values()}
    assert upstreams == {
        "public": [],
        "staging": [],
        "stable": ["public"],
        "preview": ["public"],
        "dev": ["public"],
    }
    connected = [each["RepositoryName"] for each in repositories.values() if each.get("ExternalConnections")]
    assert connected == ["public"]
    assert repositories["Public"]["ExternalConnections"] == ["public:pypi"]


def test_every_repository_of_ours_keeps_what_it_holds() -> None:
    for name, each in STACK.resources("AWS::CodeArtifact::Repository").items():
        if name != "Public":
            (keeps,) = [row for row in each["PermissionsPolicyDocument"]["Statement"] if row["Sid"] == "NobodyDeletes"]
            assert "Condition" not in keeps


def test_what_holds_releases_outlives_the_stack() -> None:
    holding = re.compile(r"AWS::(CodeArtifact::\w+|S3::Bucket|KMS::Key|IAM::OIDCProvider)")
    for name, each in STACK.template["Resources"].items():
        kept = each.get("DeletionPolicy"), each.get("UpdateReplacePolicy")
        assert kept == (("Retain", "Retain") if holding.fullmatch(each["Type"]) else (None, None)), name


def test_the_bucket_is_closed_versioned_and_encrypted_and_loses_nothing_current() -> None:
    (bucket,) = STACK.resources("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    rules: list[dict[str, Any]] = bucket["LifecycleConfiguration"]["Rules"]
    assert not [each for each in rules if "ExpirationInDays" in each or "ExpirationDate" in each]
    assert [each["Prefix"] for each in rules if "NoncurrentVersionExpiration" in each] == ["dev/"]


def test_pages_and_markers_are_where_the_policies_say() -> None:
    for key in (*(page_of("alpha", each) for each in Channel), *(root_of(each) for each in Channel)):
        assert Roles(STACK).may("promoter", "s3:PutObject", f"arn:aws:s3:::wheelyard-wheels/{key}", {}), key
    assert PLACES["object"]["markers"].endswith(f"/{MARKER}")


def test_no_index_is_served_unless_a_distribution_is_named() -> None:
    def allows(stack: Stack) -> list[dict[str, Any]]:
        (policy,) = stack.resources("AWS::S3::BucketPolicy").values()
        return [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]

    assert allows(STACK) == []
    (served,) = allows(Stack(given={**OWNED, "IndexDistributionArn": DISTRIBUTION}))
    assert served["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert served["Action"] == "s3:GetObject"
    assert served["Condition"] == {"StringEquals": {"aws:SourceArn": DISTRIBUTION}}


def test_the_key_is_what_a_release_signs_with() -> None:
    (key,) = STACK.resources("AWS::KMS::Key").values()
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")


def test_the_outputs_are_settings_that_a_release_reads() -> None:
    settings = dict(line.split("=", 1) for line in STACK.outputs["Variables"].splitlines())
    assert settings["S3_WHEELS_BUCKET"] == OWNED["BucketName"]
    assert settings["RELEASE_KMS_KEY_ID"] == STACK.arn("Key")
    repositories = read_repositories(settings)
    assert repositories.domain == "wheelyard"
    assert repositories.everything == ("stable", "preview", "dev", "staging")
    for role in ("Signer", "Publisher", "Promoter", "Auditor"):
        assert settings[f"AWS_{role.upper()}_ROLE_ARN"] == STACK.arn(role)
    assert settings["AWS_REGION"] == REGION


def test_cloudformation_takes_it_as_it_is() -> None:
    assert (
        len(PATH.read_bytes()) < 51_200
    )  # --template-body; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    outputs = STACK.template["Outputs"]
    assert not [name for name in outputs if not name.isalnum()]
