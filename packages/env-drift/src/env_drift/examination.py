"""A whole environment beside its lock: names, versions, origins and files."""

# ruff: noqa: PTH119  # paths are texts throughout, as in the modules this one joins

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from env_drift.comparison import compare_pins
from env_drift.difference import Difference, Kind
from env_drift.digest import find_modified
from env_drift.environment import complete_environment, describe_python
from env_drift.installation import choose_paths, find_distributions
from env_drift.lock import Lock
from env_drift.lock_file import read_lock
from env_drift.name import normalize_name
from env_drift.origin import find_origin
from env_drift.record import read_record
from env_drift.report import Report
from env_drift.stray_file import find_unlisted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from env_drift.installation import Distribution
    from env_drift.lock import Pin

    PathLike = str | os.PathLike[str]

SITES = ("site-packages", "dist-packages")


def check(  # noqa: PLR0913  # each is a question of its own, and is asked by its name
    lock: Lock | PathLike,
    *,
    path: PathLike | Iterable[PathLike] | None = None,
    files: bool = True,
    extra: bool = False,
    environment: Mapping[str, str] | None = None,
    allow: Iterable[str] = (),
) -> Report:
    """
    Look at an environment and tell how it differs from a lock.

    `path` is one site-packages or several in the order of `sys.path`, which is looked at without it. Without `files`,
    names, versions and origins are compared alone; with `extra`, what is not locked is named too. `environment` holds
    marker values by their PEP 508 names, laid over those told from the path. `allow` holds patterns of unlisted files
    that are expected. Raises LockError or LookError where the question has no answer.
    """
    chosen = lock if isinstance(lock, Lock) else read_lock(lock)
    paths = choose_paths([path] if isinstance(path, (str, os.PathLike)) else path)
    known, notes = _tell_environment(paths if path is not None else (), environment)
    pins = chosen.pins(known)
    found = tuple(find_distributions(paths))
    first: dict[str, Distribution] = {}
    for one in found:
        first.setdefault(one.name, one)
    locked = [(pin, first[name]) for pin in pins if (name := normalize_name(pin.name)) in first]
    differences = [*compare_pins(pins, tuple(one.installed for one in found), extra=extra), *_find_damage(found)]
    differences += [made for pin, one in locked if (made := find_origin(pin, one))]
    count = 0
    if files:
        sites = paths if path is not None else tuple(one for one in paths if os.path.basename(one) in SITES)
        in_files, count = _look_at_files([one for _, one in locked], found, sites, allow)
        differences += in_files
    return Report(
        lock=chosen.path,
        paths=paths,
        python=known.get("python_full_version", known["python_version"]),
        differences=tuple(dict.fromkeys(sorted(differences, key=_order))),
        pins=len(pins),
        distributions=len(found),
        files=count,
        shadowed=tuple(one.installed for one in found if _is_shadowed(one, first[one.name])),
        notes=(*notes, *_note_open_pins(pins)),
    )


def _tell_environment(
    paths: tuple[str, ...], environment: Mapping[str, str] | None
) -> tuple[dict[str, str], tuple[str, ...]]:
    given = dict(environment or {})
    if "python_version" in given or "python_full_version" in given:
        return complete_environment(given), ()
    own = {os.path.realpath(entry) for entry in sys.path}
    told, notes = describe_python([path for path in paths if os.path.realpath(path) not in own])
    return complete_environment({**told, **given}), notes


def _look_at_files(
    locked: list[Distribution], found: Iterable[Distribution], sites: Iterable[str], allow: Iterable[str]
) -> tuple[list[Difference], int]:
    records = {one.metadata: read_record(one) for one in found}
    wanted = [records[one.metadata] for one in locked]
    rows = [row for record in wanted for row in record.rows]
    differences = [made for record in wanted for made in record.differences]
    differences += find_modified(rows)
    listed = frozenset().union(*(record.files for record in records.values()))
    patterns = tuple(allow)
    for site in sites:
        differences += find_unlisted(os.path.realpath(site), listed, patterns)
    return differences, len(rows)


def _find_damage(found: Iterable[Distribution]) -> list[Difference]:
    return [Difference(Kind.DAMAGED, one.name, None, one.problem, one.metadata) for one in found if one.problem]


def _is_shadowed(one: Distribution, first: Distribution) -> bool:
    return one.installed.location != first.installed.location


def _note_open_pins(pins: Iterable[Pin]) -> tuple[str, ...]:
    return tuple(
        f"{pin.name} is locked without a version; only that it is there was looked at"
        for pin in pins
        if not pin.version
    )


def _order(difference: Difference) -> tuple[str, str, str]:
    return difference.name, difference.kind.value, difference.file or ""
