"""What a policy denies to everybody: a denial of a part, to some or on a condition besides is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from release.model.account import forbids
from tests.aws.template import Stack

if TYPE_CHECKING:
    from collections.abc import Mapping

BUCKET: Final = "arn:aws:s3:::wheelyard-wheels"
WITHOUT_TLS: Final = {"Bool": {"aws:SecureTransport": "false"}}


def denies_what_has_no_tls(*changes: Mapping[str, Any]) -> bool:
    """Whether the bucket's policy does, whose statement says something else in each copy of it."""
    (policy,) = Stack().resources("AWS::S3::BucketPolicy").values()
    (statement,) = [each for each in policy["PolicyDocument"]["Statement"] if each["Sid"] == "TlsOnly"]
    changed = {"Statement": [{**statement, **change} for change in changes]}
    return forbids(changed, ["s3:*"], [BUCKET, f"{BUCKET}/*"], WITHOUT_TLS)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["*"]}},
        {"Action": ["*"]},
        {"Action": "S3:*"},
        {"Resource": "*"},
        {"Resource": [f"{BUCKET}*"]},
        {"Resource": [each.replace("aws", "aws-cn", 1) for each in (BUCKET, f"{BUCKET}/*")]},
        {"Condition": {"Bool": {"AWS:securetransport": [False]}}},
    ],
    ids=str,
)
def test_a_denial_of_everything_counts_however_it_is_written(change: dict[str, Any]) -> None:
    assert denies_what_has_no_tls(change)


def test_two_denials_may_share_what_is_denied() -> None:
    assert denies_what_has_no_tls({"Resource": BUCKET}, {"Resource": f"{BUCKET}/*"})


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Action": "s3:GetObject"},
        {"Action": ["s3:Get*", "s3:Put*"]},
        {"Resource": f"{BUCKET}/*"},
        {"Resource": BUCKET},
        {"Resource": [BUCKET, f"{BUCKET}/stable/*"]},
        {"Resource": "arn:aws:s3:::other*"},
        {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}},
        {"Principal": {"Service": "cloudfront.amazonaws.com"}},
        {"Condition": {}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {**WITHOUT_TLS, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
    ],
    ids=str,
)
def test_a_denial_that_leaves_a_way_does_not_count(change: dict[str, Any]) -> None:
    assert not denies_what_has_no_tls(change)


def test_a_denial_on_a_condition_is_none_of_what_shall_never_be() -> None:
    never = {"Effect": "Deny", "Principal": "*", "Action": "codeartifact:Delete*", "Resource": "*"}
    deleting = ["codeartifact:DeletePackage", "codeartifact:DeletePackageVersions"]
    assert forbids({"Statement": never}, deleting)
    assert not forbids({"Statement": {**never, "Condition": WITHOUT_TLS}}, deleting)
    assert not forbids({"Statement": never}, [*deleting, "codeartifact:DisposePackageVersions"])
    assert not forbids({}, deleting)
