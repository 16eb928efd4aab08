"""What would make a release to the bucket fail, or make its index say too much, too little or nothing some day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws_refusals import Refusal
from release.adapters.clock import compare_clocks, seconds_ahead
from release.errors import ReleaseError, UsageError
from release.model.diagnosis import failed, failed_by, ok, warning
from release.model.tag import Channel
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable

    from release.adapters.s3.bucket import Bucket
    from release.model.diagnosis import Diagnosis

_NO_BUCKET: Final = Refusal(
    frozenset({"404"}),
    UsageError,
    "does S3_WHEELS_BUCKET name a bucket of this account? make it: aws s3 mb s3://<name>",
)
_NEVER: Final = f"{Channel.DEV}/simple/examination"
_NO_ETAG: Final = '"00000000000000000000000000000000"'
_REFUSED: Final = frozenset({"BadDigest", "NoSuchKey", "PreconditionFailed"})
_UNSET: Final = frozenset({"NoSuchBucketPolicy", "NoSuchLifecycleConfiguration"})
_REFUSED_FROM: Final = 15 * 60
_VERSIONING: Final = "aws s3api put-bucket-versioning --versioning-configuration Status=Enabled --bucket"


def examine(bucket: Bucket, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> tuple[Diagnosis, ...]:
    """Ask for the bucket, and where it is there for all else side by side."""
    try:
        with bucket.told(f"could not reach {bucket.place('')}", _NO_BUCKET):
            answer = bucket.client.head_bucket(Bucket=bucket.name)
    except ReleaseError as error:
        return (failed_by("s3 bucket", error),)
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    first = (_region(bucket, answer), compare_clocks("s3", seconds_ahead(date, now()), _REFUSED_FROM))
    looks = (_may_list, _may_write, _versioning, _expiry, _publicity)
    return (*first, *side_by_side(lambda look: look(bucket), looks))


def _region(bucket: Bucket, answer: dict[str, Any]) -> Diagnosis:
    region = answer.get("BucketRegion", "")
    if bucket.region and region and region != bucket.region:
        detail = f"{bucket.name} is in {region}, and AWS_REGION says {bucket.region}: each first answer is a redirect"
        return warning("s3 bucket", detail, f"set AWS_REGION={region} for it, or take a bucket in {bucket.region}")
    return ok("s3 bucket", f"{bucket.name} is there, in {region or 'a region it does not tell'}")


def _may_list(bucket: Bucket) -> Diagnosis:
    try:
        with bucket.told(f"could not list {bucket.place('')}"):
            bucket.client.list_objects_v2(Bucket=bucket.name, MaxKeys=1)
    except ReleaseError as error:
        return failed_by("s3 listing", error)
    return ok("s3 listing", "these credentials may list the bucket")


def _may_write(bucket: Bucket) -> Diagnosis:
    """Try a write that can't come about: in place of an object that never was, with the digest of other bytes."""
    client, check = bucket.client, "s3 writing"
    try:
        with bucket.told(f"could not write to {bucket.place('')}"):
            try:
                client.put_object(
                    Bucket=bucket.name, Key=_NEVER, Body=b"nothing", ChecksumSHA256=f"{'A' * 43}=", IfMatch=_NO_ETAG
                )
            except client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] not in _REFUSED:
                    raise
                return ok(check, "these credentials may write to the bucket")
    except ReleaseError as error:
        return failed_by(check, error)
    detail = f"{bucket.place(_NEVER)} was written, though its digest is wrong and it was to replace what never was"
    return failed(
        check, detail, "is this S3? a store that heeds no conditions would replace published bytes", UsageError
    )


def _versioning(bucket: Bucket) -> Diagnosis:
    check, cure = "s3 versioning", f"{_VERSIONING} {bucket.name}"
    said = _setting(bucket, check, "get_bucket_versioning", "s3:GetBucketVersioning")
    if not isinstance(said, dict):
        return said
    if said.get("Status") != "Enabled":
        return warning(check, "it is off: what somebody deletes or replaces by hand is gone for good", cure)
    return ok(check, "it is on: nothing that stood there can be lost by hand")


def _expiry(bucket: Bucket) -> Diagnosis:
    check = "s3 expiry"
    said = _setting(bucket, check, "get_bucket_lifecycle_configuration", "s3:GetLifecycleConfiguration")
    if not isinstance(said, dict):
        return said
    rules = [each for each in said.get("Rules", ()) if each.get("Status") == "Enabled"]
    ending = [
        each.get("ID", "without a name") for each in rules if {"Days", "Date"} & each.get("Expiration", {}).keys()
    ]
    if ending:
        return warning(check, f"lifecycle rules delete objects: {', '.join(ending)}", "take them off, or narrow them")
    return ok(check, "no lifecycle rule deletes objects")


def _publicity(bucket: Bucket) -> Diagnosis:
    check = "s3 readers"
    said = _setting(bucket, check, "get_bucket_policy_status", "s3:GetBucketPolicyStatus")
    if not isinstance(said, dict):
        return said
    if said.get("PolicyStatus", {}).get("IsPublic"):
        cure = "if the libraries are not for everybody, let CloudFront or a VPC endpoint alone read the bucket"
        return warning(check, "the bucket's policy lets everybody read it", cure)
    return ok(check, "the bucket's policy makes nothing public")


def _setting(bucket: Bucket, check: str, question: str, permission: str) -> dict[str, Any] | Diagnosis:
    """Ask for a setting of the bucket; whoever may not, or can't, is told so, as no release needs to."""
    client = bucket.client
    try:
        with bucket.told(f"could not look at {check.removeprefix('s3 ')} of {bucket.name}"):
            try:
                return dict(getattr(client, question)(Bucket=bucket.name))
            except client.exceptions.ClientError as error:
                if error.response["Error"]["Code"] in _UNSET:
                    return {}
                raise
    except ReleaseError as error:
        return warning(check, error.message, f"give these credentials {permission} to have it looked at")
