"""A whole release beside the chain that people write by hand and beside the least that any release has to do."""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.chain import BareFloor, ByHand, find_hatch
from tests.benchmarks.comparison import Comparison
from tests.benchmarks.repositories import make_packages
from tests.benchmarks.services import serve_index, serve_vulnerabilities
from tests.benchmarks.stopwatch import plain_environment, run, time_in_turn, time_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MANY = 20
_SAMPLE = 3
_AT_A_TIME = 2


@dataclass(frozen=True)
class Bench:
    """One repository, and every way to release what is tagged there."""

    repository: Path
    names: tuple[str, ...]
    by_hand: ByHand
    floor: BareFloor
    environment: Mapping[str, str]

    def chain(self, names: tuple[str, ...]) -> None:
        """Release by hand, package after package."""
        for name in names:
            self.by_hand.release(name)

    def bare(self) -> None:
        """Do the least, two packages at a time."""
        with ThreadPoolExecutor(_AT_A_TIME) as pool:
            list(pool.map(self.floor.release, self.names))

    def ours(self) -> None:
        """Release everything that is tagged into an index that is empty."""
        self._release(sys.executable, "-m", "release")

    def ours_by_hatch(self) -> None:
        """Release the same as it is typed."""
        self._release(find_hatch(), "run", "release")

    def _release(self, *words: str) -> None:
        shutil.rmtree(self.repository / "dist", ignore_errors=True)
        run(words, self.repository, self.environment)


def measure() -> Iterator[Comparison]:
    """Compare for one package and for twenty, of which three go through the chain."""
    return _measure(sample=_SAMPLE)


def measure_fully() -> Iterator[Comparison]:
    """Compare for one package and for twenty, each of which goes through the chain."""
    return _measure(sample=MANY)


def _measure(*, sample: int) -> Iterator[Comparison]:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        index = stack.enter_context(serve_index(_folder(scratch / "index")))
        vulnerabilities = stack.enter_context(serve_vulnerabilities())
        yield from _measure_one(_open(scratch / "one", 1, index, vulnerabilities))
        yield from _measure_many(_open(scratch / "many", MANY, index, vulnerabilities), sample)


def _open(scratch: Path, count: int, index: str, vulnerabilities: str) -> Bench:
    """Make a repository, and every environment that is ready before the clock starts."""
    repository = _folder(scratch / "repository")
    names = make_packages(repository, count)
    addresses = {"RELEASE_OSV_URL": f"{vulnerabilities}/v1/query", "RELEASE_PYPI_JSON_URL": f"{vulnerabilities}/pypi"}
    environment = {**plain_environment(), "HATCH_DATA_DIR": str(scratch / "hatch"), **addresses}
    by_hand = ByHand(repository, scratch, index, addresses["RELEASE_OSV_URL"], environment)
    floor = BareFloor(repository, scratch, environment)
    floor.prepare()
    return Bench(repository, names, by_hand, floor, environment)


def _measure_one(bench: Bench) -> Iterator[Comparison]:
    ways: tuple[Callable[[], None], ...] = (
        lambda: bench.chain(bench.names),
        bench.bare,
        bench.ours,
        bench.ours_by_hatch,
    )
    for warm_up in ways:
        warm_up()
    chain, floor, ours, hatch = time_in_turn(*ways)
    yield from _compare("1 package", ours, ("the chain by hand", chain, 4), ("the bare floor", floor, 3))
    yield Comparison(
        subject="`hatch run release`: 1 package", seconds=hatch, against="`release` alone", against_seconds=ours
    )


def _measure_many(bench: Bench, sample: int) -> Iterator[Comparison]:
    """Time the chain once: it is far away, and takes minutes."""
    some = bench.names[:sample]
    bench.chain(some)
    chain = time_once(lambda: bench.chain(some)) * MANY / len(some)
    how = "" if sample == MANY else f" ({sample} measured, times {MANY}/{sample})"
    floor, ours = time_in_turn(bench.bare, bench.ours)
    yield from _compare(
        f"{MANY} packages", ours, (f"the chain by hand{how}", chain, 12), ("the bare floor, two at a time", floor, 2)
    )


def _compare(
    what: str, ours: float, chain: tuple[str, float, float], floor: tuple[str, float, float]
) -> Iterator[Comparison]:
    subject = f"release: {what}"
    against, seconds, bound = chain
    yield Comparison(subject=subject, seconds=ours, against=against, against_seconds=seconds, times_faster=bound)
    against, seconds, bound = floor
    yield Comparison(subject=subject, seconds=ours, against=against, against_seconds=seconds, times_as_long=bound)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path
