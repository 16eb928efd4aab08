"""Signatures: what they add to a release, and what it takes to verify one release, or a hundred."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import tomli

from tests.benchmarks.comparison import Comparison
from tests.benchmarks.repositories import make_packages
from tests.benchmarks.services import serve_vulnerabilities
from tests.benchmarks.stopwatch import plain_environment, run, time_in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANY = 100
_SAMPLE = 10
_ROUNDS = 3
_VOUCHING = Path(__file__).with_name("vouching.py")
_VERIFY_PY = Path(__file__).parents[2] / "databricks" / "verify.py"


@dataclass(frozen=True)
class Released:
    """A repository of releases in its own `dist`, signed by the key of a machine that has no other."""

    repository: Path
    tags: tuple[str, ...]
    key: Path
    environment: Mapping[str, str]

    def vouch(self) -> float:
        """Sign and verify one release in a process that has imported what a release needs; give the seconds."""
        words = (sys.executable, "-I", _VOUCHING, self.tags[0])
        process = subprocess.run(
            words, cwd=self.repository, env=self.environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return float(process.stdout)

    def verify(self, *tags: str) -> None:
        """Verify releases in one process."""
        run((sys.executable, "-m", "release", "verify", *tags), self.repository, self.environment)

    def verify_apart(self, count: int) -> None:
        """Verify some releases in a process each."""
        for tag in self.tags[:count]:
            self.verify(tag)

    def verify_alone(self) -> None:
        """Verify a wheel as a node of a cluster does, without this project."""
        package, _, version = self.tags[0].partition("/v")
        (wheel,) = (self.repository / "dist" / package / version).glob("*.whl")
        policy = tomli.loads((self.repository / "pyproject.toml").read_text())["tool"]["release"]
        pinned = ("--key", self.key, "--repository", policy["repository"])
        run((sys.executable, "-I", _VERIFY_PY, *pinned, wheel), self.repository, self.environment)


def measure() -> Iterator[Comparison]:
    """Compare; of a hundred processes, ten are measured."""
    return _measure(sample=_SAMPLE)


def measure_fully() -> Iterator[Comparison]:
    """Compare with a hundred processes."""
    return _measure(sample=MANY)


def _measure(*, sample: int) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as scratch:
        released = _release(Path(scratch).resolve())
        yield Comparison(
            subject="sign and verify: what they add to 1 release",
            seconds=min(released.vouch() for _ in range(_ROUNDS)),
            against="half a second",
            against_seconds=0.5,
            times_as_long=1,
        )
        yield from _compare_many(released, sample)
        yield from _compare_alone(released)


def _release(scratch: Path) -> Released:
    """Release every package once, before the clock starts."""
    repository, config = scratch / "repository", scratch / "config"
    repository.mkdir()
    names = make_packages(repository, MANY)
    environment = {**plain_environment(), "XDG_CONFIG_HOME": str(config)}
    with ExitStack() as stack:
        address = stack.enter_context(serve_vulnerabilities())
        services = {"RELEASE_OSV_URL": f"{address}/v1/query", "RELEASE_PYPI_JSON_URL": f"{address}/pypi"}
        run((sys.executable, "-m", "release"), repository, {**environment, **services})
    tags = tuple(f"{name}/v0.1.0" for name in names)
    return Released(repository, tags, config / "wheelyard" / "signing-key.pub", environment)


def _compare_many(released: Released, sample: int) -> Iterator[Comparison]:
    together, apart = time_in_turn(
        lambda: released.verify(*released.tags), lambda: released.verify_apart(sample), rounds=_ROUNDS
    )
    how = "" if sample == MANY else f" ({sample} measured, times {MANY}/{sample})"
    yield Comparison(
        subject=f"`release verify`: {MANY} releases",
        seconds=together,
        against=f"{MANY} processes, one each{how}",
        against_seconds=apart * MANY / sample,
        times_faster=20,
    )


def _compare_alone(released: Released) -> Iterator[Comparison]:
    alone, tool = time_in_turn(released.verify_alone, lambda: released.verify(released.tags[0]), rounds=_ROUNDS)
    subject = "verify.py: 1 wheel, with Python's start"
    yield Comparison(subject=subject, seconds=alone, against="one second", against_seconds=1, times_as_long=1)
    yield Comparison(subject=subject, seconds=alone, against="`release verify` of it", against_seconds=tool)
