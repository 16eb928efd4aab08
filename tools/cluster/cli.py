"""The command `cluster`: words in, exit code out."""

from __future__ import annotations

from typing import NoReturn

import click

from release.program import Commands, run_program


class ClusterCommands(Commands):
    """The commands of `cluster`."""

    home = "cluster.commands"
    known = ("list", "status", "check", "lock", "render", "bundle", "push", "rollback", "prune", "runtime")


@click.command(
    cls=ClusterCommands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 done or identical, 1 defect, 2 usage, 10 refused, 12 would replace what a runtime ships, "
    "13 an index could not be asked, 14 conflict, 15 incomplete, 16 verification.",
)
@click.version_option(package_name="wheelyard")
def cluster() -> None:
    """Turn published packages into exact, hash-locked installs on Databricks clusters.

    \b
    Examples:
      hatch run cluster check                    would any package break a runtime?
      hatch run cluster lock nightly-etl         exact versions for a cluster
      hatch run cluster push nightly-etl         into its volume; `rollback nightly-etl` goes back
    """


def main(words: list[str] | None = None) -> NoReturn:
    """Run a command and end the process with its code."""
    run_program(cluster, "cluster", words)
