"""`list`: the cluster files, their locks, and what is behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.locks import LockFolder
from cluster.steps.survey import find_newer, survey
from cluster.wiring import open_ours, runtime_reader
from release.errors import UsageError
from release.session import Session, json_option
from release.targets import require_names
from release.wiring import find_source, open_consumer, open_scratch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster.model.standing import Standing
    from release.adapters.git import Git

_HEADINGS = ("cluster", "runtime", "source", "lock", "wheels", "behind")


@click.command()
@click.option("--from", "origin", metavar="TARGET", help="Ask this target for newer releases of our own packages.")
@json_option
@click.pass_obj
def command(session: Session, origin: str | None) -> int:
    """List the cluster files: runtime, source, the number of the lock, and what makes that another than it should be.

    A lock is behind where its cluster file asks for other versions by now, where the runtime's table is another, and
    with --from where newer releases of our own packages are on offer that the cluster file lets in. Nothing is
    changed, and without --from nobody is asked.

    \b
    Examples:
      hatch run cluster list
      hatch run cluster list --from codeartifact --json
    """
    source = find_source(session.settings)
    files = ClusterFolder(source.root)
    if not files.names:
        raise UsageError("there is no cluster file", hint="write one: databricks/clusters/<name>.toml")
    consumer = open_consumer(session.settings, source)
    found: Sequence[Standing] = survey(files.names, files, LockFolder(source), runtime_reader(source), consumer)
    if origin:
        found = _look_further(session, source, origin, found)
    if session.as_json:
        session.answer({"clusters": [_document(each) for each in found]})
    else:
        session.terminal.table(_HEADINGS, [_row(each) for each in found])
    return 0


def _look_further(session: Session, source: Git, origin: str, found: Sequence[Standing]) -> list[Standing]:
    require_names([origin])
    with open_scratch() as scratch:
        ours = open_ours(session.settings, source, origin, scratch)
        return [replace(each, newer=find_newer(each, ours)) for each in found]


def _row(standing: Standing) -> tuple[str, ...]:
    file, lock = standing.file, standing.lock
    where = " then ".join(filter(None, (file.source, file.fallback))) if file else ""
    number, wheels = (str(lock.number), str(len(lock.wheels))) if lock else ("none", "")
    return (standing.name, file.runtime if file else "", where, number, wheels, standing.said)


def _document(standing: Standing) -> dict[str, object]:
    file, lock = standing.file, standing.lock
    return {
        "name": standing.name,
        "runtime": file.runtime if file else None,
        "source": file.source if file else None,
        "fallback": file.fallback if file else None,
        "channel": file.channel if file else None,
        "lock": {"number": lock.number, "sha256": lock.sha256, "as_of": lock.as_of, "wheels": len(lock.wheels)}
        if lock
        else None,
        "behind": standing.behind,
        "unsigned": standing.unsigned,
        "newer": {name: str(version) for name, version in standing.newer.items()},
    }
