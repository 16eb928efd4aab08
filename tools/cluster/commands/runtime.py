"""`runtime`: Databricks runtimes as data."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster.adapters.described import Describer
from cluster.adapters.runtime_files import RuntimeFiles, capture_environment, parse_capture
from cluster.model.capture import compare
from release.errors import GateRefused, UsageError
from release.session import Session, json_option

if TYPE_CHECKING:
    from cluster.model.capture import Capture, Differences
    from release.model.runtime import Runtime

_HEADINGS = ("runtime", "python", "spark", "pip", "glibc", "pins", "described")


@click.group("runtime")
def command() -> None:
    """Look at Databricks runtimes as data, capture one, and compare."""


@command.command("list")
@json_option
@click.pass_obj
def list_runtimes(session: Session) -> int:
    """List the runtimes whose preinstalled libraries are known; `-` is what nobody knows.

    Described are the libraries whose own needs are known: without them nobody can say what a replacement breaks.

    \b
    Examples:
      hatch run cluster runtime list
      hatch run cluster runtime list --json
    """
    found = [_count(each) for each in RuntimeFiles.discover().read()]
    if session.as_json:
        session.answer({"runtimes": found})
    else:
        rows = ([str(value or "-") for value in each.values()] for each in found)
        session.terminal.table(_HEADINGS, rows)
    return 0


@command.command("describe")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@json_option
@click.pass_obj
def describe_runtimes(session: Session, names: tuple[str, ...]) -> int:
    """Ask the package index what the libraries of NAMES need, or those of every runtime.

    Written down in databricks/runtimes/requires.json, for those that are not in it yet. uv and pip are asked, for each
    runtime once; nothing is installed or built, so what has no wheel stays undescribed.

    \b
    Examples:
      hatch run cluster runtime describe 17.3
      hatch run cluster runtime describe
    """
    files = RuntimeFiles.discover()
    describer = Describer(session.settings.for_tools)
    told: dict[str, list[str]] = {}
    for name in [each.name for each in files.read(names or None)]:
        session.terminal.say(f"{name}: asking for what nobody described yet")
        (runtime,) = files.read([name])  # anew: another runtime may have brought some
        files.describe(describer.describe(runtime))
        (runtime,) = files.read([name])
        told[name] = [str(each) for each in runtime.shipped if not each.is_described]
    if session.as_json:
        session.answer({"runtimes": [{"name": name, "undescribed": rows} for name, rows in told.items()]})
    else:
        rows = [(name, ", ".join(undescribed) or "-") for name, undescribed in told.items()]
        session.terminal.table(("runtime", "undescribed"), rows)
    return 0


@command.command("capture")
@click.option("--python", default="", metavar="PATH", help="The environment's Python.  [default: this process's]")
@click.option("--from", "captured", type=click.Path(path_type=Path), help="What capture_script.py printed elsewhere.")
@click.option("--name", default="", help="Add it to databricks/runtimes under this name.")
@click.option("--output", type=click.Path(path_type=Path), help="Write the table into this file.")
@click.option("--diff", "against", default="", metavar="NAME", help="Compare it with this runtime; write nothing.")
@json_option
@click.pass_obj
def capture_runtime(  # noqa: PLR0913, PLR0917  # one for each option
    session: Session, python: str, captured: Path | None, name: str, output: Path | None, against: str
) -> int:
    """Write a runtime's table from a live environment, or compare one with a table.

    The environment's own Python is asked. On a cluster, run the text of tools/cluster/adapters/capture_script.py in a
    notebook's cell, keep what it prints, and give it to --from. Without --name and --output the table is printed.

    With --diff the code is 12 where anything was added, is missing or moved, and 0 where nothing did.

    \b
    Examples:
      hatch run cluster runtime capture --python /databricks/python/bin/python --diff 15.4
      hatch run cluster runtime capture --from captured.json --name 18.1
      hatch run cluster runtime capture --output table.txt
    """
    found = _read(session, python, captured)
    if against:
        (known,) = RuntimeFiles.discover().read([against])
        return _tell_differences(session, compare(known, found.as_runtime("")), against)
    source = f"captured by `hatch run cluster runtime capture` on {datetime.now(UTC).date()}"
    if name:
        output = RuntimeFiles.discover().add(name, found, source)
    elif output:
        output.write_text(found.as_table(source), encoding="utf-8")
    if session.as_json:
        session.answer({**found.model_dump(mode="json"), "written": str(output) if output else None})
    elif output:
        session.terminal.answer(f"{len(found.distributions)} pins in {output}")
    else:
        click.echo(found.as_table(source), nl=False)
    return 0


def _read(session: Session, python: str, captured: Path | None) -> Capture:
    if python and captured:
        raise UsageError("--python and --from name two environments", hint="give one of them")
    if captured:
        return parse_capture(captured.read_text(encoding="utf-8"), str(captured))
    return capture_environment(python, session.settings.for_tools)


def _tell_differences(session: Session, found: Differences, against: str) -> int:
    if session.as_json:
        session.answer({"against": against, "same": not found, **asdict(found)})
    elif not found:
        session.terminal.answer(f"it is {against}: no pin differs")
    else:
        rows = [("moved", name, was, now) for name, (was, now) in {**found.facts, **found.moved}.items()]
        rows += [("added", name, "-", now) for name, now in found.added.items()]
        rows += [("missing", name, was, "-") for name, was in found.missing.items()]
        session.terminal.table(("", "what", against, "here"), rows)
    return GateRefused.exit_code if found else 0


def _count(runtime: Runtime) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "name": runtime.name,
        "python": runtime.python,
        "spark": runtime.spark,
        "pip": runtime.pip,
        "glibc": runtime.glibc,
    }
    described = sum(each.is_described for each in runtime.shipped)
    return {**facts, "pins": len(runtime.shipped), "described": described}
