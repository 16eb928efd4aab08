"""The command `cluster`: words in, exit code out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

USAGE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="wheelyard")
def cluster() -> None:
    """Turn published packages into exact, hash-locked installs on Databricks clusters.

    \b
    Example:
      hatch run cluster runtime list
    """


@cluster.group()
def runtime() -> None:
    """Look at Databricks runtimes as data."""


@runtime.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
def list_runtimes(*, as_json: bool) -> int:
    """List the runtimes whose preinstalled libraries are known, and how many each has.

    \b
    Examples:
      hatch run cluster runtime list
      hatch run cluster runtime list --json
    """
    rows = {path.stem: _count_pins(path) for path in sorted(find_runtimes().glob("*.txt"))}
    if not rows:
        raise click.ClickException("databricks/runtimes holds no table; is this the repository's root or below it?")
    if as_json:
        click.echo(json.dumps({"runtimes": [{"name": name, "pins": pins} for name, pins in rows.items()]}, indent=2))
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


def main(words: list[str] | None = None) -> NoReturn:
    """Run a command and end the process with its code."""
    try:
        code = cluster.main(words, prog_name="cluster", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"error: {error.format_message()}", err=True)
        code = USAGE
    except (KeyboardInterrupt, click.Abort):
        code = 130
    sys.exit(code or 0)
