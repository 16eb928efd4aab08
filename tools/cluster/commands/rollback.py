"""`rollback`: point a cluster at an earlier lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.commands.volumes import open_doors, open_pointer_signer, open_seal
from cluster.model.layout import Layout
from cluster.steps.rollback import Rollback
from release.job_summary import tell_job
from release.session import Session, json_option
from release.wiring import find_source

if TYPE_CHECKING:
    from cluster.model.pushed import RolledBack

_HEADINGS = ("", "cluster", "from lock", "to lock", "sequence", "seconds")


@click.command()
@click.argument("name")
@click.option("--to", "number", type=click.IntRange(min=1), metavar="N",
              help="The lock's number.  [default: the one before]")  # fmt: skip
@json_option
@click.pass_obj
def command(session: Session, name: str, number: int | None) -> int:
    """Point a cluster at an earlier lock that stands in its volume; nodes install that from their next start on.

    The lock's signature is checked, and that its wheels are there. A new pointer is signed, with a higher sequence, so
    nodes tell it from an old one that somebody puts back. It also says which lock was left, and `push` refuses that
    from then on. `--to` a later lock goes forward again.

    \b
    Examples:
      hatch run cluster rollback nightly-etl
      hatch run cluster rollback nightly-etl --to 3 --json
    """
    source = find_source(session.settings)
    file = ClusterFolder(source.root).read(name)
    signer = open_pointer_signer(session)
    seal, doors = open_seal(session.settings, source), open_doors(session.settings)
    rollback = Rollback(Layout(file.volume, name), doors.volume, seal, signer)
    done = rollback.run(number, has_wheels="volume" in {file.source, file.fallback})
    return _conclude(session, done)


def _conclude(session: Session, done: RolledBack) -> int:
    word, before, pointer = "identical" if done.is_identical else "rolled back", done.before, done.pointer
    seconds = f"{done.seconds:.1f}"
    row = (word, pointer.cluster, str(before.number), str(pointer.number), str(pointer.sequence), seconds)
    tell_job(session, "Rolled back", _HEADINGS, [row])
    if done.runtimes[0] != done.runtimes[1]:
        session.terminal.warn(
            f"lock {pointer.number} is for runtime {done.runtimes[1]}, and {before.number} for {done.runtimes[0]}: "
            "nodes of that refuse it (code runtime) until their cluster has the other runtime and its script"
        )
    if session.as_json:
        session.answer(
            {
                "state": word,
                "cluster": pointer.cluster,
                "before": {"number": before.number, "sequence": before.sequence},
                "lock": {"number": pointer.number, "sha256": pointer.sha256},
                "sequence": pointer.sequence,
                "rolled_back_from": pointer.rolled_back_from,
                "runtimes": done.runtimes,
                "seconds": round(done.seconds, 3),
            }
        )
        return 0
    session.terminal.table(_HEADINGS, [row])
    if not done.is_identical:
        name = pointer.cluster
        session.terminal.say(f"nodes install it from their next start on: hatch run cluster status {name}")
        if pointer.rolled_back_from:
            session.terminal.say(
                f"`cluster push {name}` takes no lock up to {pointer.rolled_back_from} now: lock without what was "
                f"wrong, and push that; --forward, or rollback --to {before.number}, takes this back"
            )
    return 0
