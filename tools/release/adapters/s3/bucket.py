"""The bucket: one method for each question to S3. https://docs.aws.amazon.com/AmazonS3/latest/API/."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws import open_client
from release.adapters.aws_refusals import Refusal, told
from release.adapters.once import made_once
from release.adapters.process import go_on_or_stop
from release.errors import Incomplete, UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

_SMALL: Final = 64 * 1024 * 1024
_GONE: Final = frozenset({"NoSuchKey", "404"})
_LOST: Final = frozenset({"PreconditionFailed", "412"})
_BUSY: Final = frozenset({"ConditionalRequestConflict", "409"})
_THERE: Final = "does S3_WHEELS_BUCKET name a bucket of this account, and AWS_REGION its region?"
_REFUSALS: Final = (
    Refusal(frozenset({"NoSuchBucket"}), UsageError, _THERE),
    Refusal(
        frozenset({"301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}),
        UsageError,
        _THERE,
    ),
    Refusal(
        frozenset({"403", "AllAccessDisabled", "Forbidden"}),
        Incomplete,
        "give the role s3:ListBucket on the bucket, s3:GetObject and s3:PutObject on what is in it",
    ),
    Refusal(frozenset({"RequestTimeTooSkewed"}), Incomplete, "set this machine's clock right"),
    Refusal(
        frozenset({"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch"}),
        Incomplete,
        "the file was changed while it was sent: run the same command again, which looks at it anew",
    ),
)


@dataclass(frozen=True)
class Stored:
    """An object as a listing tells of it."""

    key: str
    added: datetime


@dataclass(frozen=True)
class Found:
    """An object's bytes, and the ETag that names this state of it."""

    content: bytes
    etag: str


class Busy(Exception):
    """Somebody else writes the same key at this moment, and S3 has decided for neither."""


class Bucket:
    """A bucket in a region; `seconds` is the time for one answer.

    What is smaller than `small` bytes is downloaded where S3 does not know its SHA-256.
    """

    def __init__(self, name: str, region: str, seconds: float, small: int = _SMALL) -> None:
        self.name = name
        self.region = region
        self.small = small
        self._seconds = seconds

    def place(self, key: str) -> str:
        """Give an object's address, as people and `aws s3` read it."""
        return f"s3://{self.name}/{key}"

    def list(self, prefix: str) -> list[Stored]:
        """Give everything below a prefix, a thousand keys a question."""
        with self.told(f"could not list {self.place(prefix)}"):
            pages = list(self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix))
        if not all("KeyCount" in page for page in pages):  # botocore takes an empty answer, and XHTML, for no objects
            raise Incomplete(
                f"could not list {self.place(prefix)}: the answer is no list of objects",
                hint="does AWS_ENDPOINT_URL_S3, or a proxy, lead to S3? run the same command again",
            )
        return [Stored(each["Key"], each["LastModified"]) for page in pages for each in page.get("Contents", ())]

    def digest(self, key: str) -> str:
        """Give an object's SHA-256, as S3 verified it when it came; empty where S3 has none and it is large."""
        with self.told(f"could not ask what {self.place(key)} holds"):
            head = self.client.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")
            said = head.get("ChecksumSHA256", "")
            if said and "-" not in said:  # `…-3` is made of the digests of three parts
                return base64.b64decode(said).hex()
            is_small = head["ContentLength"] < self.small
        found = self.get(key) if is_small else None
        return hashlib.sha256(found.content).hexdigest() if found else ""

    def get(self, key: str) -> Found | None:
        """Give an object; None where there is none."""
        with self.told(f"could not read {self.place(key)}"):
            try:
                answer = self.client.get_object(Bucket=self.name, Key=key)
                return Found(answer["Body"].read(), answer["ETag"])
            except self.client.exceptions.ClientError as error:
                if _code(error) in _GONE:
                    return None
                raise

    def add(self, key: str, content: bytes, sha256: str = "", **headers: str) -> str:
        """Put an object where none stands, and give its ETag; nothing, where one stood there."""
        return self._put(key, content, sha256, IfNoneMatch="*", **headers)

    def replace(self, key: str, found: Found | None, content: bytes, **headers: str) -> str:
        """Put an object in place of what was found, and give its ETag; nothing, where that stood there no more."""
        if found is None:
            return self.add(key, content, **headers)
        return self._put(key, content, IfMatch=found.etag, **headers)

    def _put(self, key: str, content: bytes, sha256: str = "", **headers: str) -> str:
        digest = bytes.fromhex(sha256) if sha256 else hashlib.sha256(content).digest()
        checksum = base64.b64encode(digest).decode()
        with self.told(f"could not write {self.place(key)}"):
            try:
                answer = self.client.put_object(
                    Bucket=self.name, Key=key, Body=content, ChecksumSHA256=checksum, **headers
                )
                return str(answer["ETag"])
            except self.client.exceptions.ClientError as error:
                if _code(error) in _BUSY:
                    raise Busy from None
                if _code(error) in _LOST or ("IfMatch" in headers and _code(error) in _GONE):
                    return ""
                raise

    @property
    def client(self) -> Any:  # noqa: ANN401  # boto3 makes its clients when it runs
        """The one client that all questions share."""
        go_on_or_stop()
        return self._opened

    @made_once
    def _opened(self) -> Any:  # noqa: ANN401
        return open_client("s3", self.region, self._seconds)

    def told(self, failed: str, *refusals: Refusal) -> AbstractContextManager[None]:
        """Turn what S3 says into an error of ours that begins with `failed`."""
        return told(failed, *refusals, *_REFUSALS)


def _code(error: Any) -> str:  # noqa: ANN401  # botocore's ClientError, which is imported when it is needed
    return str(error.response.get("Error", {}).get("Code"))
