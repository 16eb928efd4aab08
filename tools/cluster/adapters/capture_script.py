"""What a live environment ships, asked of its own Python: `python -I capture_script.py` prints it as JSON.

It needs the standard library of Python 3.9 alone. In a notebook of a cluster, run the file's text in a cell, and keep
what it prints: `hatch run cluster runtime capture --from FILE` reads it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import sys
from pathlib import Path


def read_environment() -> dict[str, object]:
    """Give Python, pip, glibc and Spark, empty where there is none, and each distribution that would be imported."""
    found: dict[str, dict[str, object]] = {}
    for each in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", each.metadata["Name"] or "").lower()
        if name and name != "pyspark":  # a cluster brings its own when it starts
            found.setdefault(name, {"version": each.version, "requires": list(each.requires or [])})
    pip = found.get("pip", {}).get("version", "")
    facts = {"python": platform.python_version(), "pip": pip, "glibc": _find_glibc(), "spark": _find_spark()}
    return {**facts, "distributions": dict(sorted(found.items()))}


def _find_glibc() -> str:
    try:
        said = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (AttributeError, OSError, ValueError):  # of another C library, or no such question here
        return ""
    return said.rpartition(" ")[2]


def _find_spark() -> str:
    """Read PySpark's version where it stands: importing it would take seconds."""
    spec = importlib.util.find_spec("pyspark")
    place = Path(spec.origin).with_name("version.py") if spec and spec.origin else None
    said = re.search(r"\d+(?:\.\d+)+", place.read_text()) if place and place.is_file() else None
    return said[0] if said else ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(read_environment(), indent=1) + "\n")
