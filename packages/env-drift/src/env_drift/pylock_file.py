"""`pylock.toml`, the lock of PEP 751."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from env_drift.errors import LockError
from env_drift.lock import Entry, Lock, Pin
from env_drift.marker import MarkerError
from env_drift.marker_text import parse_marker
from env_drift.name import normalize_name
from env_drift.requirement_line import check_hash
from env_drift.toml_value import Table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from env_drift.marker import Condition, Junction

SOURCES = ("vcs", "directory", "archive", "sdist", "wheels")


def read_pylock(path: Path, text: str, extras: Iterable[str], groups: Iterable[str] | None) -> Lock:
    """Read a pylock.toml, with the extras and dependency groups that are installed."""
    try:
        lock = Table(tomllib.loads(text), str(path))
    except (ValueError, RecursionError) as error:
        raise LockError(f"{path}: is not TOML: {error}") from error
    version = lock.text("lock-version")
    if version.partition(".")[0] != "1" or not version.replace(".", "").isdigit():
        raise LockError(f"{path}: lock-version {version} is not known, 1.0 is")
    lock.text("created-by")
    chosen = lock.texts("default-groups") if groups is None else tuple(groups)
    return Lock(
        str(path),
        tuple(_read_package(table) for table in lock.tables("packages")),
        lock.text_or_none("requires-python"),
        tuple(_read_marker(text, str(path)) for text in lock.texts("environments")),
        (
            ("extras", _choose(lock, "extras", extras, ())),
            ("dependency_groups", _choose(lock, "dependency-groups", chosen, lock.texts("default-groups"))),
        ),
        single=True,
    )


def _choose(lock: Table, key: str, wanted: Iterable[str], implied: tuple[str, ...]) -> frozenset[str]:
    declared = {normalize_name(name) for name in (*lock.texts(key), *implied)}
    names = frozenset(normalize_name(name) for name in wanted)
    unknown = ", ".join(sorted(names - declared))
    if unknown:
        raise LockError(f"{lock.where}: its {key} are {', '.join(sorted(declared)) or 'none'}, not {unknown}")
    return names


def _read_package(table: Table) -> Entry:
    name = table.text("name")
    where = f"{table.where} ({name})"
    if normalize_name(name) != name:
        raise LockError(f"{where}: the name is not normalised")
    sources = [source for source in SOURCES if source in table.values]
    if not sources or (len(sources) > 1 and set(sources) != {"sdist", "wheels"}):
        raise LockError(f"{where}: names {' and '.join(sources) or 'no source'}; one of {', '.join(SOURCES)} is needed")
    version = table.text_or_none("version")
    if version is None and sources[0] in ("sdist", "wheels"):
        raise LockError(f"{where}: has {sources[0]} and no version")
    marker = table.text_or_none("marker")
    commit = table.table("vcs").text("commit-id") if "vcs" in sources else None
    source = sources[0] if sources[0] in ("vcs", "directory") else "archive"
    return Entry(
        Pin(name, version, _read_hashes(table), source, commit),
        where,
        None if marker is None else _read_marker(marker, where),
        table.text_or_none("requires-python"),
    )


def _read_hashes(table: Table) -> tuple[str, ...]:
    archives = [table.table(source) for source in ("archive", "sdist") if source in table.values]
    archives += table.tables("wheels") if "wheels" in table.values else ()
    hashes: list[str] = []
    for archive in archives:
        digests = archive.table("hashes")
        strong = [f"{name}:{digests.text(name)}" for name in digests.values if name in ("sha256", "sha384", "sha512")]
        if not strong:
            raise LockError(f"{archive.where}: has no hash of sha256, sha384 or sha512")
        hashes += [check_hash(text, archive.where) for text in strong]
    return tuple(dict.fromkeys(hashes))


def _read_marker(text: str, where: str) -> Condition | Junction:
    try:
        return parse_marker(text)
    except MarkerError as error:
        raise LockError(f"{where}: {error}") from error
