"""What the doctor says of a bucket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from release.adapters.s3 import open_target
from release.adapters.s3.bucket import Bucket
from release.adapters.s3.examination import examine
from release.errors import Incomplete, UsageError
from release.model.diagnosis import Diagnosis, State
from release.settings import Settings
from tests.servers.account import REGION
from tests.servers.s3 import BUCKET

if TYPE_CHECKING:
    from release.adapters.s3.target import S3Target
    from tests.servers.s3 import S3

VERSIONED = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
EXPIRING = (
    b"<LifecycleConfiguration><Rule><ID>tidy</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>"
    b"<Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>"
)
PUBLIC = (
    b'{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",'
    b' "Resource": "arn:aws:s3:::%s/*"}]}' % BUCKET.encode()
)


def found(target: S3Target) -> dict[str, Diagnosis]:
    said = {each.check: each for each in target.examine(["alpha"])}
    assert all(each.cure for each in said.values() if each.state is not State.OK)
    return said


def test_a_bucket_as_it_should_be_is_well(target: S3Target, s3: S3) -> None:
    s3.do("PUT", "", VERSIONED, query="versioning")
    said = found(target)
    assert {each.state for each in said.values()} == {State.OK}
    looks = ("bucket", "clock", "listing", "writing", "versioning", "expiry", "readers")
    assert [*said] == [f"s3 {what}" for what in looks]
    assert REGION in said["s3 bucket"].detail
    assert s3.stored() == [], "nothing was written"


def test_a_bucket_that_does_not_exist_would_end_a_release_as_a_wrong_setting(s3: S3) -> None:
    target = open_target(Settings({**s3.environment, "S3_WHEELS_BUCKET": "nobodys-bucket"}), 1)
    (only,) = target.examine([])
    assert (only.state, only.exit_code) == (State.FAILED, UsageError.exit_code)
    assert "aws s3 mb" in only.cure


def test_wrong_credentials_are_told(target: S3Target, s3: S3) -> None:
    s3.callers.clear()
    (only,) = target.examine([])
    assert (only.state, only.exit_code) == (State.FAILED, Incomplete.exit_code)


@pytest.mark.parametrize(("permission", "check"), [("ListBucket", "s3 bucket"), ("PutObject", "s3 writing")])
def test_a_missing_permission_would_make_a_release_fail(target: S3Target, s3: S3, permission: str, check: str) -> None:
    s3.denied.add(permission)
    assert (found(target)[check].state, found(target)[check].exit_code) == (State.FAILED, Incomplete.exit_code)


def test_listing_is_asked_for_where_only_that_is_denied(target: S3Target, s3: S3) -> None:
    s3.between = {"ListObjectsV2": lambda: s3.denied.add("ListBucket")}
    assert found(target)["s3 listing"].state is State.FAILED


@pytest.mark.parametrize(
    ("permission", "check"),
    [
        ("GetBucketVersioning", "s3 versioning"),
        ("GetLifecycleConfiguration", "s3 expiry"),
        ("GetBucketPolicyStatus", "s3 readers"),
    ],
)
def test_what_may_not_be_looked_at_is_only_worth_a_warning(
    target: S3Target, s3: S3, permission: str, check: str
) -> None:
    s3.denied.add(permission)
    said = found(target)
    assert said[check].state is State.WARNING
    assert f"s3:{permission}" in said[check].cure
    assert not [each for each in said.values() if each.state is State.FAILED]


def test_settings_by_which_bytes_or_secrets_may_be_lost_are_warned_of(target: S3Target, s3: S3) -> None:
    s3.do("PUT", "", EXPIRING, query="lifecycle")
    s3.do("PUT", "", PUBLIC, query="policy")
    said = found(target)
    warned = {check: each.detail for check, each in said.items() if each.state is State.WARNING}
    assert set(warned) == {"s3 versioning", "s3 expiry", "s3 readers"}
    assert "tidy" in warned["s3 expiry"]


def test_a_bucket_in_another_region_is_worth_a_warning(s3: S3) -> None:
    said = found(open_target(Settings({**s3.environment, "AWS_REGION": "eu-west-1"}), 1))
    assert said["s3 bucket"].state is State.WARNING
    assert f"AWS_REGION={REGION}" in said["s3 bucket"].cure


def test_a_clock_that_goes_wrong_is_told_before_it_stops_a_release(s3: S3) -> None:
    late = examine(Bucket(BUCKET, REGION, 1), lambda: datetime.now(UTC) + timedelta(minutes=7))
    (clock,) = (each for each in late if each.check == "s3 clock")
    assert clock.state is State.WARNING
    assert "behind this machine's" in clock.detail
    assert s3.requests


def test_a_store_that_heeds_no_conditions_is_not_fit(target: S3Target, s3: S3) -> None:
    s3.heeds_conditions = False
    said = found(target)["s3 writing"]
    assert (said.state, said.exit_code) == (State.FAILED, UsageError.exit_code)
    assert "replace published bytes" in said.cure
