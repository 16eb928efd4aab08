"""Wheels in which bytes stand where none belong: before, behind, between, in comments."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import Case
from tests.corpus.archives.wheel_parts import MODULE, ended, wheel_changed, wheel_with
from tests.corpus.archives.zip_parts import EMPTY, Part, local_header

if TYPE_CHECKING:
    from collections.abc import Callable

_EVIL = Part("alpha/evil.py", b"evil = True\n")
_UNLISTED = local_header(_EVIL) + _EVIL.body
_TWIN = Part(MODULE, b"evil = True\n")


def _around(before: bytes = b"", behind: bytes = b"") -> bytes:
    return before + wheel_with() + behind


def _two_wheels() -> bytes:
    return wheel_with() + wheel_changed(content=b"evil = True\n")


_CASES: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "leading-script": (
        partial(wheel_with, leading=b"#!/bin/sh\nexit\n"),
        Reason.LEADING_DATA,
        "a script before the first member",
    ),
    "leading-program": (
        partial(_around, b"MZ" + bytes(62)),
        Reason.LEADING_DATA,
        "the stub of a program before it, places as they were",
    ),
    "leading-byte": (partial(_around, b"\n"), Reason.LEADING_DATA, "a newline before it"),
    "leading-unlisted": (
        partial(wheel_with, leading=_UNLISTED),
        Reason.LEADING_DATA,
        "a member before the first that is listed",
    ),
    "two-wheels": (_two_wheels, Reason.LEADING_DATA, "two wheels one behind the other"),
    "trailing-newline": (partial(_around, b"", b"\n"), Reason.TRAILING_DATA, "a newline after the end record"),
    "trailing-zeros": (partial(_around, b"", bytes(512)), Reason.TRAILING_DATA, "zeros after the end record"),
    "trailing-payload": (
        partial(_around, b"", b"payload" * 99),
        Reason.TRAILING_DATA,
        "a payload after the end record",
    ),
    "trailing-much": (
        partial(_around, b"", b"payload" * 10_000),
        Reason.TRAILING_DATA,
        "more than a comment could hold after the end record",
    ),
    "trailing-end-record": (partial(_around, b"", EMPTY), Reason.HIDDEN_DATA, "a second end record"),
    "trailing-gzip": (
        partial(_around, b"", gzip.compress(b"payload", mtime=0)),
        Reason.TRAILING_DATA,
        "a gzip file after the end record",
    ),
    "comment": (partial(ended, comment=b"payload"), Reason.COMMENT, "a comment in the end record"),
    "comment-is-end-record": (partial(ended, comment=EMPTY), Reason.HIDDEN_DATA, "a comment that is an end record"),
    "comment-is-wheel": (
        partial(ended, comment=b"\n" + wheel_changed(content=b"evil = True\n")),
        Reason.LEADING_DATA,
        "a comment that is a wheel",
    ),
    "comment-too-long": (partial(ended, length=5), Reason.BAD_HEADER, "a comment that is not there"),
    "comment-too-short": (
        partial(ended, comment=b"payload", length=3),
        Reason.TRAILING_DATA,
        "a comment longer than it says",
    ),
    "gap-members": (
        partial(wheel_changed, before=b"payload", name="alpha-1.0.dist-info/METADATA"),
        Reason.HIDDEN_DATA,
        "bytes between two members",
    ),
    "gap-unlisted": (
        partial(wheel_with, gap=_UNLISTED),
        Reason.HIDDEN_DATA,
        "a member that the directory does not list",
    ),
    "gap-unlisted-between": (
        partial(wheel_changed, behind=_UNLISTED),
        Reason.HIDDEN_DATA,
        "the same between two that it lists",
    ),
    "gap-unlisted-twin": (
        partial(wheel_with, gap=local_header(_TWIN) + _TWIN.body),
        Reason.HIDDEN_DATA,
        "an unlisted second module of the same name",
    ),
    "gap-directory": (partial(wheel_with, gap=b"payload"), Reason.HIDDEN_DATA, "bytes before the directory"),
    "gap-end": (
        partial(wheel_with, tail=b"payload"),
        Reason.HIDDEN_DATA,
        "bytes between the directory and the end record",
    ),
    "gap-signature": (
        partial(wheel_with, tail=b"PK\x05\x05\x04\x00sign"),
        Reason.HIDDEN_DATA,
        "a digital signature of the directory",
    ),
    "gap-extra-data": (
        partial(wheel_with, gap=b"PK\x06\x08\x04\x00\x00\x00more"),
        Reason.HIDDEN_DATA,
        "an archive extra data record",
    ),
}
CASES = tuple(Case(f"layout-{key}", what, make, reason) for key, (make, reason, what) in _CASES.items())
