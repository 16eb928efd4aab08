"""Which cases there are: every call of a release, and every fault that applies to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from random import Random
from typing import TYPE_CHECKING, Final

from tests.servers.faults import Call, Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_WRITES: Final = frozenset(
    {
        "CopyPackageVersions",
        "CreateRelease",
        "DeleteAsset",
        "DeleteObject",
        "DeleteRelease",
        "PublishRelease",
        "PutObject",
        "PutPackageOriginConfiguration",
        "Sign",
        "UpdatePackageVersionsStatus",
        "UpdateRelease",
        "Upload",
        "UploadAsset",
        "tell",
        "upload",
    }
)


@dataclass(frozen=True)
class Case:
    """What happens to one call."""

    at: Call
    fault: Fault

    @property
    def kind(self) -> tuple[str, str, Fault]:
        """What is much the same in other cases: the service, what is asked of it, and what happens."""
        return self.at.service, verb_of(self.at), self.fault

    def __str__(self) -> str:
        return f"{self.at}: {self.fault}"


def verb_of(call: Call) -> str:
    """Give what is asked for, without of what."""
    return call.name.partition(" ")[0]


def is_write(call: Call) -> bool:
    """Whether a call changes something, or makes somebody do so."""
    return verb_of(call) in _WRITES


def list_cases(calls: Iterable[Call], changed: Collection[Call]) -> list[Case]:
    """Give every case; what is read is stale only where it had been otherwise before."""
    return [
        Case(call, fault)
        for call in calls
        for fault in Fault
        if fault is not Fault.STALE or (call in changed and not is_write(call))
    ]


def spread(cases: Iterable[Case], most: int) -> list[Case]:
    """Choose among cases: of each kind the first, then of each kind the last, and so on from both ends.

    Where there are more kinds than that, kinds are drawn, always the same: every service and every fault first.
    """
    kinds: dict[tuple[str, str, Fault], list[Case]] = {}
    for case in cases:
        kinds.setdefault(case.kind, []).append(case)
    if most < len(kinds):
        drawn = Random(0).sample([each for each, *_ in kinds.values()], len(kinds))  # noqa: S311  # no secret is made of it
        first = [*{each.at.service: each for each in drawn}.values(), *{each.fault: each for each in drawn}.values()]
        return list(dict.fromkeys([*first, *drawn]))[:most]
    rows = zip_longest(*map(_from_both_ends, kinds.values()))
    return [case for row in rows for case in row if case][:most]


def _from_both_ends(cases: list[Case]) -> list[Case]:
    ends = [each for pair in zip(cases, reversed(cases), strict=True) for each in pair]
    return list(dict.fromkeys(ends))
