"""Twenty packages published to services that are 50 ms away, beside the calls they take and the tools of others."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.dialogue import Dialogue
from tests.benchmarks.one_by_one import OneByOne
from tests.benchmarks.repositories import make_packages
from tests.benchmarks.services import serve_vulnerabilities
from tests.benchmarks.stopwatch import plain_environment, time_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MANY = 20
NEEDING = 2
"""Packages that need the first of them, and so are published after it."""
WAVES = 2
DELAY = 0.05
"""Seconds that a service takes for an answer."""
_FAR = 0.3
"""Seconds at which calls that can go side by side are seen to, however busy this machine is."""
_ROUNDS = 3
_OLDER = 200
_SAMPLE = 3
_FASTER = 10
_LISTED = "ListReleases"
"""GitHub's list is of all releases of the repository, a hundred a page, and shared by all packages of a run."""
_WHAT = f"publish {MANY} packages, {NEEDING} of which need another"


@dataclass(frozen=True)
class Call:
    """A call to a service, and when it began and was answered, in seconds."""

    service: str
    name: str
    began: float
    ended: float


@dataclass(frozen=True)
class Run:
    """What it took to publish."""

    seconds: float
    cpu: float
    """Seconds of a processor, of the process that publishes."""
    calls: tuple[Call, ...]
    folder: Path
    """Where the releases stand then."""

    @property
    def counts(self) -> Counter[str]:
        """How often each service was asked, and apart from that how many pages GitHub listed releases on."""
        return Counter(f"github: {_LISTED}" if _LISTED in each.name else each.service.lower() for each in self.calls)


@dataclass(frozen=True)
class Yard:
    """Services far away, and a machine that has judged what it publishes there."""

    scratch: Path
    far: Dialogue
    publisher: Dialogue
    tags: tuple[str, ...]

    def publish(self, tags: Sequence[str], delay: float, older: int = 0) -> Run:
        """Publish into services that hold nothing but older versions of the same."""
        self.far.ask("begin", seconds=delay)
        self.far.ask("stock", packages=[tag.partition("/")[0] for tag in tags] if older else [], versions=older)
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        took = self.publisher.ask("publish", tags=tags, folder=str(folder))
        if took["endings"] != dict.fromkeys(tags, "released"):
            raise RuntimeError(f"not everything was released: {took}")
        calls = tuple(Call(**each) for each in self.far.ask("tell"))
        return Run(took["seconds"], took["cpu"], calls, folder)


def measure() -> Iterator[Comparison]:
    """Compare; of twenty packages, three go through the tools of others."""
    return _measure(sample=_SAMPLE)


def measure_fully() -> Iterator[Comparison]:
    """Compare with each of twenty packages going through the tools of others."""
    return _measure(sample=MANY)


def longest_chain(calls: Sequence[Call]) -> list[Call]:
    """Give the most calls of which each began after the one before had been answered."""
    chain: list[Call] = []
    for call in sorted(calls, key=lambda call: call.ended):
        if not chain or call.began >= chain[-1].ended:
            chain.append(call)
    return chain


def _measure(*, sample: int) -> Iterator[Comparison]:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        far = stack.enter_context(_talk("far", scratch, plain_environment(), scratch))
        services: dict[str, str] = far.ask("environment")
        osv = stack.enter_context(serve_vulnerabilities())
        addresses = {"RELEASE_OSV_URL": f"{osv}/v1/query", "RELEASE_PYPI_JSON_URL": f"{osv}/pypi"}
        environment = {**plain_environment(), **services, **addresses}
        yard = _open(stack, scratch, far, environment)
        runs = [yard.publish(yard.tags, DELAY) for _ in range(_ROUNDS)]
        best = min(runs, key=lambda run: run.seconds)
        yield from _compare_chain(yard, best)
        yield _compare_tools(yard, best, OneByOne(scratch, environment), sample)
        yield from _compare_counts(yard)


def _open(stack: ExitStack, scratch: Path, far: Dialogue, environment: Mapping[str, str]) -> Yard:
    """Build and judge the packages, which is in no figure."""
    repository = scratch / "repository"
    repository.mkdir()
    tags = tuple(f"{name}/v0.1.0" for name in make_packages(repository, MANY, needing_first=NEEDING))
    publisher = stack.enter_context(_talk("publisher", repository, environment, scratch, *tags))
    far.ask("tag", tags=publisher.ask("tags"))
    return Yard(scratch, far, publisher, tags)


def _talk(module: str, folder: Path, environment: Mapping[str, str], scratch: Path, *words: str) -> Dialogue:
    name = f"tests.benchmarks.{module}"
    return Dialogue(name, *words, folder=folder, environment=environment, log=scratch / f"{module}.log")


def _compare_chain(yard: Yard, best: Run) -> Iterator[Comparison]:
    alone = min(len(longest_chain(yard.publish(yard.tags[:1], _FAR).calls)) for _ in range(_ROUNDS))
    yield Comparison(
        subject=_WHAT,
        seconds=best.seconds,
        against=f"the longest chain of one: {alone} calls of {DELAY:g} s, in {WAVES} waves",
        against_seconds=alone * DELAY * WAVES,
        times_as_long=2,
    )
    yield Comparison(
        subject=f"{_WHAT}: its processor time",
        seconds=best.cpu,
        against=f"its {len(best.calls):,} calls, one after the other",
        against_seconds=len(best.calls) * DELAY,
    )


def _compare_tools(yard: Yard, best: Run, tools: OneByOne, sample: int) -> Comparison:
    """Time twine and the AWS command line once: they are far behind, and take minutes."""
    tools.prepare()
    yard.far.ask("begin", seconds=DELAY)
    login: dict[str, str] = {}
    seconds = time_once(lambda: login.update(tools.log_in()))
    folders = [best.folder / Path(*tag.split("/v")) for tag in yard.tags[:sample]]
    each = time_once(lambda: tools.publish_all(folders, login))
    how = "" if sample == MANY else f" ({sample} measured, times {MANY}/{sample})"
    return Comparison(
        subject=_WHAT,
        seconds=best.seconds,
        against=f"twine and aws, one after the other, without GitHub{how}",
        against_seconds=seconds + each * MANY / sample,
        times_faster=_FASTER,
    )


def _compare_counts(yard: Yard) -> Iterator[Comparison]:
    """Count the calls for one package, the first time, with one older version there and with many."""
    first, few, many = (yard.publish(yard.tags[:1], 0, older).counts for older in (0, 1, _OLDER))
    for service in sorted(many):
        subject = f"publish 1 package: calls to {service}"
        is_bound = _LISTED not in service
        yield Comparison(
            subject=f"{subject}, {_OLDER} older versions there",
            seconds=many[service],
            against="one older version there",
            against_seconds=few[service],
            unit="calls",
            times_as_long=1 if is_bound else None,
        )
        yield Comparison(
            subject=f"{subject}, the first time",
            seconds=first[service],
            against="one older version there",
            against_seconds=few[service],
            unit="calls",
        )
