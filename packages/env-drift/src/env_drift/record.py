"""RECORD, the list of a distribution's files and their digests."""

# ruff: noqa: PTH118  # a Path for each of thousands of files takes longer than reading them

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from env_drift.difference import Difference, Kind
from env_drift.regular_file import read_regular

if TYPE_CHECKING:
    from env_drift.installation import Distribution

LONGEST = 256 * 1024 * 1024
"""Bytes that no RECORD has."""
COLUMNS = 3
SIZE = re.compile(r"[0-9]{0,18}")
STRONG = frozenset({"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "blake2b", "blake2s"})
UNUSUAL = re.compile(r"(?:^|/)\.{0,2}(?:/|$)|\\|^[A-Za-z]:")
LIBRARY = re.compile(r"/(?:lib(?:64)?/(?:python|pypy)[\d.]*t?|Lib)/(?:site|dist)-packages$")
# The list cannot hold its own digest, and bytecode is made anew when it is wanted.
WITHOUT_DIGEST = re.compile(r"[^/]+\.dist-info/RECORD(?:\.jws|\.p7s)?|(?:.*/)?__pycache__/[^/]+\.pyc")


class Row(NamedTuple):
    """A file that has to have a digest; `size` is in bytes, None where RECORD does not say it."""

    name: str
    file: str
    algorithm: str
    digest: str
    size: int | None


@dataclass(frozen=True)
class Record:
    """What a RECORD lists: the rows to verify, every file's absolute path, and what is wrong with the list."""

    rows: tuple[Row, ...] = ()
    files: frozenset[str] = frozenset()
    differences: tuple[Difference, ...] = ()


def read_record(distribution: Distribution) -> Record:
    """Read the RECORD of a distribution; one that is absent or damaged is a difference and lists nothing."""
    path = os.path.join(distribution.metadata, "RECORD")
    try:
        text = read_regular(path, LONGEST).decode()
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except OSError as error:
        return _refuse(distribution, path, f"its {path} is absent or unreadable: {error.strerror}")
    except (UnicodeDecodeError, csv.Error) as error:
        return _refuse(distribution, path, f"RECORD cannot be read: {error}")
    if not lines or "\0" in text or any(len(line) != COLUMNS for line in lines):
        return _refuse(distribution, path, "RECORD is not a list of names, digests and sizes")
    return _sort_rows(distribution, lines)


def _refuse(distribution: Distribution, path: str, reason: str) -> Record:
    return Record(differences=(Difference(Kind.UNVERIFIABLE, distribution.name, None, reason, path),))


def _sort_rows(distribution: Distribution, lines: list[list[str]]) -> Record:
    name, site = distribution.name, os.path.realpath(distribution.installed.location)
    inside = os.path.join(find_prefix(site), "")
    rows, files, differences = [], set(), []
    for spelled, written, size in lines:
        file = os.path.join(site, spelled.replace("/", os.sep))
        if UNUSUAL.search(spelled):
            file = os.path.normpath(file)
            if not file.startswith(inside):
                differences.append(Difference(Kind.OUTSIDE, name, None, file, spelled))
                continue
        files.add(file)
        algorithm, _, digest = written.partition("=")
        if algorithm in STRONG and digest and SIZE.fullmatch(size):
            rows.append(Row(name, file, algorithm, digest, int(size) if size else None))
        elif written or size or not WITHOUT_DIGEST.fullmatch(spelled):
            reason = f"its digest in RECORD is `{written}`" if written else "RECORD has no digest of it"
            differences.append(Difference(Kind.UNVERIFIABLE, name, None, reason, file))
    return Record(tuple(rows), frozenset(files), tuple(differences))


def find_prefix(site: str) -> str:
    """Give the folder of the environment that a site-packages belongs to; itself where its path does not say it."""
    found = LIBRARY.search(site.replace(os.sep, "/"))
    return site[: found.start()] if found else site
