"""`prune`: take away what no lock that is kept refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.commands.volumes import open_doors, open_seal
from cluster.steps.prune import Prune
from release.errors import UsageError
from release.job_summary import tell_job
from release.session import Session, json_option
from release.wiring import find_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster.model.pushed import Pruning

_HEADINGS = ("", "path")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--keep", type=click.IntRange(min=1), default=10, show_default=True, metavar="N",
              help="How many of a cluster's newest locks and scripts stay.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Take away what is shown; without it nothing is changed.")
@json_option
@click.pass_obj
def command(session: Session, names: tuple[str, ...], keep: int, *, yes: bool) -> int:
    """Show what may go from the volumes of all clusters, or of those NAMED: locks, scripts and wheels nobody needs.

    Kept are the newest locks of each cluster, whichever its pointer names, every wheel that a kept lock of any cluster
    in the volume refers to, and every init script that a cluster, a policy or a job of the workspace names. Nothing
    goes without --yes.

    \b
    Examples:
      hatch run cluster prune
      hatch run cluster prune nightly-etl --keep 5 --yes --json
    """
    source = find_source(session.settings)
    files = ClusterFolder(source.root)
    volumes: dict[str, list[str]] = {}
    for name in names or files.names:
        volumes.setdefault(files.read(name).volume, []).append(name)
    if not volumes:
        raise UsageError("there is no cluster file", hint="write one: databricks/clusters/<name>.toml")
    seal, doors = open_seal(session.settings, source), open_doors(session.settings)
    named = doors.workspace.named_scripts()
    steps = {path: Prune(path, doors.volume, seal, keep, named) for path in volumes}
    found = [steps[path].find(pruned) for path, pruned in volumes.items()]
    if yes:
        found = [steps[each.volume].carry_out(each, volumes[each.volume]) for each in found]
    return _conclude(session, found, yes=yes)


def _conclude(session: Session, found: Sequence[Pruning], *, yes: bool) -> int:
    word = "removed" if yes else "would go"
    rows = [(word, path) for each in found for path in each.paths]
    tell_job(session, "Pruned" if yes else "What pruning would remove", _HEADINGS, rows)
    if session.as_json:
        documents = [
            {
                "volume": each.volume,
                "kept": each.kept,
                "locks": each.locks,
                "scripts": each.scripts,
                "wheels": each.wheels,
            }
            for each in found
        ]
        session.answer({"volumes": documents, "is_done": yes})
        return 0
    if not rows:
        session.terminal.say("nothing to prune: everything is referred to, or new enough")
        return 0
    session.terminal.table(_HEADINGS, rows)
    if not yes:
        session.terminal.say("nothing was changed: --yes takes these away")
    return 0
