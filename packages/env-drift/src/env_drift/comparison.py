"""Names and versions of a lock beside names and versions of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from env_drift.difference import Difference, Kind
from env_drift.name import normalize_name
from env_drift.version import same_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from env_drift.installation import Installed
    from env_drift.lock import Lock, Pin


def compare(
    lock: Lock,
    installed: Iterable[Installed],
    *,
    environment: Mapping[str, str] | None = None,
    extra: bool = False,
) -> tuple[Difference, ...]:
    """
    Compare names and versions alone, by name; `installed` may come from another machine.

    The first of each name counts, as on `sys.path`. Raises LockError where the lock says nothing about the environment.
    """
    return compare_pins(lock.pins(environment), tuple(installed), extra=extra)


def compare_pins(pins: tuple[Pin, ...], installed: tuple[Installed, ...], *, extra: bool) -> tuple[Difference, ...]:
    """Compare pins that have been chosen for the environment already."""
    first: dict[str, Installed] = {}
    for one in installed:
        first.setdefault(normalize_name(one.name), one)
    wanted = {normalize_name(pin.name): pin for pin in pins}
    differences = [made for name, pin in wanted.items() if (made := _compare_one(name, pin, first.get(name)))]
    differences += _find_duplicates(installed, set(first) if extra else set(wanted))
    if extra:
        differences += [
            Difference(Kind.EXTRA, name, None, one.version) for name, one in first.items() if name not in wanted
        ]
    return tuple(sorted(differences, key=lambda made: (made.name, made.kind.value)))


def _compare_one(name: str, pin: Pin, found: Installed | None) -> Difference | None:
    if found is None:
        return Difference(Kind.MISSING, name, pin.version)
    if pin.version is None or same_version(pin.version, found.version):
        return None
    return Difference(Kind.VERSION, name, pin.version, found.version)


def _find_duplicates(installed: tuple[Installed, ...], names: set[str]) -> Iterator[Difference]:
    places: dict[tuple[str, str], list[str]] = {}
    for one in installed:
        places.setdefault((normalize_name(one.name), one.location), []).append(one.version)
    for (name, _), versions in places.items():
        if len(versions) > 1 and name in names:
            yield Difference(Kind.DUPLICATE, name, None, " and ".join(sorted(versions)))
