"""Names of distributions as PEP 503 compares them."""

from __future__ import annotations

import re

SEPARATORS = re.compile(r"[-_.]+")


def normalize_name(name: str) -> str:
    """Give the one spelling that stands for all of them; packaging's own takes 20 ms to import."""
    return SEPARATORS.sub("-", name).lower()
