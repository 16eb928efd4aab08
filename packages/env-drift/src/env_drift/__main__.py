"""The command line: words in, exit code out."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING

from env_drift.command import make_parser
from env_drift.difference import escape
from env_drift.errors import DriftError, LockError
from env_drift.examination import check
from env_drift.lock_file import read_lock
from env_drift.report import SCHEMA, Report
from env_drift.version import parse_version

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

MATCHES, DRIFT, NO_ANSWER, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code: 0 matches, 1 drift, 2 no answer, 130 interrupted."""
    words = make_parser().parse_args(arguments)
    try:
        return _answer(words)
    except KeyboardInterrupt:
        _say("env-drift: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Nobody reads on; what Python still holds must not be written either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NO_ANSWER


def _answer(words: argparse.Namespace) -> int:
    try:
        report = _check(words)
    except DriftError as error:
        _say(f"env-drift: {error}")
        if words.json:
            kind = "lock" if isinstance(error, LockError) else "environment"
            _write_json({"schema": SCHEMA, "matches": None, "error": {"kind": kind, "message": str(error)}})
        return NO_ANSWER
    if words.json:
        _write_json(report.as_json())
    else:
        for difference in report.differences:
            sys.stdout.write(f"{difference}\n")
    _talk(report)
    sys.stdout.flush()
    return MATCHES if report.matches else DRIFT


def _check(words: argparse.Namespace) -> Report:
    return check(
        read_lock(words.lock, extras=words.with_extra, groups=words.with_group),
        path=words.path,
        files=not words.names_only,
        extra=words.extra,
        environment=_name_python(words.python_version),
        allow=words.allow,
    )


def _name_python(version: str | None) -> dict[str, str] | None:
    if version is None:
        return None
    known = re.fullmatch(r"(?P<short>\d+\.\d+)(?P<exact>\.\d+\w*)?", version)
    if known is None or parse_version(version) is None:
        raise LockError(f"--python-version {version} is not a version such as 3.12 or 3.12.4")
    short = {"python_version": known["short"]}
    return {**short, "python_full_version": version} if known["exact"] else short


def _talk(report: Report) -> None:
    for one in report.shadowed:
        _say(f"note: {one.name} {one.version} in {one.location} is shadowed by an earlier path")
    for note in report.notes:
        _say(f"note: {note}")
    found = len(report.differences)
    verdict = "matches its lock" if report.matches else f"differs from its lock in {found} point{'s'[: found != 1]}"
    counts = f"pins: {report.pins}, distributions: {report.distributions}, files: {report.files}"
    _say(f"The environment {verdict} ({counts}).")


def _say(text: str) -> None:
    sys.stderr.write(f"{escape(text)}\n")


def _write_json(document: dict[str, object]) -> None:
    sys.stdout.write(f"{json.dumps(document, indent=2)}\n")


if __name__ == "__main__":
    sys.exit(main())
