"""Versions that stand at targets, made by hand: no release is run for them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from release.adapters.s3 import open_target
from release.settings import Settings
from tests.release.doors import make_artifacts, make_parcel
from tests.servers.s3 import BUCKET

if TYPE_CHECKING:
    from pathlib import Path

    from release.adapters.s3.target import S3Target
    from release.model.parcel import Parcel
    from tests.release.scene import Scene
    from tests.servers.index import PackageIndex
    from tests.servers.s3 import S3


def open_bucket(bucket: S3) -> S3Target:
    """Give the target that leads to a bucket, and is soon out of patience."""
    return open_target(Settings(bucket.environment), seconds=2, patience=1.5)


def stock_bucket(bucket: S3, folder: Path, *tags: str, source: str = "", **evidence: bytes) -> tuple[Parcel, ...]:
    """Bring versions to a bucket and offer them, and give what they are made of."""
    target = open_bucket(bucket)
    parcels = []
    for tag in tags:
        parcel = make_parcel(
            make_artifacts(folder / "stock" / tag / source.strip("# \n"), tag, source=source), **evidence
        )
        target.put(parcel)
        target.show(parcel)
        parcels.append(parcel)
    return tuple(parcels)


def stock_index(scene: Scene, index: PackageIndex, folder: Path, *tags: str, source: str = "") -> None:
    """Let an index have versions, and every call of the command find it."""
    for tag in tags:
        for artifact in make_artifacts(folder / "shop" / tag, tag, source=source):
            shutil.copy(artifact.path, index.folders[-1])
    scene.release.more.update(
        TWINE_REPOSITORY_URL=f"{index.address}/upload/",
        TWINE_USERNAME="ada",
        TWINE_PASSWORD="a-password-of-the-index",  # noqa: S106  # of nobody's index
        RELEASE_INDEX_URL=index.url,
    )


def age_bucket(part: str, days: int) -> None:
    """Let what has this in its key have come to the bucket so many days ago."""
    from moto.s3.models import s3_backends  # noqa: PLC0415  # a second that only these tests pay

    for account in s3_backends.values():
        for backend in account.values():
            for key, stored in backend.buckets[BUCKET].keys.items() if BUCKET in backend.buckets else ():
                if part in key:
                    stored.last_modified = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)
