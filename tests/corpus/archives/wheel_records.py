"""Wheels whose RECORD is not true, or not one."""

from __future__ import annotations

import base64
import hashlib
from functools import partial
from typing import TYPE_CHECKING

from release.model.archive import Reason
from tests.corpus.archives.case import OUTSIDE, Case
from tests.corpus.archives.wheel_parts import (
    BASE,
    DATA,
    INFO,
    METADATA,
    MODULE,
    RECORD,
    SOURCE,
    digest_of,
    record_of,
    row_of,
    wheel_and,
    wheel_changed,
    wheel_recorded,
    wheel_without,
)
from tests.corpus.archives.zip_parts import Part

if TYPE_CHECKING:
    from collections.abc import Callable

_TRUE = record_of(BASE)
_ROW = row_of(MODULE, SOURCE)
_SUM = hashlib.sha256(SOURCE)


def _with_row(row: str) -> bytes:
    """Put another row in place of the module's."""
    return wheel_recorded(_TRUE.replace(_ROW, row))


def _with_digest(digest: str) -> bytes:
    return _with_row(f"{MODULE},{digest},{len(SOURCE)}\n")


def _adding(row: str) -> bytes:
    return wheel_recorded(_TRUE + row)


def _by(algorithm: str) -> bytes:
    return _with_digest(digest_of(SOURCE, algorithm))


