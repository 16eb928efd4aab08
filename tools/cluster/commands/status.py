"""`status`: one cluster file, its lock, and what its clusters really have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.databricks_sdk import NEEDS
from cluster.adapters.locks import LockFolder
from cluster.commands.volumes import open_doors, open_seal
from cluster.model.judgement import Verdict
from cluster.model.layout import Layout
from cluster.steps.observe import Observe
from cluster.steps.survey import survey
from cluster.wiring import runtime_reader
from release.errors import UsageError
from release.job_summary import tell_job
from release.session import Session, json_option
from release.wiring import find_source, open_consumer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster.model.judgement import Judgement
    from cluster.model.lock import ClusterLock
    from cluster.model.observation import Observation
    from cluster.model.observed import Cluster
    from cluster.model.promise import Pointer
    from cluster.model.standing import Standing
    from release.adapters.git import Git

_HEADINGS = ("verdict", "cluster", "state", "since", "why")
Judged = tuple["Observation", "Judgement"]


@click.command()
@click.argument("name")
@click.option("--cluster-id", "ids", multiple=True, metavar="ID",
              help="A cluster to look at; repeatable.  [default: of its name or init script]")  # fmt: skip
@json_option
@click.pass_obj
def command(session: Session, name: str, ids: tuple[str, ...]) -> int:
    """Show the lock of a cluster file and what is behind; with a workspace, what its clusters really have.

    A cluster is `as locked`, `stale` (it needs a restart to get the lock that is pointed at), `drifted` (it has
    something else), `failed` or `unknown`, with the reason and what to do next. DATABRICKS_HOST and DATABRICKS_TOKEN
    name the workspace; nothing is changed there. The exit code is 0 whatever the verdict is: --json tells programs.

    \b
    Examples:
      hatch run cluster status nightly-etl
      hatch run cluster status nightly-etl --cluster-id 0123-456789-abcdefgh --json
    """
    source = find_source(session.settings)
    file = ClusterFolder(source.root).read(name)
    standing = _stand(session, source, name)
    if missing := session.settings.missing(NEEDS):
        if ids:
            raise UsageError(f"settings are missing: {', '.join(missing)}", hint="--cluster-id asks a workspace")
        return _conclude(session, standing, None, (), missing)
    layout, doors = Layout(file.volume, name), open_doors(session.settings)
    observe = Observe(layout, doors.volume, doors.workspace, open_seal(session.settings, source))
    seen = () if file.is_serverless and not ids else observe.run(ids)
    pointer = seen[0].pointer if seen else observe.pointer()
    return _conclude(session, standing, pointer, [(each, each.judge()) for each in seen], ())


def _stand(session: Session, source: Git, name: str) -> Standing:
    consumer = open_consumer(session.settings, source)
    return survey([name], ClusterFolder(source.root), LockFolder(source), runtime_reader(source), consumer)[0]


def _conclude(
    session: Session,
    standing: Standing,
    pointer: Pointer | None,
    judged: Sequence[Judged],
    missing: Sequence[str],
) -> int:
    rows = [_row(*each) for each in judged]
    tell_job(session, f"Clusters of {standing.name}", _HEADINGS, rows)
    if session.as_json:
        session.answer(_document(standing, pointer, judged, is_asked=not missing))
        return 0
    for line in _say(standing, pointer, missing):
        session.terminal.answer(line)
    if judged:
        session.terminal.table(_HEADINGS, rows)
    elif not missing:
        session.terminal.answer(_nothing(standing))
    for observation, judgement in judged:
        if judgement.verdict is not Verdict.AS_LOCKED or judgement.next:
            log = f"\n  log:  {judgement.log}" if judgement.log else ""
            next_step = f"\n  next: {judgement.next}" if judgement.next else ""
            session.terminal.answer(f"{_called(observation.cluster)}: {judgement.verdict}{log}{next_step}")
    return 0


def _say(standing: Standing, pointer: Pointer | None, missing: Sequence[str]) -> list[str]:
    """Say of lock and pointer what there is to say, a line for each."""
    lock = standing.lock
    told = [f"lock:    {lock.number} of {lock.as_of}, {len(lock.wheels)} wheels" if lock else "lock:    none"]
    told += [f"behind:  {standing.said}: hatch run cluster lock {standing.name}"] if standing.said else []
    if pointer:
        told.append(f"pointer: at lock {pointer.number}, sequence {pointer.sequence}{_ahead(lock, pointer)}")
    if missing:
        told.append(f"what clusters have is not known: {' and '.join(NEEDS)} have to name a workspace")
    return told


def _ahead(lock: ClusterLock | None, pointer: Pointer) -> str:
    """Say what keeps the newest lock from nodes."""
    if lock is None or lock.number <= pointer.number:
        return ""
    if pointer.has_left(lock.number):
        return f"; somebody has rolled back from lock {pointer.rolled_back_from}"
    return f"; lock {lock.number} is not pushed"


def _nothing(standing: Standing) -> str:
    if standing.file and standing.file.is_serverless:
        return "serverless compute has no clusters: its environment installs what env.yaml names, each time"
    return (
        f"no cluster in the workspace is called {standing.name} or names its init script, as far as this token may "
        "see: --cluster-id names one"
    )


def _row(observation: Observation, judgement: Judgement) -> tuple[str, ...]:
    cluster = observation.cluster
    since = cluster.started.strftime("%Y-%m-%d %H:%M") if cluster.started else ""
    return (judgement.verdict, _called(cluster), cluster.state, since, judgement.why)


def _called(cluster: Cluster) -> str:
    return f"{cluster.name} ({cluster.id})"


def _document(
    standing: Standing, pointer: Pointer | None, judged: Sequence[Judged], *, is_asked: bool
) -> dict[str, object]:
    lock = standing.lock
    return {
        "name": standing.name,
        "lock": {"number": lock.number, "sha256": lock.sha256, "as_of": lock.as_of} if lock else None,
        "behind": standing.behind,
        "unsigned": standing.unsigned,
        "workspace": is_asked,
        "pointer": {
            "number": pointer.number,
            "sequence": pointer.sequence,
            "rolled_back_from": pointer.rolled_back_from,
        }
        if pointer
        else None,
        "clusters": [_judged(*each) for each in judged],
    }


def _judged(observation: Observation, judgement: Judgement) -> dict[str, object]:
    cluster = observation.cluster
    return {
        "id": cluster.id,
        "name": cluster.name,
        "state": cluster.state,
        "started": cluster.started and cluster.started.isoformat(),
        "verdict": judgement.verdict,
        "why": judgement.why,
        "next": judgement.next,
        "log": judgement.log,
        "nodes": [
            {
                "node": each.node,
                "role": each.role,
                "ok": each.is_ok,
                "lock": each.lock,
                "pointer": each.pointer,
                "code": each.code,
            }
            for each in observation.lines
        ],
        "libraries": [{"kind": each.kind, "name": each.name, "status": each.status} for each in observation.libraries],
    }
