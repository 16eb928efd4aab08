"""`render`: one lock in every form in which Databricks can be told of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.locks import LockFolder
from cluster.commands.volumes import open_doors
from cluster.model.layout import Layout
from cluster.steps.render.documents import render_documents
from cluster.steps.render.node_script import Scripts
from cluster.steps.render.proven import Judge
from cluster.steps.render.pushed_script import find_floor
from cluster.steps.seal import Seal
from cluster.wiring import runtime_reader
from release.adapters.disk import replace_file
from release.errors import Conflict, UsageError
from release.session import Session, json_option
from release.wiring import find_source, open_consumer

if TYPE_CHECKING:
    from cluster.model.lock import ClusterLock
    from cluster.steps.render.documents import Rendered

_HEADINGS = ("file", "bytes")


@click.command()
@click.argument("name")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Write here.  [default: dist/clusters/NAME/NUMBER]")  # fmt: skip
@click.option("--floor", type=click.IntRange(min=1), metavar="N",
              help="The lowest sequence of a pointer that nodes take.  [default: 1, as at a first push]")  # fmt: skip
@click.option("--pushed", is_flag=True, help="Name the init script that stands in the volume, once it was pushed.")
@json_option
@click.pass_obj
def command(session: Session, name: str, output: Path | None, floor: int | None, *, pushed: bool) -> int:
    """Write the lock of a cluster as init script, compute policy, bundle, Terraform and serverless environment.

    Nothing is sent anywhere. The same lock and settings are the same bytes. What stands in `libraries` installs the
    same wheels by a policy's libraries, without an init script. The lock has to be of the cluster file as it is, and
    signed by a key that is trusted: `trusted-keys` in [tool.release], or this machine's own where it names none.
    With --pushed the workspace of DATABRICKS_HOST and DATABRICKS_TOKEN is asked which script a cluster is to name.

    \b
    Examples:
      hatch run cluster render nightly-etl
      hatch run cluster render nightly-etl --pushed
      hatch run cluster render nightly-etl --output review --json
    """
    if pushed and floor:
        raise UsageError("--pushed finds the floor by itself", hint="leave out --floor, or --pushed")
    source = find_source(session.settings)
    file = ClusterFolder(source.root).read(name)
    runtime = runtime_reader(source)(file.runtime)
    consumer = open_consumer(session.settings, source)
    judge = Judge(Seal(consumer.trust, consumer.signatures))
    lock = judge.require(name, file, runtime, LockFolder(source).read(name))
    scripts = Scripts(source.root / "databricks", consumer.trust, consumer.repository, session.settings)
    make = scripts.maker(name, file, runtime)
    if pushed and make:
        floor = find_floor(Layout(file.volume, name), open_doors(session.settings).volume, make)
    rendered = render_documents(file, lock, make(floor or 1) if make else b"")
    place = output or source.root / "dist" / "clusters" / name / str(lock.number)
    _require_free(place, rendered)
    for path, content in rendered.files.items():
        replace_file(place / path, content)
    return _conclude(session, lock, rendered, place)


def _require_free(place: Path, rendered: Rendered) -> None:
    """Refuse to write over files that are somebody else's: where nothing was rendered before, there is no lock."""
    if (place / "lock.txt").is_file():
        return
    for path, content in rendered.files.items():
        if (place / path).is_file() and (place / path).read_bytes() != content:
            raise Conflict(
                f"{place / path} is there, and was not rendered: it is left as it is, and nothing was written",
                hint="name another folder (--output), or move that file away",
            )


def _conclude(session: Session, lock: ClusterLock, rendered: Rendered, place: Path) -> int:
    if session.as_json:
        said = {"name": lock.cluster, "number": lock.number, "sha256": lock.sha256, "folder": str(place)}
        session.answer({**said, "script": rendered.script or None, "files": sorted(rendered.files)})
        return 0
    rows = [(str(place / path), str(len(content))) for path, content in rendered.files.items()]
    session.terminal.table(_HEADINGS, rows)
    if rendered.script:
        session.terminal.say(f"they name {rendered.script}, where `hatch run cluster push {lock.cluster}` puts it")
    return 0
