"""What a lock asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from env_drift.environment import complete_environment
from env_drift.errors import LockError
from env_drift.marker import MarkerError
from env_drift.name import normalize_name
from env_drift.version import same_version, satisfies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from env_drift.marker import Condition, Environment, Junction


@dataclass(frozen=True)
class Pin:
    """
    One distribution as a lock wants it.

    `version` is None where the lock names a source tree and leaves its version open. `hashes` are those of its
    archives, `sha256:…`. `source` is `archive`, `directory` or `vcs`, and `commit` what a `vcs` is locked to.
    """

    name: str
    version: str | None
    hashes: tuple[str, ...] = ()
    source: str = "archive"
    commit: str | None = None


@dataclass(frozen=True)
class Entry:
    """A pin with the conditions under which it is wanted, and the place in the lock that says so."""

    pin: Pin
    where: str
    marker: Condition | Junction | None = None
    requires_python: str | None = None

    def applies(self, environment: Environment) -> bool:
        """Whether the pin is wanted there; a Python that the entry cannot serve is refused."""
        try:
            if self.marker and not self.marker.holds(environment):
                return False
        except MarkerError as error:
            raise LockError(
                f"{self.where}: the marker of {self.pin.name} cannot be decided: {error}\n"
                "hint: pass the environment's marker values, or --python-version with all three numbers"
            ) from error
        refuse_other_pythons(self.requires_python, environment, self.where)
        return True


@dataclass(frozen=True)
class Lock:
    """A lock that has been read; `read_lock` makes it, `pins` says what it asks of an environment."""

    path: str
    entries: tuple[Entry, ...]
    requires_python: str | None = None
    environments: tuple[Condition | Junction, ...] = ()
    selections: tuple[tuple[str, frozenset[str]], ...] = (("extra", frozenset()),)
    single: bool = False
    """Whether two entries of one name that both apply are an error even when they agree (PEP 751)."""

    def pins(self, environment: Mapping[str, str] | None = None) -> tuple[Pin, ...]:
        """
        Give the pins for an environment, by name.

        `environment` holds marker values by their PEP 508 names, laid over those of the running interpreter. Raises
        LockError where a marker cannot be decided, two pins contradict each other or none applies.
        """
        known: dict[str, str | frozenset[str]] = {**complete_environment(environment), **dict(self.selections)}
        self._refuse_other_environments(known)
        chosen: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.applies(known):
                name = normalize_name(entry.pin.name)
                chosen[name] = self._join(chosen[name], entry) if name in chosen else entry
        if not chosen:
            raise LockError(f"{self.path}: none of its {len(self.entries)} pins is for this environment")
        return tuple(chosen[name].pin for name in sorted(chosen))

    def _refuse_other_environments(self, environment: Environment) -> None:
        refuse_other_pythons(self.requires_python, environment, self.path)
        try:
            served = not self.environments or any(one.holds(environment) for one in self.environments)
        except MarkerError as error:
            raise LockError(f"{self.path}: its environments cannot be decided: {error}") from error
        if not served:
            raise LockError(f"{self.path}: made for other environments than this one, see its `environments`")

    def _join(self, first: Entry, second: Entry) -> Entry:
        one, other = first.pin, second.pin
        agree = one.version is not None and other.version is not None and same_version(one.version, other.version)
        if self.single or not agree:
            raise LockError(
                f"{second.where}: {other.name} is pinned to {other.version}, "
                f"and {first.where} pins it to {one.version}; both apply here"
            )
        return replace(first, pin=replace(one, hashes=tuple(dict.fromkeys(one.hashes + other.hashes))))


def refuse_other_pythons(requires: str | None, environment: Environment, where: str) -> None:
    """Raise LockError where a `requires-python` is not satisfied, or cannot be decided."""
    if requires is None:
        return
    python = str(environment.get("python_full_version") or environment["python_version"])
    served = satisfies(python, requires)
    if served is None:
        raise LockError(f"{where}: requires-python `{requires}` cannot be asked of Python {python}")
    if not served:
        raise LockError(f"{where}: requires Python {requires}, and this environment has {python}")
