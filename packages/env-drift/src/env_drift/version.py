"""Versions as PEP 440 compares them."""

from __future__ import annotations

from functools import lru_cache

from packaging.version import InvalidVersion, Version


@lru_cache(maxsize=4096)
def parse_version(text: str) -> Version | None:
    """Read a version, or None where PEP 440 does not know the form."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def same_version(one: str, other: str) -> bool:
    """Whether two versions are one: `1.0` is `1.0.0`, `1.0+cpu` is not `1.0`; unknown forms must be spelled alike."""
    if one == other:
        return True
    first, second = parse_version(one), parse_version(other)
    if first is None or second is None:
        return one.strip().lower() == other.strip().lower()
    return first == second
