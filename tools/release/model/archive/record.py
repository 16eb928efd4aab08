"""RECORD: every file of a wheel once, each with a digest that is its own."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from typing import TYPE_CHECKING

from release.model.archive.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release.model.archive.reason import Opened

_STRONG = frozenset({"sha256", "sha384", "sha512"})
_COLUMNS = 3


def check_record(opened: Opened, inside: Mapping[str, bytes], record: str) -> None:
    """Refuse a RECORD that lacks a file, adds one, or has another digest or size.

    A signature (RECORD.jws, RECORD.p7s) is a file like others: installers stopped reading them, so one that RECORD does
    not list is content that nothing vouches for.
    """
    if record not in inside:
        raise opened.refused(Reason.BAD_RECORD, "lacks the file RECORD")
    listed: set[str] = set()
    for name, digest, size in _rows(opened, inside[record]):
        if name in listed:
            raise opened.refused(Reason.BAD_RECORD, f"RECORD lists {name!a} twice")
        listed.add(name)
        if name not in inside:
            raise opened.refused(Reason.MISSING_FILE, f"RECORD lists {name!a}, which is not there")
        if name != record:
            _check_row(opened, name, digest, size, inside[name])
        elif digest or size:
            raise opened.refused(Reason.BAD_RECORD, "RECORD has a digest of itself, which can't be")
    if unlisted := sorted(inside.keys() - listed):
        raise opened.refused(Reason.UNLISTED_FILE, f"RECORD does not list {unlisted[0]}")


def _rows(opened: Opened, content: bytes) -> Iterator[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise opened.refused(Reason.BAD_RECORD, f"RECORD can't be read: {error}") from None
    for row in rows:
        if len(row) != _COLUMNS:
            raise opened.refused(Reason.BAD_RECORD, f"RECORD has a row that is no path, digest and size: {row!a}")
        yield row


def _check_row(opened: Opened, name: str, digest: str, size: str, content: bytes) -> None:
    algorithm, _, value = digest.partition("=")
    if algorithm not in _STRONG or not value:
        raise opened.refused(Reason.WEAK_DIGEST, f"RECORD has no digest of {name} by SHA-256 or better")
    right = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).rstrip(b"=").decode()
    if value != right:
        raise opened.refused(Reason.WRONG_DIGEST, f"RECORD has another digest for {name}")
    if size and size != str(len(content)):
        raise opened.refused(Reason.WRONG_SIZE, f"RECORD has another size for {name}: {size!a}, not {len(content)}")
