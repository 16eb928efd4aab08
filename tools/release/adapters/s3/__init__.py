"""The target `s3`: a bucket that keeps every release, and serves it as a plain index by static pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from release.adapters.s3.bucket import Bucket
from release.adapters.s3.target import S3Target
from release.errors import UsageError

if TYPE_CHECKING:
    from release.settings import Settings

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""


def open_target(settings: Settings, seconds: float, *, patience: float = 30) -> S3Target:
    """Open the bucket that S3_WHEELS_BUCKET names; a page that others change is tried for `patience` seconds."""
    name = settings.environment["S3_WHEELS_BUCKET"]
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"S3_WHEELS_BUCKET: {name!r} is no name of a bucket",
            hint="give the bucket's name alone, without s3:// and without a folder",
        )
    return S3Target(Bucket(name, settings.aws_region, seconds), patience)
