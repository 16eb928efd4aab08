"""What an install did to an environment that stands for a runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cluster.model.lock import ClusterLock
    from cluster.model.need import Described


@dataclass(frozen=True)
class Rehearsal:
    """Before and after: versions by normalised name, and the needs that were not met, as `pip check` words them."""

    python: str
    """`3.11.7`."""
    pip: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    known_problems: frozenset[str]
    problems: frozenset[str]

    def objections(self, lock: ClusterLock) -> Iterator[str]:
        """Say what is not as a lock promises: something replaced, missing, added beside it, or broken."""
        wanted = {each.name: str(each.version) for each in lock.wheels}
        for name, version in sorted(self.before.items()):
            if self.after.get(name) != version:
                yield f"{name} was {version}, and is {self.after.get(name, 'gone')}"
        for name, version in wanted.items():
            if self.after.get(name) != version:
                yield f"{name} should be {version}, and is {self.after.get(name, 'missing')}"
        yield from (f"{name} came unasked" for name in sorted(self.after.keys() - self.before.keys() - wanted.keys()))
        yield from sorted(self.problems - self.known_problems)


def find_problems(described: Iterable[Described], markers: Mapping[str, str]) -> Iterator[str]:
    """Give the needs that are not met; a runtime's own table has some, which its operating system meets or nobody."""
    there = list(described)
    versions = {each.name: each.version for each in there}
    for each in there:
        for needed in _needs(each, markers):
            version = versions.get(canonicalize_name(needed.name))
            if version is None:
                yield f"{each.name} {each.version} requires {needed.name}, which is not installed"
            elif not needed.specifier.contains(version, prereleases=True):
                yield f"{each.name} {each.version} has requirement {needed}, but you have {needed.name} {version}"


def _needs(described: Described, markers: Mapping[str, str]) -> Iterator[Requirement]:
    for line in described.requires:
        try:
            needed = Requirement(line)
        except InvalidRequirement:  # of an old release, which pip passes over as well
            continue
        if needed.marker is None or needed.marker.evaluate(dict(markers)):
            yield needed
