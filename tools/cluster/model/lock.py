"""A cluster's lock: exact versions with the SHA-256 of one wheel each, for what its runtime lacks and nothing else.

It is a requirements file that pip takes as it is, from 22.3 on: `pip install --no-deps --require-hashes -r`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from cluster.model.platform import is_wheel
from release.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS: Final = ("cluster", "number", "runtime", "runtime-sha256", "python", "architecture", "channel", "as-of")
_FACT = re.compile(r"# (?P<key>[a-z0-9-]+): (?P<value>.+)")
_PIN = re.compile(r"(?P<name>[a-z0-9]+(?:-[a-z0-9]+)*)==(?P<version>[^ ]+) \\")
_HASH = re.compile(r"    --hash=sha256:(?P<sha256>[0-9a-f]{64})")
_WHY = re.compile(r"    # (?P<wheel>[^ ]+\.whl)(?P<ours>, ours)?: (?P<why>.+)")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LAST_LINE: Final = "--only-binary :all:"


@dataclass(frozen=True, order=True)
class Locked:
    """One wheel that every node gets."""

    name: str
    version: Version
    wheel: str
    """Its file name."""
    sha256: str
    why: str
    """What asks for it: `asked for`, or `needed by rich, typer`."""
    first_party: bool = False
    """Whether it is one of our own releases, and was verified before it was locked."""

    def __str__(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True)
class ClusterLock:
    """A lock of one cluster."""

    cluster: str
    number: int
    """It only grows."""
    runtime: str
    runtime_sha256: str
    """Of the table that it was made for."""
    python: str
    """`3.11`."""
    architecture: str
    channel: str
    as_of: str
    """When the index was read, ISO 8601 in UTC."""
    wanted: tuple[str, ...]
    """The requirements of the cluster file it was made of."""
    wheels: tuple[Locked, ...]

    @property
    def by_name(self) -> Mapping[str, Locked]:
        """Its wheels by normalised name."""
        return {each.name: each for each in self.wheels}

    @property
    def sha256(self) -> str:
        """Of its text."""
        return hashlib.sha256(self.as_text().encode()).hexdigest()

    def as_text(self) -> str:
        """Write it down; the same lock is the same bytes."""
        facts = (
            self.cluster,
            self.number,
            self.runtime,
            self.runtime_sha256,
            self.python,
            self.architecture,
            self.channel,
            self.as_of,
        )
        head = [
            "# Exactly what this cluster gets beside its runtime. Made by `hatch run cluster lock`; not to be edited."
        ]
        head += [f"# {key}: {value}" for key, value in zip(_KEYS, facts, strict=True)]
        head += [f"# wants: {each}" for each in self.wanted]
        return "".join(
            f"{line}\n" for line in (*head, _LAST_LINE, *(line for each in self.wheels for line in _rows(each)))
        )


def parse_lock(text: str, place: str) -> ClusterLock:
    """Read a lock back; one that was edited into another shape is refused, as are two facts of one name."""
    lines = text.splitlines()
    if _LAST_LINE not in lines:
        raise _broken(place, f"there is no line {_LAST_LINE}")
    at = lines.index(_LAST_LINE)
    facts: dict[str, str] = {}
    wanted: list[str] = []
    for line in lines[1:at]:
        fact = _FACT.fullmatch(line)
        if not fact or fact["key"] in facts:
            raise _broken(place, f"{line!a} is no fact of its own")
        if fact["key"] == "wants":
            wanted.append(fact["value"])
        else:
            facts[fact["key"]] = fact["value"]
    if tuple(facts) != _KEYS or not _NUMBER.fullmatch(facts["number"]):
        raise _broken(place, f"it should say {', '.join(_KEYS)}, in this order")
    number = int(facts.pop("number"))
    facts = {key.replace("-", "_"): value for key, value in facts.items()}
    lock = ClusterLock(number=number, wanted=tuple(wanted), wheels=_parse_wheels(lines[at + 1 :], place), **facts)
    if lock.as_text() != text:
        raise _broken(place, "it does not read as it is written")
    return lock


def _rows(locked: Locked) -> tuple[str, str, str]:
    ours = ", ours" if locked.first_party else ""
    return (f"{locked} \\", f"    --hash=sha256:{locked.sha256}", f"    # {locked.wheel}{ours}: {locked.why}")


def _parse_wheels(lines: list[str], place: str) -> tuple[Locked, ...]:
    found = []
    for first in range(0, len(lines), 3):
        pin, digest, why = (
            form.fullmatch(line)
            for form, line in zip((_PIN, _HASH, _WHY), (*lines[first : first + 3], "", ""), strict=False)
        )
        if not (pin and digest and why):
            raise _broken(place, f"{lines[first]!a} is not followed by its digest and its reason")
        try:
            version = Version(pin["version"])
        except ValueError:  # no version, or one with more digits than a number has
            raise _broken(place, f"{lines[first]!a} has no version") from None
        if not is_wheel(why["wheel"]) or parse_wheel_filename(why["wheel"])[:2] != (pin["name"], version):
            raise _broken(place, f"{why['wheel']!a} is no wheel of {pin['name']} {version}")
        found.append(Locked(pin["name"], version, why["wheel"], digest["sha256"], why["why"], bool(why["ours"])))
    return tuple(found)


def _broken(place: str, why: str) -> UsageError:
    return UsageError(f"{place} is no lock: {why}", hint="make it again: hatch run cluster lock")
