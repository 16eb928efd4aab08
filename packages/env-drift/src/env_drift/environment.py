"""What markers are evaluated for: an interpreter, told from the running one, a path or a mapping."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from env_drift.errors import LookError
from env_drift.regular_file import read_regular

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 64 * 1024
"""Bytes that no pyvenv.cfg has."""
OF_THE_INTERPRETER = ("python_version", "python_full_version", "implementation_version")
IN_A_PATH = re.compile(r"/lib(?:64)?/(?:python|pypy)(?P<version>\d+\.\d+)t?/(?:site|dist)-packages/?$")
IN_A_CONFIGURATION = re.compile(r"^version(?:_info)?\s*=\s*(?P<version>\d+\.\d+\.\d+)", re.MULTILINE)


def marker_environment() -> dict[str, str]:
    """Give the running interpreter's values of the marker variables that PEP 508 names."""
    number = sys.implementation.version
    # A Python between two releases calls itself 3.14.0+, which is no version.
    full = re.sub(r"\+$", "+local", platform.python_version())
    level = "" if number.releaselevel == "final" else f"{number.releaselevel[0]}{number.serial}"
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{number.major}.{number.minor}.{number.micro}{level}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": full,
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "sys_platform": sys.platform,
    }


def complete_environment(given: Mapping[str, str] | None) -> dict[str, str]:
    """
    Lay given values over the running interpreter's.

    Whoever names a Python without its third number takes the running one's away: it would be a guess.
    """
    if given is None:
        return marker_environment()
    made = marker_environment()
    full = given.get("python_full_version")
    version = given.get("python_version") or (".".join(full.split(".")[:2]) if full else None)
    if version is not None:
        for variable in OF_THE_INTERPRETER:
            made.pop(variable)
        made["python_version"] = version
        if full and given.get("implementation_name", made["implementation_name"]) == "cpython":
            made["implementation_version"] = full
    return {**made, **given}


def find_python(path: str) -> str | None:
    """Tell the version of the Python a site-packages belongs to, `3.13.1` or `3.13`; None where nothing says it."""
    real = Path(path).resolve()
    for folder in (real.parent.parent.parent, real.parent.parent):
        try:
            written = IN_A_CONFIGURATION.search(
                read_regular(str(folder / "pyvenv.cfg"), LONGEST).decode("utf-8", "replace")
            )
        except OSError:
            continue
        if written:
            return written["version"]
    found = IN_A_PATH.search(real.as_posix())
    return found["version"] if found else None


def describe_python(paths: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give the marker values that paths give away, and a note on each path that gives none away."""
    found = {path: find_python(path) for path in paths}
    versions = {".".join(version.split(".")[:2]) for version in found.values() if version}
    if len(versions) > 1:
        raise LookError(
            f"the paths belong to Pythons {' and '.join(sorted(versions))}: {', '.join(paths)}\n"
            "hint: look at the paths of one Python at a time"
        )
    running = platform.python_version()
    notes = tuple(
        f"{path} does not say which Python it belongs to; markers are evaluated for {''.join(versions) or running}"
        for path, version in found.items()
        if version is None
    )
    full = next((version for version in found.values() if version and version.count(".") > 1), None)
    values = {"python_version": "".join(versions)} if versions else {}
    return (values | {"python_full_version": full} if full else values), notes
