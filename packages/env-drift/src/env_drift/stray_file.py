"""Files of a site-packages that no RECORD lists."""

# ruff: noqa: PTH115, PTH120  # a Path for each of thousands of files takes longer than looking at them

from __future__ import annotations

import hashlib
import os
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from env_drift.difference import Difference, Kind
from env_drift.errors import LookError
from env_drift.regular_file import read_regular

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

BYTECODE = re.compile(r"(?P<source>.+?)\.(?:cpython|pypy|graalpy)[\w.-]*\.pyc")
OF_THE_INSTALLER = frozenset({"INSTALLER", "REQUESTED", "RECORD", "RECORD.jws", "RECORD.p7s", "direct_url.json"})
# What Python, virtualenv and uv put there before anything is installed, by its SHA-256.
FROM_THE_START = frozenset(
    {
        "cba8fece8f62c36306ba27a128f124a257710e41fc619301ee97be93586917cb",  # README.txt of Python
        "69ac3d8f27e679c81b94ab30b3b56e9cd138219b1ba94a1fa3606d5a76a1433d",  # _virtualenv.pth
        "684b8c07932ba4a84ac2e5ae9afe49ef04e92bac3d8d4191d455cf09d093e5fc",  # _virtualenv.py of 20.4 and 20.13
        "c9199315871b11b12df226f890a38e66e63191e1adbfb11a66e6861151b33fca",  # of 20.16
        "0aeb86546345c1d0fada097536e35525714d5cdbcc2d8eb3f9912a955044fcff",  # of 20.24
        "0f20351ea7e90039c46d3fabdef991f28b1e3ff33eb13ee6f0d5cd21ea0e8b14",  # of 20.29
        "07584d2a5d13e0811eb567d78ed2aca0fb60e7defff59a01ca7a48d907bdea51",  # of 21.15
    }
)
NAMES_FROM_THE_START = frozenset({"README.txt", "_virtualenv.py", "_virtualenv.pth"})


LONGEST = 64 * 1024
"""Bytes that no file put there from the start has."""


def find_unlisted(site: str, listed: Collection[str], allow: Iterable[str] = ()) -> Iterator[Difference]:
    """
    Name what is in a site-packages and not among the listed absolute paths.

    A folder without any listed file is named as one. `allow` holds patterns of paths relative to the site-packages
    that are expected there, `sitecustomize.py` or `vendor/*`.
    """
    patterns = tuple(allow)
    folders = _find_folders(site, listed)
    for path, what in _walk(site, listed, folders):
        relative = os.path.relpath(path, site).replace(os.sep, "/")
        if not any(fnmatchcase(relative, pattern) for pattern in patterns):
            yield Difference(Kind.UNLISTED, "", None, what, path)


def _find_folders(site: str, listed: Iterable[str]) -> set[str]:
    folders = {site}
    for folder in {os.path.dirname(file) for file in listed}:
        above = folder
        while above not in folders and above.startswith(site):
            folders.add(above)
            above = os.path.dirname(above)
    return folders


def _walk(site: str, listed: Collection[str], folders: set[str]) -> Iterator[tuple[str, str]]:
    waiting = [site]
    while waiting:
        folder = waiting.pop()
        entries = _list(folder)
        names = {entry.name for entry in entries}
        for entry in entries:
            if not _is_folder(entry):
                if entry.path not in listed and not _is_expected(entry, top=folder == site):
                    yield entry.path, "link" if entry.is_symlink() else "file"
            elif entry.is_symlink():
                yield entry.path, f"link to {os.readlink(entry.path)}"
            elif entry.name == "__pycache__":
                yield from _find_orphans(entry.path, listed, names)
            elif entry.path in folders:
                waiting.append(entry.path)
            elif count := sum(len(files) for _, _, files in os.walk(entry.path)):
                yield entry.path, f"folder, files in it: {count}"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link to itself leads to no folder.
        return False


def _list(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise LookError(f"{folder}: cannot be looked at: {error.strerror}") from error


def _find_orphans(folder: str, listed: Collection[str], sources: Collection[str]) -> Iterator[tuple[str, str]]:
    for entry in _list(folder):
        made = BYTECODE.fullmatch(entry.name)
        known = made is not None and f"{made['source']}.py" in sources
        if not known and entry.path not in listed:
            yield entry.path, "bytecode without a source" if made else "file"


def _is_expected(entry: os.DirEntry[str], *, top: bool) -> bool:
    if not top:
        return entry.name in OF_THE_INSTALLER and os.path.dirname(entry.path).endswith(".dist-info")
    if entry.name not in NAMES_FROM_THE_START:
        return False
    try:
        text = read_regular(entry.path, LONGEST)
    except OSError:
        return False
    return hashlib.sha256(text).hexdigest() in FROM_THE_START
