"""`lock`: exact versions and hashes for what clusters get beside their runtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from packaging.utils import canonicalize_name

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.locks import LockFolder
from cluster.model.lock_outcome import LockOutcome, State
from cluster.steps.lock import lock_clusters
from cluster.steps.lock_context import Wish
from cluster.steps.survey import NOBODY, survey
from cluster.wiring import find_origin, runtime_reader, wire_locking
from release.errors import GateRefused, UsageError, VerificationFailed
from release.model.tag import Channel, shown
from release.session import Session, json_option
from release.wiring import find_source, open_consumer, open_scratch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release.adapters.git import Git

_HEADINGS = ("", "cluster", "lock", "wheels", "")


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--from", "origin", metavar="TARGET",
              help="Where wheels come from: codeartifact, local, index, s3.  [default: codeartifact if it is set up, "
                   "else local]")  # fmt: skip
@click.option("--upgrade", is_flag=True, help="Take the newest of everything that fits.")
@click.option("--upgrade-package", "packages", multiple=True, metavar="PACKAGE",
              help="Take the newest of one package that fits; repeatable.")  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing, ask nobody: is each lock of its cluster file and runtime?")
@json_option
@click.pass_obj
def command(  # noqa: PLR0913  # each is a word of the command line
    session: Session,
    names: tuple[str, ...],
    origin: str | None,
    packages: tuple[str, ...],
    *,
    upgrade: bool,
    check: bool,
) -> int:
    """Lock all clusters, or those NAMED: exact versions, and the SHA-256 of one wheel each, for what runtimes lack.

    Nothing that a runtime ships is replaced; where no set of versions leaves it alone, the answer is which would be.
    A lock that is there is changed as little as its cluster file asks for, and what nothing needs any more falls out.
    Our own packages are taken once a trusted signature proves them, all others from one index. The lock is signed as
    a release is, and numbered; where nothing changed, the file is not touched.

    \b
    Examples:
      hatch run cluster lock
      hatch run cluster lock nightly-etl --upgrade-package env-drift
      hatch run cluster lock --from codeartifact --upgrade --json
      hatch run cluster lock --check                in CI: was a cluster file changed without its lock?
    """
    source = find_source(session.settings)
    names = tuple(dict.fromkeys(names)) or ClusterFolder(source.root).names
    if not names:
        raise UsageError(
            "there is no cluster file", hint="write databricks/clusters/<name>.toml: databricks/DATABRICKS_SETUP.md"
        )
    if check:
        if origin or upgrade or packages:
            raise UsageError("--check asks nobody and changes nothing", hint="leave out --from and --upgrade")
        return _check(session, source, names)
    wish = Wish(upgrade, frozenset(map(canonicalize_name, packages)))
    _require_of_use(source, names, wish)
    return _conclude(session, _lock(session, source, names, find_origin(session.settings, origin), wish))


def _require_of_use(source: Git, names: Sequence[str], wish: Wish) -> None:
    """Refuse to upgrade what no lock has: a name that is misspelt would be passed over in silence."""
    locks = [LockFolder(source).read(name).lock for name in names]
    known = {row.name for lock in locks if lock for row in lock.wheels}
    for name in sorted(wish.names - known):
        raise UsageError(
            f"no lock of {', '.join(names)} has {shown(name)}",
            hint=f"they have: {', '.join(sorted(known)) or 'nothing'}",
        )


def _lock(session: Session, source: Git, names: Sequence[str], origin: str, wish: Wish) -> tuple[LockOutcome, ...]:
    """Lock clusters; those of each channel apart where a channel has an index of its own."""
    found: dict[str, LockOutcome] = {}
    with open_scratch() as scratch:
        for channel, group in _by_channel(source, names, origin).items():
            context = wire_locking(session.settings, source, session.terminal, scratch / channel, origin, channel)
            found |= {each.name: each for each in lock_clusters(group, wish, context)}
    return tuple(found[name] for name in names)


def _by_channel(source: Git, names: Sequence[str], origin: str) -> dict[Channel, list[str]]:
    if origin != "codeartifact":
        return {Channel.STABLE: list(names)}
    files = ClusterFolder(source.root)
    groups: dict[Channel, list[str]] = {}
    for name in names:
        groups.setdefault(_channel(files, name), []).append(name)
    return groups


def _channel(files: ClusterFolder, name: str) -> Channel:
    try:
        return files.read(name).channel
    except UsageError:  # it is told as what became of this cluster
        return Channel.STABLE


def _conclude(session: Session, outcomes: Sequence[LockOutcome]) -> int:
    for each in outcomes:
        for note in each.notes:
            session.terminal.warn(f"{each.name}: {note}")
        if each.lock and not each.is_signed:
            session.terminal.warn(
                f"{each.name}: lock {each.lock.number} is UNSIGNED for everybody who trusts what is trusted here: set "
                "RELEASE_KMS_KEY_ID, or lock it where the key is"
            )
        if each.error:
            session.terminal.fail(f"{each.name}: {each.error.message}", each.error.hint)
    code = max((each.error.exit_code for each in outcomes if each.error), default=0)
    if session.as_json:
        session.answer({"clusters": [_document(each) for each in outcomes], "exit_code": code})
    else:
        session.terminal.table(_HEADINGS, [_row(each) for each in outcomes])
    return code


def _row(outcome: LockOutcome) -> tuple[str, ...]:
    if not outcome.lock:
        return (outcome.state, outcome.name, "", "", "")
    changed = str(outcome.change) if outcome.state is State.LOCKED else ""
    return (outcome.state, outcome.name, str(outcome.lock.number), str(len(outcome.lock.wheels)), changed)


def _document(outcome: LockOutcome) -> dict[str, object]:
    lock, change, error = outcome.lock, outcome.change, outcome.error
    return {
        "name": outcome.name,
        "state": outcome.state,
        "number": lock.number if lock else None,
        "sha256": lock.sha256 if lock else None,
        "signed": outcome.is_signed,
        "added": change.added if change else (),
        "removed": change.removed if change else (),
        "moved": change.moved if change else (),
        "notes": outcome.notes,
        "error": {"exit_code": error.exit_code, "message": error.message, "hint": error.hint} if error else None,
    }


def _check(session: Session, source: Git, names: Sequence[str]) -> int:
    consumer = open_consumer(session.settings, source)
    found = survey(names, ClusterFolder(source.root), LockFolder(source), runtime_reader(source), consumer)
    behind = {each.name: each.behind for each in found if each.behind}
    unsigned = {each.name: each.unsigned for each in found if each.unsigned}
    if session.as_json:
        rows = [{"name": each.name, "behind": each.behind, "unsigned": each.unsigned} for each in found]
        session.answer({"clusters": rows})
    if behind:
        raise GateRefused(
            "; ".join(f"{name}: {', '.join(said)}" for name, said in behind.items()),
            hint=f"hatch run cluster lock {' '.join(behind)}",
        )
    if unsigned and consumer.trust.keys:
        raise VerificationFailed(
            "; ".join(f"{name}: {said}" for name, said in unsigned.items()),
            hint=f"hatch run cluster lock {' '.join(unsigned)} signs it, where somebody trusted may sign",
        )
    session.terminal.say(f"{len(found)} locks are of their cluster files" + (f"; {NOBODY}" if unsigned else ""))
    return 0
