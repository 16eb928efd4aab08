"""`hatch run scale`: a thousand nodes at once, by the init script, by a plain script, and from the volume."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from tests.scale.fleet import Machine
from tests.scale.simulation import READ, TOKENS, WATCHED, Run, Scale, as_document, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = 5


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--nodes", type=click.IntRange(1, 5000), default=Scale().nodes, help="How many start at once.")
@click.option("--stretch", type=click.FloatRange(1), default=2.0, help="Seconds of this machine for one of the nodes.")
@click.option("--wheels", type=click.IntRange(1, 100), default=10, help="Wheels in the lock.")
@click.option("--spread", type=float, default=Scale().spread, help="Seconds over which the init script spreads.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, with every second and every node.")
@click.pass_context
def main(  # noqa: PLR0913  # one for each word of the command line
    context: click.Context, *, nodes: int, stretch: float, wheels: int, spread: float, as_json: bool
) -> None:
    """Start nodes at once against the stand-in for CodeArtifact, with the quotas of the service.

    All times and rates are the nodes' own. A stretch of 2 gives this machine two seconds for each of them, so that the
    quotas are what nodes wait for, and not its processors.

    Ends with 1 if a node of the init script or of the volume has not got everything, or if one of the init script's was
    throttled for longer than its pauses need.
    """
    scale = Scale(nodes, wheels, spread=spread, machine=Machine(stretch=stretch))
    with TemporaryDirectory() as folder:
        runs = simulate(scale, Path(folder))
    click.echo(as_document(runs, scale) if as_json else describe(runs, scale))
    context.exit(0 if all(run.holds(scale) for run in runs if run.name != "plain script") else 1)


def describe(runs: list[Run], scale: Scale) -> str:
    """Write a table, and what was answered and throttled when."""
    quotas = ", ".join(f"{name} {scale.quotas[name]}" for name in WATCHED)
    least = f"{scale.least(TOKENS):.0f} s for tokens and {scale.least(READ):.0f} s for reads"
    lines = [
        f"{scale.nodes} nodes at once, {scale.wheels} wheels each; quotas a second: {quotas}",
        f"time stretched {scale.machine.stretch:g} times; the quotas alone ask for {least}",
        "",
        f"{'':<14}{'complete':>9}{'failed':>8}{'half':>9}{'last':>9}{'calls':>9}{'throttled':>11}",
    ]
    for run in runs:
        lines += _sum_up(run)
    for run in runs:
        for quota in WATCHED:
            if run.answered[quota]:
                lines += ["", f"{run.name}, {quota}: a second, in steps of {_STEP} s", *_rows(run, quota)]
    return "\n".join(lines)


def _sum_up(run: Run) -> Iterator[str]:
    seconds, failed = run.outcome.seconds, run.outcome.failed
    half, last = (f"{seconds[len(seconds) // 2]:.1f} s", f"{seconds[-1]:.1f} s") if seconds else ("", "")
    calls, refused = (sum(sum(kind[name]) for name in (TOKENS, READ)) for kind in (run.answered, run.throttled))
    counts = f"{len(seconds):>9}{failed.total():>8}{half:>9}{last:>9}{calls + refused:>9}{refused:>11}"
    yield f"{run.name:<14}{counts}"
    yield from (f"{'':<14}{count:>17} {code}" for code, count in failed.most_common())


def _rows(run: Run, quota: str) -> tuple[str, str]:
    pairs = list(zip_longest(run.answered[quota], run.throttled[quota], fillvalue=0))
    steps = [pairs[first : first + _STEP] for first in range(0, len(pairs), _STEP)]
    answered = " ".join(f"{sum(pair[0] for pair in step) / len(step):>4.0f}" for step in steps)
    throttled = " ".join(f"{sum(pair[1] for pair in step) / len(step):>4.0f}" for step in steps)
    return f"  answered  {answered}", f"  throttled {throttled}"


if __name__ == "__main__":
    main(prog_name="hatch run scale")
