"""The stand-ins for S3 and STS refuse what the services refuse."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError

from release.adapters.aws import open_client
from tests.servers.account import ACCOUNT, REGION
from tests.servers.s3 import BUCKET, S3
from tests.servers.sts import ROLE, Sts

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = {"Bucket": BUCKET, "Key": "some/key"}


def digest(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def _without_validation(service: str) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
    """Give a client that sends what it is told, whatever the service will say of it."""
    return boto3.client(service, region_name=REGION, config=Config(parameter_validation=False))


@pytest.fixture
def client(s3: S3) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
    """Give a client as boto3 makes it, with nothing of ours."""
    assert s3.stored() == []
    return boto3.client("s3", region_name=REGION)


@pytest.fixture
def sts(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sts]:
    """Give an STS for whoever has the variables that lead to S3."""
    with Sts() as server:
        for name, value in {**s3.environment, **server.environment}.items():
            monkeypatch.setenv(name, value)
        yield server


def test_a_digest_is_compared_and_then_known(client: Any) -> None:  # noqa: ANN401
    client.put_object(**KEY, Body=b"x", ChecksumSHA256=digest(b"x"))
    assert client.head_object(**KEY, ChecksumMode="ENABLED")["ChecksumSHA256"] == digest(b"x")
    assert "ChecksumSHA256" not in client.head_object(**KEY)
    with pytest.raises(ClientError, match="BadDigest"):
        client.put_object(**KEY, Body=b"y", ChecksumSHA256=digest(b"x"))
    assert client.get_object(**KEY)["Body"].read() == b"x"


def test_what_comes_without_a_sha256_has_none(client: Any) -> None:  # noqa: ANN401
    client.put_object(**KEY, Body=b"x")
    assert "ChecksumSHA256" not in client.head_object(**KEY, ChecksumMode="ENABLED")


def test_a_digest_of_parts_says_so(client: Any, s3: S3) -> None:  # noqa: ANN401
    s3.upload_in_parts(KEY["Key"], b"x" * (5 * 1024 * 1024), b"y")
    head = client.head_object(**KEY, ChecksumMode="ENABLED")
    assert head["ContentLength"] == 5 * 1024 * 1024 + 1
    assert head["ChecksumSHA256"].endswith("-2")


@pytest.mark.parametrize(
    ("condition", "code"), [({"IfNoneMatch": "*"}, "PreconditionFailed"), ({"IfMatch": '"0"'}, "PreconditionFailed")]
)
def test_conditions_hold(client: Any, condition: dict[str, str], code: str) -> None:  # noqa: ANN401
    first = client.put_object(**KEY, Body=b"x", IfNoneMatch="*")
    with pytest.raises(ClientError, match=code):
        client.put_object(**KEY, Body=b"y", **condition)
    client.put_object(**KEY, Body=b"z", IfMatch=first["ETag"])
    assert client.get_object(**KEY)["Body"].read() == b"z"


def test_what_is_not_there_can_not_be_replaced(client: Any) -> None:  # noqa: ANN401
    with pytest.raises(ClientError, match="NoSuchKey"):
        client.put_object(**KEY, Body=b"y", IfMatch='"0"')


def test_nobody_without_a_signature_is_answered(s3: S3) -> None:
    s3.do("PUT", "some/key", b"x")
    assert requests.get(f"{s3.address}/{BUCKET}/some/key", timeout=5).status_code == 403
    assert requests.get(f"{s3.website}/some/key", timeout=5).content == b"x"
    assert requests.get(f"{s3.website}/some/", timeout=5).status_code == 404


def test_throttling_is_slow_down_and_an_end_is_expired_token(s3: S3) -> None:
    with pytest.raises(ClientError, match="NoSuchKey"):
        boto3.client("s3", region_name=REGION).get_object(**KEY)
    (asked,) = s3.requests
    assert s3.call(asked) == "GetObject some/key"
    assert (s3.throttled(asked).status, b"<Code>SlowDown<" in s3.throttled(asked).content) == (503, True)
    assert (s3.expired(asked).status, b"<Code>ExpiredToken<" in s3.expired(asked).content) == (400, True)


def test_sts_says_who_one_is(sts: Sts) -> None:
    assert boto3.client("sts", region_name=REGION).get_caller_identity()["Account"] == ACCOUNT
    assert [sts.call(request) for request in sts.requests] == ["GetCallerIdentity"]


def test_sts_lends_a_role_to_those_it_trusts_for_a_quarter_of_an_hour_at_least(sts: Sts) -> None:
    client = boto3.client("sts", region_name=REGION)
    lent = client.assume_role(RoleArn=ROLE, RoleSessionName="release", DurationSeconds=900)
    assert lent["Credentials"]["AccessKeyId"].startswith("ASIA")
    with pytest.raises(ClientError, match="ValidationError"):
        _without_validation("sts").assume_role(RoleArn=ROLE, RoleSessionName="release", DurationSeconds=899)
    sts.roles.clear()
    with pytest.raises(ClientError, match="AccessDenied"):
        client.assume_role(RoleArn=ROLE, RoleSessionName="release")
    assert b"Throttling" in sts.throttled(sts.requests[0]).content
    assert sts.expired(sts.requests[0]).status == 403


def test_a_role_that_sts_lent_may_do_what_its_owner_may(sts: Sts, s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    open_client("s3", REGION, 2).put_object(**KEY, Body=b"x")
    assert s3.stored() == ["some/key"]
    assert "AssumeRole" in [sts.call(request) for request in sts.requests]
    assert "Credential=ASIA" in s3.requests[0].headers["authorization"]
