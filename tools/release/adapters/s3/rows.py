"""Rows: the files of a version as a project's page names them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from release.adapters.s3.layout import key_of, way_to
from release.adapters.wheel_metadata import read_requires_python
from release.errors import Incomplete
from release.model.offer import Offer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.adapters.s3.bucket import Bucket
    from release.model.ledger import Held
    from release.model.parcel import Parcel
    from release.model.tag import Tag

_MEND: Final = "somebody wrote to the bucket: see the object's versions, and bring back the first"


def rows_of_parcel(parcel: Parcel) -> tuple[Offer, ...]:
    """Give the rows of what is released now."""
    return tuple(_row(parcel.tag, each.name, each.sha256, parcel.requires_python) for each in parcel.artifacts)


def rows_of_bucket(bucket: Bucket, tag: Tag, held: Iterable[Held]) -> tuple[Offer, ...]:
    """Give the rows of what was released once: none of half a release, and none of what others added to it."""
    there = {each.name: each for each in held if each.location == bucket.place(key_of(tag, each.name))}
    if not there.keys() >= {*tag.files}:
        return ()
    unknown = [name for name in tag.files if not there[name].sha256]
    if unknown:
        raise without_digest(there[unknown[0]].location)
    python = _requires_python(bucket, key_of(tag, tag.files[0]))
    return tuple(_row(tag, name, there[name].sha256, python) for name in tag.files)


def without_digest(place: str) -> Incomplete:
    """Say that nobody can tell which bytes an object holds."""
    return Incomplete(
        f"{place}: S3 has no SHA-256 of it, and it is too large to be looked at",
        hint="copy the object onto itself with --checksum-algorithm SHA256, and run the same command again",
    )


def _row(tag: Tag, name: str, sha256: str, python: str) -> Offer:
    return Offer(tag.version, name, way_to(key_of(tag, name)), sha256, python)


def _requires_python(bucket: Bucket, key: str) -> str:
    found = bucket.get(key)
    return read_requires_python(io.BytesIO(found.content if found else b""), bucket.place(key), _MEND)
