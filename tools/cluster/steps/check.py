"""Check what installing packages would do on runtimes, every pair side by side."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release.model.compatibility import Compatibility, Effect, Fate
from release.side_by_side import side_by_side
from release.steps.runtimes import ask_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.requirements import Requirement

    from release.model.runtime import Runtime
    from release.ports import Guard, Reporter
    from release.steps.read import Packages

_AT_ONCE = 4
"""uv has threads of its own."""


@dataclass(frozen=True)
class Subject:
    """What is checked: a package of the repository, or requirements."""

    name: str
    wanted: tuple[Requirement, ...]
    """Requirements that an index fills; siblings stand here with what they need themselves."""
    runtimes: tuple[str, ...]
    siblings: tuple[str, ...] = ()
    """Packages of the repository that come with it."""
    replaces: Mapping[str, str] = field(default_factory=dict)
    """Why it may replace something, by name."""


def package_subject(name: str, packages: Packages, runtimes: Sequence[str]) -> Subject:
    """Check a package, as its project file in the work tree says; on its own runtimes where none are named."""
    package = packages.require(name)
    siblings = packages.siblings(package)
    wanted = [needed for needed in package.requires if needed.name not in siblings]
    for sibling in map(packages.require, sorted(siblings)):
        wanted += [needed for needed in sibling.requires if needed.name not in siblings]
    return Subject(
        package.name,
        tuple(wanted),
        tuple(runtimes) or package.policy.runtimes,
        tuple(sorted(siblings)),
        {str(canonicalize_name(each)): why for each, why in package.policy.replaces.items()},
    )


def check(
    subjects: Iterable[Subject],
    runtimes: Mapping[str, Runtime],
    guard: Guard,
    reporter: Reporter,
) -> dict[tuple[str, str], Compatibility]:
    """Give the answer for each subject on each of its runtimes, and say of each when it is there."""
    pairs = [(subject, runtimes[name]) for subject in subjects for name in subject.runtimes]

    def ask(pair: tuple[Subject, Runtime]) -> Compatibility:
        subject, runtime = pair
        reporter.begin(subject.name, runtime.name)
        began = time.perf_counter()
        (found,) = ask_each([runtime], subject.wanted, guard, subject.replaces)
        reporter.end(subject.name, runtime.name, time.perf_counter() - began, "ok" if found.is_good else "refused")
        return _with_siblings(found, subject)

    answers = side_by_side(ask, pairs, _AT_ONCE)
    return {(subject.name, runtime.name): found for (subject, runtime), found in zip(pairs, answers, strict=True)}


def _with_siblings(found: Compatibility, subject: Subject) -> Compatibility:
    """Add what comes from the repository itself: no index has to have it yet."""
    if found.refusal:
        return found
    ours = (Fate(name, Effect.ADDED) for name in subject.siblings)
    return Compatibility(found.runtime, tuple(sorted((*found.fates, *ours))), found.breaks)
