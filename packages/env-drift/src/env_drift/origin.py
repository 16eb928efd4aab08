"""Where a distribution was installed from, as `direct_url.json` records it (PEP 610)."""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any

from env_drift.difference import Difference, Kind
from env_drift.regular_file import read_regular

if TYPE_CHECKING:
    from env_drift.installation import Distribution
    from env_drift.lock import Pin

LONGEST = 1024 * 1024
"""Bytes that no direct_url.json has."""


def find_origin(pin: Pin, distribution: Distribution) -> Difference | None:
    """Name an origin that is recorded and is not the pin's; what came from an index has none on record."""
    file = os.path.join(distribution.metadata, "direct_url.json")  # noqa: PTH118  # asked once for each distribution
    try:
        text = read_regular(file, LONGEST)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return _differ(pin, distribution, "an index") if pin.source == "vcs" else None
        return Difference(Kind.DAMAGED, distribution.name, None, f"unreadable: {error.strerror}", file)
    try:
        record = json.loads(text)
        found = _describe(record, pin)
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError):
        return Difference(Kind.DAMAGED, distribution.name, None, "not as PEP 610 describes it", file)
    return _differ(pin, distribution, found) if found else None


def _differ(pin: Pin, distribution: Distribution, found: str) -> Difference:
    expected = f"commit {pin.commit}" if pin.commit else f"an {pin.source}" if pin.hashes else str(pin.version)
    return Difference(Kind.ORIGIN, distribution.name, expected, found)


def _describe(record: dict[str, Any], pin: Pin) -> str | None:
    url = record["url"]
    if "vcs_info" in record:
        commit = record["vcs_info"]["commit_id"]
        return None if pin.source == "vcs" and commit == pin.commit else f"{url} at commit {commit}"
    if "dir_info" in record:
        editable = ", editable" if record["dir_info"].get("editable") else ""
        return None if pin.source == "directory" else f"{url}{editable}"
    hashes = record["archive_info"].get("hashes") or {}
    hashes = {algorithm.lower(): digest.lower() for algorithm, digest in hashes.items()}
    if pin.source == "vcs":
        return f"{url}"
    known = {text.partition(":")[0] for text in pin.hashes}
    for algorithm, digest in hashes.items():
        if algorithm in known and f"{algorithm}:{digest}" not in pin.hashes:
            return f"{url}, {algorithm}:{digest}"
    return None
