"""Versions as PEP 440 compares them."""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.version import Version

CLAUSE = re.compile(r"\s*(?:~=|===?|!=|<=|>=|<|>)\s*(?P<version>[^\s,]+?)(?:\.\*)?\s*")


@lru_cache(maxsize=4096)
def parse_version(text: str) -> Version | None:
    """Read a version, or give None where PEP 440 does not know the form."""
    try:
        return Version(text)
    except ValueError:
        # InvalidVersion is one, and so is what Python says of a number of thousands of digits.
        return None


def same_version(one: str, other: str) -> bool:
    """Whether two versions are one: `1.0` is `1.0.0`, `1.0+cpu` is not `1.0`; unknown forms must be spelled alike."""
    if one == other:
        return True
    first, second = parse_version(one), parse_version(other)
    if first is None or second is None:
        return one.strip().lower() == other.strip().lower()
    return first == second


def satisfies(version: str, specifier: str) -> bool | None:
    """Whether a version, a prerelease too, satisfies a specifier; None where either cannot be read."""
    # Most locks ask nothing of the kind, and the import takes as long as everything else together.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    known = parse_version(version)
    # packaging 21 takes what PEP 440 does not know for a legacy specifier, and compares it somehow.
    parts = [CLAUSE.fullmatch(part) for part in specifier.split(",")]
    if known is None or not all(part and parse_version(part["version"]) for part in parts):
        return None
    try:
        return SpecifierSet(specifier).contains(known, prereleases=True)
    except InvalidSpecifier:
        return None
