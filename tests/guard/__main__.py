"""`hatch run guard`: the guard beside the pip of each runtime, set by set; exit code 1 if they agree too seldom."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from packaging.requirements import Requirement

from release.adapters.runtimes import RuntimeGuard
from release.errors import Unresolvable
from release.model.compatibility import Effect
from release.model.fates import judge
from release.settings import Settings
from release.steps.runtime_tables import in_folder, read_runtimes
from tests.guard.judge import Node, Verdict
from tests.guard.sets import SETS
from tests.repository.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from release.model.runtime import Runtime

RUNTIMES: Final = ("14.3", "15.4", "16.4", "17.3")
ASKED: Final = 117 / 120
"""The share that has to agree."""


@dataclass(frozen=True)
class Case:
    """One set on one runtime, as both see it."""

    runtime: str
    wanted: Sequence[str]
    guard: Verdict
    pip: Verdict
    guard_seconds: float
    pip_seconds: float

    @property
    def agrees(self) -> bool:
        """Whether both would install the same versions, and break the same."""
        return self.guard == self.pip

    @property
    def difference(self) -> str:
        """What each says that the other does not."""
        ours, theirs = self.guard.installed, self.pip.installed
        if ours is None or theirs is None:
            return f"guard: {_said(ours)}; pip: {_said(theirs)}"
        names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        said = [f"{name}: guard {ours.get(name, 'as it is')}, pip {theirs.get(name, 'as it is')}" for name in names]
        broken = sorted(self.guard.broken ^ self.pip.broken)
        return "; ".join([*said, *([f"broken by one alone: {', '.join(broken)}"] if broken else [])])


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--runtime", "names", multiple=True, default=RUNTIMES, show_default=True, help="Repeatable.")
@click.option("--only", default="", metavar="TEXT", help="Only sets that have this in a requirement.")
@click.pass_context
def main(context: click.Context, names: Sequence[str], only: str) -> None:
    """Ask the guard and pip what installing each set on each runtime would do."""
    runtimes = read_runtimes(in_folder(ROOT), names)
    sets = [each for each in SETS if any(only in requirement for requirement in each)]
    with tempfile.TemporaryDirectory(prefix="guard-") as scratch, ThreadPoolExecutor(2) as pool:
        cases = [
            case
            for found in pool.map(lambda runtime: compare(runtime, sets, Path(scratch).resolve()), runtimes)
            for case in found
        ]
    show(cases)
    context.exit(0 if sum(each.agrees for each in cases) >= ASKED * len(cases) else 1)


def compare(
    runtime: Runtime, sets: Iterable[Sequence[str]], scratch: Path, pip: Mapping[str, str] | None = None
) -> list[Case]:
    """Ask both about each set; `pip` are variables that lead pip to an index."""
    guard = RuntimeGuard(Settings(dict(os.environ)).for_tools, scratch)
    node = Node.build(runtime, scratch, pip or {})
    cases = []
    for wanted in sets:
        begun = time.perf_counter()
        said = ask_guard(guard, runtime, wanted)
        between = time.perf_counter()
        cases.append(Case(runtime.name, wanted, said, node.ask(wanted), between - begun, time.perf_counter() - between))
        if not cases[-1].agrees:
            click.echo(f"{runtime.name}: {', '.join(wanted)}: {cases[-1].difference}", err=True)
    return cases


def ask_guard(guard: RuntimeGuard, runtime: Runtime, wanted: Sequence[str]) -> Verdict:
    """Ask the guard, in the judge's words."""
    requirements = [Requirement(each) for each in wanted]
    try:
        answer = guard.ask(runtime, requirements)
    except Unresolvable:
        return Verdict(None, frozenset())
    found = judge(runtime, requirements, answer)
    new = {each.name: each.chosen for each in found.fates if each.effect is not Effect.SATISFIED}
    return Verdict(new, frozenset(found.breaks or {}))


def show(cases: Sequence[Case]) -> None:
    """Print what was found."""
    agreeing = [each for each in cases if each.agrees]
    replacing = [each for each in agreeing if each.guard.broken]
    for runtime in dict.fromkeys(each.runtime for each in cases):
        these = [each for each in cases if each.runtime == runtime]
        click.echo(
            f"{runtime:<6} {sum(each.agrees for each in these):>3} of {len(these)}"
            f"   guard {sum(each.guard_seconds for each in these):.1f} s"
            f"   pip {sum(each.pip_seconds for each in these):.1f} s"
        )
    click.echo(f"agreement: {len(agreeing)} of {len(cases)}, of which {len(replacing)} break what the runtime ships")


def _said(installed: Mapping[str, str] | None) -> str:
    return "nothing fits" if installed is None else f"{len(installed)} would be installed"


if __name__ == "__main__":
    main()
