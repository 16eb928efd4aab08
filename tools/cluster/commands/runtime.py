"""`runtime`: Databricks runtimes as data."""

from __future__ import annotations

from pathlib import Path

import click

from release.errors import UsageError
from release.session import Session, json_option


@click.group("runtime")
def command() -> None:
    """Look at Databricks runtimes as data."""


@command.command("list")
@json_option
@click.pass_obj
def list_runtimes(session: Session) -> int:
    """List the runtimes whose preinstalled libraries are known, and how many each has.

    \b
    Examples:
      hatch run cluster runtime list
      hatch run cluster runtime list --json
    """
    rows = {path.stem: _count_pins(path) for path in sorted(find_runtimes().glob("*.txt"))}
    if not rows:
        raise UsageError(
            "databricks/runtimes holds no table", hint="run it in the repository's root, or anywhere below it"
        )
    if session.as_json:
        session.answer({"runtimes": [{"name": name, "pins": pins} for name, pins in rows.items()]})
        return 0
    for name, pins in rows.items():
        click.echo(f"{name:<16} {pins:>4} pins")
    return 0


def find_runtimes() -> Path:
    """Give the folder of runtime tables of the repository around the folder this was called in."""
    here = Path.cwd()
    places = (folder / "databricks" / "runtimes" for folder in (here, *here.parents))
    return next((place for place in places if place.is_dir()), here)


def _count_pins(path: Path) -> int:
    return sum("==" in line and not line.startswith("#") for line in path.read_text(encoding="utf-8").splitlines())
