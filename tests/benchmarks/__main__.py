"""`hatch run bench`: every comparison with its bound, and exit code 1 if one does not hold."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import ModuleType

    from tests.benchmarks.comparison import Comparison

OF_TOOLS = ("release", "trust", "history", "reconcile", "publishing", "guard", "locks")
OF_PACKAGES = {
    path.parent.name.replace("-", "_"): path
    for path in sorted(Path(__file__).parents[2].glob("packages/*/benchmark.py"))
}
"""What packages measure of their own: each `packages/<name>/benchmark.py` has a `measure` too."""
NAMES = (*OF_TOOLS, *OF_PACKAGES)
_WIDE = 200  # where no terminal has a width, no line is cut


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, metavar="[NAME]...", type=click.Choice(NAMES))
@click.option("--full", is_flag=True, help="Measure all of what is otherwise measured in part and multiplied.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def main(context: click.Context, names: Sequence[str], *, full: bool, as_json: bool) -> None:
    """Measure what NAMES stand for, or everything.

    They are: release, trust, history, reconcile, publishing, guard, locks, and packages that have a benchmark.py, by
    the names they are imported by.
    """
    comparisons = list(measure(names or NAMES, full=full))
    show_document(comparisons) if as_json else show_table(comparisons)
    context.exit(0 if all(each.holds for each in comparisons) else 1)


def measure(names: Iterable[str], *, full: bool) -> Iterator[Comparison]:
    """Measure one subject after the other, and say on standard error what is being done."""
    for name in names:
        click.echo(f"measuring {name}", err=True)
        module = load(name)
        yield from getattr(module, "measure_fully", module.measure)() if full else module.measure()


def load(name: str) -> ModuleType:
    """Import what measures a subject."""
    if name not in OF_PACKAGES:
        return importlib.import_module(f"tests.benchmarks.{name}")
    spec = importlib.util.spec_from_file_location(f"benchmark_of_{name}", OF_PACKAGES[name])
    if spec is None or spec.loader is None:
        raise ImportError(f"{OF_PACKAGES[name]} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def show_document(comparisons: Iterable[Comparison]) -> None:
    """Print every figure."""
    rows = [
        {
            "subject": each.subject,
            "seconds": round(each.seconds, 3),
            "against": each.against,
            "against_seconds": round(each.against_seconds, 3),
            "unit": each.unit,
            "ratio": round(each.ratio, 2),
            "times_faster": each.times_faster,
            "times_as_long": each.times_as_long,
            "holds": each.holds,
        }
        for each in comparisons
    ]
    click.echo(json.dumps({"comparisons": rows}, indent=2))


def show_table(comparisons: Iterable[Comparison]) -> None:
    """Print a line for each."""
    table = Table("subject", "", "against", "", "ratio", "asked", "holds", box=None, pad_edge=False)
    for each in comparisons:
        figures = (f"{each.seconds:.2f} {each.unit}", f"{each.against_seconds:.2f} {each.unit}")
        asked = bound_of(each)
        holds = "" if not asked else "yes" if each.holds else "NO"
        table.add_row(each.subject, figures[0], each.against, figures[1], f"{each.ratio:.1f}", asked, holds)
    Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE).print(table)


def bound_of(comparison: Comparison) -> str:
    """Say what is asked of a comparison; nothing where it is only shown."""
    faster = [f"{comparison.times_faster:g}x faster"] if comparison.times_faster else []
    longer = [f"at most {comparison.times_as_long:g}x as much"] if comparison.times_as_long else []
    return ", ".join([*faster, *longer])


if __name__ == "__main__":
    main()
