"""`push`: a lock and everything that it refers to, into its volume."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.locks import LockFolder
from cluster.commands.volumes import open_doors, open_pointer_signer, open_seal
from cluster.model.layout import Layout
from cluster.steps.allow_list import Allowing
from cluster.steps.push import Cargo, Push
from cluster.steps.render.node_script import Scripts
from cluster.steps.render.proven import Judge
from cluster.wiring import find_origin, open_wheels, runtime_reader
from release.errors import UsageError
from release.job_summary import tell_job
from release.session import Session, json_option
from release.wiring import find_source, open_scratch

if TYPE_CHECKING:
    from cluster.model.pushed import Pushed

_HEADINGS = ("", "cluster", "lock", "sequence", "files")


@click.command()
@click.argument("name")
@click.option("--from", "origin", metavar="TARGET",
              help="Where wheels come from: codeartifact, local, index, s3.  [default: codeartifact if it is set up, "
                   "else local]")  # fmt: skip
@click.option("--forward", is_flag=True, help="Point at a lock that somebody has rolled back from all the same.")
@click.option("--allow", is_flag=True, help="Put its init scripts on the metastore's allow-list, for standard mode.")
@json_option
@click.pass_obj
def command(session: Session, name: str, origin: str | None, *, forward: bool, allow: bool) -> int:
    """Bring the lock of a cluster into its volume: wheels, evidence, signatures, init script; the pointer at it last.

    Nothing in the volume is overwritten but the pointer, which is signed. What was sent is read back. A run that was
    stopped goes on where it was: what is there is not sent again, and where everything is, it says so. A lock that
    somebody has rolled back from is refused; one with a higher number is not.
    DATABRICKS_HOST and DATABRICKS_TOKEN name the workspace.

    \b
    Examples:
      hatch run cluster push nightly-etl
      hatch run cluster push analytics-shared --from codeartifact --allow --json
    """
    source = find_source(session.settings)
    file = ClusterFolder(source.root).read(name)
    if allow and file.is_serverless:
        raise UsageError("serverless compute takes no init script", hint="leave out --allow")
    runtime = runtime_reader(source)(file.runtime)
    signer = open_pointer_signer(session)
    seal, kept = open_seal(session.settings, source), LockFolder(source).read(name)
    lock = Judge(seal).require(name, file, runtime, kept)
    policy = session.settings.policy(source.read)
    render = Scripts(source.root / "databricks", seal.trust, policy.repository, session.settings).maker(
        name, file, runtime
    )
    doors, layout = open_doors(session.settings), Layout(file.volume, name)
    allowing = Allowing(doors.allow_list, f"{layout.scripts}/") if allow else None
    with open_scratch() as scratch:
        wheels = open_wheels(session.settings, source, lock, find_origin(session.settings, origin), scratch)
        cargo = Cargo(lock, kept.bundle, "volume" in {file.source, file.fallback}, render, forward)
        if allowing:
            allowing.see_to_it()
        pushed = Push(layout, doors.volume, seal, signer, wheels, session.terminal).run(cargo)
    if allowing:
        allowing.see_to_it()  # whoever wrote the list at the same time has written it by now
    return _conclude(session, pushed, allowing)


def _conclude(session: Session, pushed: Pushed, allowing: Allowing | None) -> int:
    if pushed.is_forward_again:
        session.terminal.warn(
            f"a rollback to lock {pushed.before_number} is undone now: hatch run cluster rollback "
            f"{pushed.pointer.cluster} --to {pushed.before_number} does it again"
        )
    is_identical = pushed.is_identical and not (allowing and allowing.is_new)
    word, pointer = "identical" if is_identical else "pushed", pushed.pointer
    said = f"{len(pushed.sent)} sent, {pushed.kept} there already"
    row = (word, pointer.cluster, str(pointer.number), str(pointer.sequence), said)
    tell_job(session, "Pushed into a volume", _HEADINGS, [row])
    if session.as_json:
        session.answer(
            {
                "state": word,
                "cluster": pointer.cluster,
                "lock": {"number": pointer.number, "sha256": pointer.sha256},
                "sequence": pointer.sequence,
                "before": pushed.before and {"number": pushed.before.number, "sequence": pushed.before.sequence},
                "forward_again": pushed.is_forward_again,
                "sent": pushed.sent,
                "kept": pushed.kept,
                "script": pushed.script or None,
                "script_is_new": pushed.is_new_script,
                "allowed": allowing.prefix if allowing else None,
            }
        )
        return 0
    session.terminal.table(_HEADINGS, [row])
    for line in _advice(pushed, allowing):
        session.terminal.say(line)
    return 0


def _advice(pushed: Pushed, allowing: Allowing | None) -> list[str]:
    """Say what is left to do."""
    name, said = pushed.pointer.cluster, []
    if pushed.script:
        new = ": it is new, so name it in the cluster's or the policy's settings" if pushed.is_new_script else ""
        said.append(f"init script {pushed.script}{new}")
    if pushed.is_new_script and not allowing:
        said.append("in standard mode its folder has to be on the allow-list: --allow")
    if pushed.pointer != pushed.before:
        said.append(f"nodes install it from their next start on: hatch run cluster status {name} says which have")
    return said
