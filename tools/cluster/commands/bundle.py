"""`bundle`: a wheelhouse for clusters without network."""

from __future__ import annotations

from pathlib import Path

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.locks import LockFolder
from cluster.adapters.runtime_room import RuntimeRoom
from cluster.model.standing import compare
from cluster.steps.bundle import Bundled, assemble, prove_bundle, put, require_free, require_signed
from cluster.wiring import find_origin, open_wheels, runtime_reader
from release.adapters.disk import add_file, exclusive
from release.session import Session, json_option
from release.wiring import find_source, open_consumer, open_scratch


@click.command()
@click.argument("name")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Where to.  [default: dist/clusters/NAME/<number>/wheelhouse]")  # fmt: skip
@click.option("--from", "origin", metavar="TARGET",
              help="Where wheels come from.  [default: codeartifact if it is set up, else local]")  # fmt: skip
@click.option("--python", default="", metavar="PATH",
              help="The interpreter to prove it with; of the runtime's minor version.")  # fmt: skip
@json_option
@click.pass_obj
def command(session: Session, name: str, output: Path | None, origin: str | None, python: str) -> int:
    """Make a wheelhouse of the lock of NAME: exactly the wheels that its runtime lacks, with lock and evidence.

    Each wheel is brought by its digest. Before anything is written, the whole is installed with `--no-index` by the
    runtime's own Python into an environment that has everything the runtime ships as metadata: what was there before
    has to be untouched, and no need may be unmet that was met before. Without that Python nothing is proven, and the
    code is 13. Other bytes are never overwritten.

    \b
    Examples:
      hatch run cluster bundle analytics-shared
      hatch run cluster bundle analytics-shared --output /media/usb/analytics --from s3 --json
    """
    source = find_source(session.settings)
    kept, consumer = LockFolder(source).read(name), open_consumer(session.settings, source)
    file = ClusterFolder(source.root).read(name)
    lock, line = require_signed(name, kept, consumer)
    runtime = runtime_reader(source)(lock.runtime)
    for said in compare(file, runtime, lock):
        session.terminal.warn(f"{name}: {said}")
    folder = output or source.root / "dist" / "clusters" / name / str(lock.number) / "wheelhouse"
    with open_scratch() as scratch, exclusive(source.root / "dist" / ".bundling"):
        made = scratch / "made"
        wheels = open_wheels(session.settings, source, lock, find_origin(session.settings, origin), scratch)
        assemble(lock, line, wheels, made, folder / "wheels")
        require_free(made, folder)
        rehearsal = prove_bundle(lock, runtime, made, RuntimeRoom(session.settings.for_tools, scratch, python))
        size = sum(path.stat().st_size for path in (made / "wheels").iterdir())
        _conclude(session, lock.number, Bundled(folder, rehearsal, size, put(made, folder, add_file)))
    return 0


def _conclude(session: Session, number: int, done: Bundled) -> None:
    state = "bundled" if done.is_new else "identical"
    wheels = sorted(path.name for path in (done.folder / "wheels").glob("*.whl"))
    if session.as_json:
        document = {"state": state, "folder": str(done.folder), "lock": number, "bytes": done.size, "wheels": wheels}
        session.answer(document | {"python": done.rehearsal.python, "pip": done.rehearsal.pip})
        return
    proof = f"installed without an index by pip {done.rehearsal.pip} on Python {done.rehearsal.python}"
    session.terminal.answer(
        f"{state}: {done.folder}: {len(wheels)} wheels, {done.size / 1e6:.1f} MB, of lock {number}; {proof} beside "
        f"{len(done.rehearsal.before)} distributions of the runtime, none of which changed"
    )
