"""Who needs what: from the requirements of a cluster file down to the last distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ASKED_FOR: Final = "asked for"


@dataclass(frozen=True)
class Described:
    """A distribution, and what it says that it needs."""

    name: str
    """Normalised."""
    version: str
    requires: tuple[str, ...] = ()
    """Its Requires-Dist, as its metadata spells them."""


def trace(
    wanted: Iterable[Requirement], known: Mapping[str, Described], markers: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Give each distribution that is reached, with the names that need it directly; `ASKED_FOR` is one of them.

    What is reached and not known is given all the same: whoever asks decides whether that is wrong.
    """
    found: dict[str, set[str]] = {}
    extras: dict[str, frozenset[str]] = {}
    waiting = [(ASKED_FOR, each) for each in wanted]
    while waiting:
        by, needed = waiting.pop()
        name = canonicalize_name(needed.name)
        found.setdefault(name, set()).add(by)
        asked = extras.get(name, frozenset()) | {canonicalize_name(each) for each in needed.extras}
        if name in extras and asked == extras[name]:
            continue
        extras[name] = asked
        if name in known:
            waiting += [(name, each) for each in _needs(known[name], asked, markers)]
    return {name: tuple(sorted(by - {name})) for name, by in found.items()}


def explain(reasons: Iterable[str]) -> str:
    """Say in a line why something is there."""
    names = tuple(reasons)
    return ASKED_FOR if ASKED_FOR in names else f"needed by {', '.join(names)}"


def _needs(known: Described, extras: frozenset[str], markers: Mapping[str, str]) -> Iterator[Requirement]:
    for line in known.requires:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:  # of an old release, which pip passes over as well
            continue
        if requirement.marker is None or any(
            requirement.marker.evaluate({**markers, "extra": extra}) for extra in ("", *extras)
        ):
            yield requirement
