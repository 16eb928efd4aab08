"""`status` and `plan` in a repository of 1,000 packages and 20,000 tags, beside what git itself takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.repositories import make_history
from tests.benchmarks.stopwatch import Cost, run, time_once

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = 1_000
TAGS_OF_EACH = 20
SECONDS = 2.5
MEGABYTES = 300
_SAMPLE = 50
_ROUNDS = 5
_SLACK = 1.25
"""How much more than twice the time a repository of twice the size may take."""


@dataclass(frozen=True)
class History:
    """A repository with nothing but history."""

    folder: Path
    names: tuple[str, ...]

    def cost(self, command: str) -> Cost:
        """Run one of our commands."""
        return run([sys.executable, "-m", "release", command], self.folder)

    def describe(self, count: int) -> None:
        """Ask git about so many packages, one after the other: the newest tag, and the commits since."""
        for name in self.names[:count]:
            words = ["git", "describe", "--tags", "--abbrev=0", "--match", f"{name}/v[0-9]*"]
            newest = subprocess.run(words, cwd=self.folder, check=True, capture_output=True, text=True).stdout.strip()
            run(["git", "rev-list", "--count", f"{newest}..HEAD", "--", f"packages/{name}"], self.folder)

    def walk(self) -> None:
        """Have git list the files of every commit."""
        run(["git", "log", "--name-only", "--format=%H"], self.folder)


def measure() -> Iterator[Comparison]:
    """Compare, with git's questions asked about fifty packages."""
    return _measure(sample=_SAMPLE)


def measure_fully() -> Iterator[Comparison]:
    """Compare, with git's questions asked about every package."""
    return _measure(sample=PACKAGES)


def _measure(*, sample: int) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as scratch:
        whole = _make(Path(scratch) / "whole", PACKAGES)
        half = _make(Path(scratch) / "half", PACKAGES // 2)
        each = time_once(lambda: whole.describe(sample))
        how = "" if sample == PACKAGES else f" ({sample} measured, times {PACKAGES // sample})"
        asked = ("git describe and rev-list for each package" + how, each * PACKAGES / sample)
        walked = ("git log --name-only", min(time_once(whole.walk) for _ in range(_ROUNDS)))
        for command in ("status", "plan"):
            rounds = [(whole.cost(command), half.cost(command)) for _ in range(_ROUNDS)]
            whole_cost, half_cost = map(_best, zip(*rounds, strict=True))
            yield from _compare(command, whole_cost, half_cost, asked, walked)


def _best(costs: tuple[Cost, ...]) -> Cost:
    """Give the least seconds, for the first round also reads the disk, and the most memory."""
    return Cost(min(cost.seconds for cost in costs), max(cost.megabytes for cost in costs))


def _make(folder: Path, packages: int) -> History:
    return History(folder, make_history(folder, packages, TAGS_OF_EACH))


def _compare(
    command: str, whole: Cost, half: Cost, asked: tuple[str, float], walked: tuple[str, float]
) -> Iterator[Comparison]:
    subject = f"{command}: {PACKAGES:,} packages, {PACKAGES * TAGS_OF_EACH:,} tags"
    limits: tuple[tuple[str, float, float | None, float | None], ...] = (
        (*asked, 10, None),
        (*walked, None, None),
        (f"{SECONDS} s", SECONDS, None, 1),
        ("half as many of each", half.seconds, None, 2 * _SLACK),
    )
    for against, seconds, faster, longer in limits:
        yield Comparison(
            subject=subject,
            seconds=whole.seconds,
            against=against,
            against_seconds=seconds,
            times_faster=faster,
            times_as_long=longer,
        )
    yield Comparison(
        subject=f"{subject}: peak memory",
        seconds=whole.megabytes,
        against=f"{MEGABYTES} MB",
        against_seconds=MEGABYTES,
        unit="MB",
        times_as_long=1,
    )
