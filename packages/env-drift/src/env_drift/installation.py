"""What is installed: a folder's distributions, by the first lines of their metadata."""

# ruff: noqa: PTH100, PTH112, PTH118  # a Path for each of thousands of files takes longer than reading them

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from env_drift.errors import LookError
from env_drift.name import normalize_name
from env_drift.regular_file import open_regular
from env_drift.version import same_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADER = 8 * 1024
"""Bytes read of a METADATA at a time; the name and the version stand in the first few hundred."""
LONGEST = 1024 * 1024
"""Bytes after which headers that do not end are given up."""
END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True)
class Installed:
    """A distribution that was found: name and version as its metadata spells them, and the folder it is in."""

    name: str
    version: str
    location: str = ""


@dataclass(frozen=True)
class Distribution:
    """A distribution on disk; `problem` says why its metadata cannot be trusted."""

    installed: Installed
    metadata: str
    """The path of its `.dist-info` or `.egg-info`."""
    problem: str | None = None

    @property
    def name(self) -> str:
        """The name as PEP 503 writes it."""
        return normalize_name(self.installed.name)


def installed(paths: Iterable[str | os.PathLike[str]] | None = None) -> tuple[Installed, ...]:
    """
    Names and versions found in folders, in their order, each folder's sorted by name; on `sys.path` if none is given.

    Later ones of the same name are shadowed by earlier ones, and are given too. Raises LookError where a folder
    is absent or unreadable, or metadata is damaged.
    """
    found = tuple(find_distributions(choose_paths(paths)))
    for one in found:
        if one.problem:
            raise LookError(f"{one.metadata}: {one.problem}\nhint: install {one.name} again, or remove the folder")
    return tuple(one.installed for one in found)


def choose_paths(paths: Iterable[str | os.PathLike[str]] | None) -> tuple[str, ...]:
    """Give absolute paths, none twice; without any given, the folders of `sys.path` that exist."""
    given = [os.path.abspath(path) for path in (sys.path if paths is None else paths)]
    if paths is None:
        given = [path for path in given if os.path.isdir(path)]
    chosen: dict[str, str] = {}
    for path in given:
        chosen.setdefault(os.path.realpath(path), path)
    if not chosen:
        raise LookError("there is no folder to look at\nhint: name a site-packages")
    return tuple(chosen.values())


def find_distributions(paths: Iterable[str]) -> Iterator[Distribution]:
    """Every distribution of every folder, in order."""
    for path in paths:
        try:
            with os.scandir(path) as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
        except OSError as error:
            raise LookError(f"{path}: cannot be looked at: {error.strerror}") from error
        # pip renames what it is about to remove to ~…; what it leaves behind cannot be imported.
        yield from (read_distribution(path, name) for name in names if not name.startswith("~"))


def read_distribution(path: str, folder: str) -> Distribution:
    """Read name and version of one metadata folder or, for distutils, file."""
    metadata = os.path.join(path, folder)
    stem, _, kind = folder.rpartition(".")
    told_name, _, told_version = stem.partition("-") if kind == "egg-info" else stem.rpartition("-")
    source = metadata
    if kind == "dist-info" or os.path.isdir(metadata):
        source = os.path.join(metadata, "METADATA" if kind == "dist-info" else "PKG-INFO")
    try:
        headers = read_headers(source)
    except OSError as error:
        return Distribution(Installed(told_name or stem, told_version, path), metadata, f"{source}: {error.strerror}")
    name, version = headers.get("name", ""), headers.get("version", "")
    found = Installed(name or told_name or stem, version or told_version, path)
    return Distribution(found, metadata, _find_problem(name, version, kind, told_name, told_version))


def _find_problem(name: str, version: str, kind: str, told_name: str, told_version: str) -> str | None:
    if not name or not version:
        return f"its metadata has no {'version' if name else 'name'}"
    if kind != "dist-info":
        return None
    if normalize_name(name) != normalize_name(told_name) or not same_version(version, told_version):
        return f"its metadata says {name} {version}, its folder {told_name} {told_version}"
    return None


def read_headers(file: str) -> dict[str, str]:
    """Give the first of each header of a METADATA file, by its name in lower case; OSError if unreadable."""
    descriptor, _ = open_regular(file)
    try:
        text = os.read(descriptor, HEADER)
        while len(text) < LONGEST and not END.search(text) and (more := os.read(descriptor, HEADER)):
            text += more
    finally:
        os.close(descriptor)
    headers: dict[str, str] = {}
    for line in END.split(text, 1)[0].decode("utf-8", "replace").split("\n"):
        name, separator, value = line.partition(":")
        if separator and not name[:1].isspace():
            headers.setdefault(name.strip().lower(), value.strip())
    return headers