_DIGESTS: dict[str, tuple[str, Reason, str]] = {
    "wrong": (digest_of(b"evil = True\n"), Reason.WRONG_DIGEST, "another digest"),
    "of-nothing": ("sha256=", Reason.WEAK_DIGEST, "the name of a digest alone"),
    "none": ("", Reason.WEAK_DIGEST, "no digest"),
    "bare": (digest_of(SOURCE).removeprefix("sha256="), Reason.WEAK_DIGEST, "a digest that is not named"),
    "md5": (digest_of(SOURCE, "md5"), Reason.WEAK_DIGEST, "an MD5 digest"),
    "sha1": (digest_of(SOURCE, "sha1"), Reason.WEAK_DIGEST, "a SHA-1 digest"),
    "sha224": (digest_of(SOURCE, "sha224"), Reason.WEAK_DIGEST, "a SHA-224 digest"),
    "blake2b": (digest_of(SOURCE, "blake2b"), Reason.WEAK_DIGEST, "a digest that the format does not know"),
    "unknown": ("sha257=abc", Reason.WEAK_DIGEST, "a digest that nobody knows"),
    "capitals": (digest_of(SOURCE).replace("sha256", "SHA256"), Reason.WEAK_DIGEST, "a digest in capitals"),
    "hexadecimal": (f"sha256={_SUM.hexdigest()}", Reason.WRONG_DIGEST, "a digest in hexadecimal"),
    "padded": (f"{digest_of(SOURCE)}=", Reason.WRONG_DIGEST, "a digest with padding"),
    "cut": (digest_of(SOURCE)[:-4], Reason.WRONG_DIGEST, "a digest that breaks off"),
    "capital-letters": (
        f"sha256={digest_of(SOURCE)[7:].upper()}",
        Reason.WRONG_DIGEST,
        "a digest with its letters in capitals",
    ),
    "space": (f" {digest_of(SOURCE)}", Reason.WEAK_DIGEST, "a space before a digest"),
    "double": (
        f"sha256={base64.b64encode(_SUM.hexdigest().encode()).decode()}",
        Reason.WRONG_DIGEST,
        "a digest encoded twice",
    ),
}
_RECORDS: dict[str, tuple[Callable[[], bytes], Reason, str]] = {
    "lacks-module": (partial(_with_row, ""), Reason.UNLISTED_FILE, "lacks the module"),
    "lacks-metadata": (
        lambda: wheel_recorded(_TRUE.replace(row_of(f"{INFO}/METADATA", METADATA), "")),
        Reason.UNLISTED_FILE,
        "lacks METADATA",
    ),
    "lacks-itself": (lambda: wheel_recorded(_TRUE.replace(f"{RECORD},,\n", "")), Reason.UNLISTED_FILE, "lacks itself"),
    "lacks-added": (
        partial(wheel_and, Part("alpha/evil.py", SOURCE)),
        Reason.UNLISTED_FILE,
        "lacks a module that was added",
    ),
    "lacks-script": (
        partial(wheel_and, Part(f"{DATA}/scripts/run", b"#!python\n")),
        Reason.UNLISTED_FILE,
        "lacks a command",
    ),
    "lacks-data": (partial(wheel_and, Part(f"{DATA}/data/etc/a.ini", b"")), Reason.UNLISTED_FILE, "lacks a data file"),
    "lacks-entry-points": (
        partial(wheel_and, Part(f"{INFO}/entry_points.txt", b"[console_scripts]\nalpha = alpha:main\n")),
        Reason.UNLISTED_FILE,
        "lacks the entry points",
    ),
    "lacks-everything": (partial(wheel_recorded, ""), Reason.UNLISTED_FILE, "is empty"),
    "lists-missing": (
        partial(_adding, row_of("alpha/gone.py", SOURCE)),
        Reason.MISSING_FILE,
        "lists a file that is not there",
    ),
    "lists-folder": (partial(_adding, "alpha/,,\n"), Reason.MISSING_FILE, "lists a folder"),
    "lists-parent": (partial(_adding, row_of("../escape.py", SOURCE)), Reason.MISSING_FILE, "lists a file outside"),
    "lists-absolute": (
        partial(_adding, row_of(f"{OUTSIDE}/a.py", SOURCE)),
        Reason.MISSING_FILE,
        "lists an absolute path",
    ),
    "lists-twice": (partial(_adding, _ROW), Reason.BAD_RECORD, "lists the module twice"),
    "lists-twice-otherwise": (
        partial(_adding, row_of(MODULE, b"evil")),
        Reason.BAD_RECORD,
        "lists the module with two digests",
    ),
    "lists-itself-twice": (partial(_adding, f"{RECORD},,\n"), Reason.BAD_RECORD, "lists itself twice"),
    "backslash": (partial(_with_row, row_of("alpha\\__init__.py", SOURCE)), Reason.MISSING_FILE, "has backslashes"),
    "dot": (partial(_with_row, row_of(f"./{MODULE}", SOURCE)), Reason.MISSING_FILE, "begins a path with a dot"),
    "detour": (partial(_with_row, row_of("alpha/../alpha/__init__.py", SOURCE)), Reason.MISSING_FILE, "makes a detour"),
    "case": (partial(_with_row, row_of(MODULE.upper(), SOURCE)), Reason.MISSING_FILE, "has a path in capitals"),
    "space": (partial(_with_row, f" {_ROW}"), Reason.MISSING_FILE, "has a space before a path"),
    "size": (partial(_with_row, f"{MODULE},{digest_of(SOURCE)},1\n"), Reason.WRONG_SIZE, "has another size"),
    "size-negative": (
        partial(_with_row, f"{MODULE},{digest_of(SOURCE)},-{len(SOURCE)}\n"),
        Reason.WRONG_SIZE,
        "has a size below zero",
    ),
    "size-zeros": (
        partial(_with_row, f"{MODULE},{digest_of(SOURCE)},0{len(SOURCE)}\n"),
        Reason.WRONG_SIZE,
        "has a size with a zero before it",
    ),
    "size-word": (
        partial(_with_row, f"{MODULE},{digest_of(SOURCE)},many\n"),
        Reason.WRONG_SIZE,
        "has a word for a size",
    ),
    "own-digest": (
        lambda: wheel_recorded(_TRUE.replace(f"{RECORD},,", f"{RECORD},{digest_of(b'')},0")),
        Reason.BAD_RECORD,
        "has a digest of itself",
    ),
    "two-columns": (
        partial(_with_row, f"{MODULE},{digest_of(SOURCE)}\n"),
        Reason.BAD_RECORD,
        "has a row of two columns",
    ),
    "four-columns": (partial(_with_row, f"{_ROW.rstrip()},more\n"), Reason.BAD_RECORD, "has a row of four columns"),
    "semicolons": (partial(wheel_recorded, _TRUE.replace(",", ";")), Reason.BAD_RECORD, "has semicolons"),
    "torn-quote": (partial(_adding, '"alpha/a.py,,\n'), Reason.BAD_RECORD, "has a quotation that does not end"),
    "not-utf-8": (partial(wheel_recorded, _TRUE.encode() + b"\xff,,\n"), Reason.BAD_RECORD, "is no UTF-8"),
    "utf-16": (partial(wheel_recorded, _TRUE.encode("utf-16")), Reason.BAD_RECORD, "is UTF-16"),
    "byte-order-mark": (
        partial(wheel_recorded, "\ufeff" + _TRUE),
        Reason.MISSING_FILE,
        "begins with a byte order mark",
    ),
    "blank-line": (partial(_adding, "\n"), Reason.BAD_RECORD, "has a blank line, on which pip stops"),
    "json": (partial(wheel_recorded, "{}\n"), Reason.BAD_RECORD, "is JSON"),
    "missing": (partial(wheel_without, RECORD), Reason.BAD_RECORD, "is not there"),
    "is-folder": (partial(wheel_and, Part(f"{RECORD}/", mode=0o40755)), Reason.COLLIDING_NAMES, "is a folder too"),
    "stale": (partial(wheel_changed, content=b"evil = True\n"), Reason.WRONG_DIGEST, "is of another file"),
    "jws": (partial(wheel_and, Part(f"{RECORD}.jws", b"{}")), Reason.UNLISTED_FILE, "lacks its signature"),
    "p7s": (
        lambda: wheel_recorded(f"{_TRUE}{RECORD}.p7s,,\n", {f"{RECORD}.p7s": b"0"}),
        Reason.WEAK_DIGEST,
        "lists its signature without a digest",
    ),
    "metadata-changed": (
        lambda: wheel_recorded(_TRUE, {f"{INFO}/METADATA": METADATA.replace(b"# alpha", b"# omega")}),
        Reason.WRONG_DIGEST,
        "is of another METADATA",
    ),
    "wheel-changed": (
        lambda: wheel_recorded(_TRUE, {f"{INFO}/WHEEL": BASE[f"{INFO}/WHEEL"] + b"Build: 1\n"}),
        Reason.WRONG_DIGEST,
        "is of another WHEEL",
    ),
}
CASES = (
    *(
        Case(f"record-digest-{key}", f"RECORD has {what}", partial(_with_digest, digest), reason)
        for key, (digest, reason, what) in _DIGESTS.items()
    ),
    *(Case(f"record-{key}", f"RECORD {what}", make, reason) for key, (make, reason, what) in _RECORDS.items()),
)
