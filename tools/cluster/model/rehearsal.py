"""What an install did to an environment that stands for a runtime."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster.model.lock import ClusterLock


@dataclass(frozen=True)
class Rehearsal:
    """Before and after: versions by normalised name, and what `pip check` had to say, line by line."""

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
