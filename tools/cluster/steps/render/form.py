"""What every document of a lock is written from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cluster.model.cluster_file import SERVERLESS
from cluster.model.layout import Layout
from cluster.steps.render.runtime_keys import find_runtime_key

if TYPE_CHECKING:
    from cluster.model.cluster_file import ClusterFile
    from cluster.model.lock import ClusterLock, Locked

_NEEDED_BY = re.compile(r"needed by (?P<names>[a-z0-9-]+(?:, [a-z0-9-]+)*)")


@dataclass(frozen=True)
class Form:
    """One cluster's lock, its file, and where its init script stands in the volume."""

    file: ClusterFile
    lock: ClusterLock
    script: str = ""
    """Its path; empty for serverless compute, which takes none."""

    @property
    def layout(self) -> Layout:
        """Where everything stands."""
        return Layout(self.file.volume, self.lock.cluster)

    @property
    def runtime_key(self) -> str:
        """What `spark_version` has to be; empty where nobody knows."""
        return find_runtime_key(self.file)

    @property
    def environment_version(self) -> str:
        """The version of serverless compute, `4`."""
        return self.file.runtime.removeprefix(f"{SERVERLESS}v")

    @property
    def identifier(self) -> str:
        """The cluster's name where a dash has another meaning, and where none may begin with a digit."""
        name = self.lock.cluster.replace("-", "_")
        return f"_{name}" if name[0].isdigit() else name

    @property
    def title(self) -> str:
        """What this is, where it stays the same from lock to lock: the init script finds the lock by itself."""
        return f"{self.lock.cluster} on runtime {self.lock.runtime}"

    @property
    def locked_title(self) -> str:
        """What this is, where it names the wheels of one lock."""
        return f"{self.title}, lock {self.lock.number}"

    @cached_property
    def wheels(self) -> tuple[str, ...]:
        """The paths of all wheels, each behind what it needs: who installs them one by one then finds that there."""
        found: dict[str, Locked] = {}

        def bring(locked: Locked, behind: frozenset[str]) -> None:
            for needed in needs.get(locked.name, ()):
                if needed.name not in behind and needed.name not in found:
                    bring(needed, behind | {needed.name})
            found[locked.name] = locked

        needs = _needs(self.lock)
        for locked in self.lock.wheels:
            if locked.name not in found:
                bring(locked, frozenset({locked.name}))
        return tuple(self.layout.wheel(each) for each in found.values())


def _needs(lock: ClusterLock) -> dict[str, list[Locked]]:
    """Give what each name needs, out of the reasons for which the others are there."""
    needs: dict[str, list[Locked]] = {}
    for locked in lock.wheels:
        reason = _NEEDED_BY.search(locked.why)
        for name in reason["names"].split(", ") if reason else ():
            needs.setdefault(name, []).append(locked)
    return needs
