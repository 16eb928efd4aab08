"""The guard beside one `uv pip compile` for each runtime, which people use to see whether a set fits."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.requirements import Requirement

from release.adapters.runtimes import RuntimeGuard
from release.adapters.uv import Uv
from release.errors import Unresolvable
from release.settings import Settings
from release.side_by_side import side_by_side
from release.steps.runtime_tables import FOLDER, in_folder, read_runtimes
from tests.benchmarks.comparison import Comparison
from tests.benchmarks.stopwatch import time_in_turn
from tests.guard.sets import SETS
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release.model.runtime import Runtime

RUNTIMES: Final = ("14.3", "15.4", "16.4", "17.3")
_SAMPLE: Final = 9
"""Every so many sets, one is measured."""


@dataclass(frozen=True)
class Rivals:
    """Both ways to ask about a set on each runtime, side by side, at the index that uv is set up for."""

    runtimes: tuple[Runtime, ...]
    sets: tuple[Sequence[str], ...]
    scratch: Path

    def ask_guard(self) -> None:
        """Ask the guard, as one command does: it lays each runtime once."""
        guard = RuntimeGuard(_environment(), self.scratch)

        def ask(asked: tuple[Runtime, Sequence[str]]) -> None:
            runtime, wanted = asked
            try:
                guard.ask(runtime, [Requirement(each) for each in wanted])
            except Unresolvable:  # an answer too
                return

        side_by_side(ask, self._pairs)

    def compile_each(self) -> None:
        """Resolve each set with the runtime's table as constraints."""

        def ask(asked: tuple[Runtime, Sequence[str]]) -> None:
            runtime, wanted = asked
            place = Path(tempfile.mkdtemp(dir=self.scratch))
            (place / "requirements.in").write_text("".join(f"{each}\n" for each in wanted))
            words = ["pip", "compile", "requirements.in", "--constraints", str(ROOT / FOLDER / f"{runtime.name}.txt")]
            words += ["--python-version", runtime.python, "--python-platform", "linux", "--only-binary", ":all:"]
            Uv(_environment()).ask(*words, "--no-header", cwd=place)

        side_by_side(ask, self._pairs)

    @property
    def _pairs(self) -> list[tuple[Runtime, Sequence[str]]]:
        return [(runtime, wanted) for wanted in self.sets for runtime in self.runtimes]


def measure() -> Iterator[Comparison]:
    """Compare with one set of every few."""
    return _measure(SETS[::_SAMPLE])


def measure_fully() -> Iterator[Comparison]:
    """Compare with all sets."""
    return _measure(SETS)


def _measure(sets: tuple[Sequence[str], ...]) -> Iterator[Comparison]:
    with tempfile.TemporaryDirectory() as scratch:
        rivals = Rivals(read_runtimes(in_folder(ROOT), RUNTIMES), sets, Path(scratch).resolve())
        rivals.ask_guard()  # so that both find what the other has fetched
        rivals.compile_each()
        ours, theirs = time_in_turn(rivals.ask_guard, rivals.compile_each)
    yield Comparison(
        subject=f"guard: {len(sets)} sets on {len(RUNTIMES)} runtimes",
        seconds=ours,
        against="one `uv pip compile` for each runtime",
        against_seconds=theirs,
        times_faster=1,
    )


def _environment() -> dict[str, str]:
    return Settings(dict(os.environ)).for_tools
