"""Bundle a cluster's lock: its wheels, its signatures, the evidence of what is ours, and the proof that it installs."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cluster.steps.promises import find_signed
from release.errors import Conflict, InstallFailed, UsageError, VerificationFailed
from release.model.artifact import digest_of
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cluster.model.kept import Kept
    from cluster.model.lock import ClusterLock, Locked
    from cluster.model.rehearsal import Rehearsal
    from cluster.ports import Room, Wheels
    from release.model.runtime import Runtime
    from release.steps.reconciliation.signed import Consumer

AT_ONCE = 8
"""Downloads."""
SUMS = "SHA256SUMS"
_README = """\
# {cluster}, lock {number}

{count} wheels for {runtime} (Python {python}, {architecture}): exactly what the runtime lacks.

    sha256sum --check SHA256SUMS
    pip install --no-index --no-deps --require-hashes --find-links wheels --requirement lock.txt

`lock.intoto.jsonl` holds the lock's signatures, `evidence/` what proves our own wheels; `databricks/verify.py` checks
them with public keys that come from elsewhere.
"""


@dataclass(frozen=True)
class Bundled:
    """A wheelhouse that was proven."""

    folder: Path
    rehearsal: Rehearsal
    size: int
    """Of its wheels, in bytes."""
    is_new: bool
    """Whether anything of it was not there before."""


def require_signed(name: str, kept: Kept, consumer: Consumer) -> tuple[ClusterLock, bytes]:
    """Give a lock that somebody trusted has signed, and the line that proves it."""
    if kept.lock is None:
        raise UsageError(kept.broken or f"{name} has no lock", hint=f"hatch run cluster lock {name}")
    line = find_signed(kept.lock, kept.bundle, consumer.trust, consumer.signatures, consumer.today)
    if not line:
        raise VerificationFailed(
            f"lock {kept.lock.number} of {name} is UNSIGNED for whoever trusts what is trusted here",
            hint=f"hatch run cluster lock {name} signs it, where somebody trusted may sign",
        )
    return kept.lock, line


def assemble(lock: ClusterLock, line: bytes, wheels: Wheels, folder: Path, kept: Path) -> None:
    """Lay out everything that belongs to a bundle; the same lock is the same bytes.

    Wheels come by their digests: from `kept`, where an earlier call has left them, or else from afar.
    """
    (folder / "wheels").mkdir(parents=True)
    brought = side_by_side(partial(_bring, wheels, folder, kept), lock.wheels, AT_ONCE)
    for locked, files in zip(lock.wheels, brought, strict=True):
        if files:
            evidence = folder / "evidence" / f"{locked.name}-{locked.version}"
            evidence.mkdir(parents=True)
            for name, content in files.items():
                (evidence / name).write_bytes(content)
    (folder / "lock.txt").write_text(lock.as_text())
    (folder / "lock.intoto.jsonl").write_bytes(line)
    facts = {"cluster": lock.cluster, "number": lock.number, "runtime": lock.runtime, "python": lock.python}
    text = _README.format(**facts, architecture=lock.architecture, count=len(lock.wheels))
    (folder / "README.md").write_text(text)
    sums = (f"{digest_of(path)}  {path.relative_to(folder)}\n" for path in _files(folder))
    (folder / SUMS).write_text("".join(sums))


def prove_bundle(lock: ClusterLock, runtime: Runtime, folder: Path, room: Room) -> Rehearsal:
    """Install it without an index where the runtime's metadata is; InstallFailed where anything else changes."""
    rehearsal = room.rehearse(runtime, folder / "lock.txt", folder / "wheels")
    if said := list(rehearsal.objections(lock)):
        raise InstallFailed(
            f"{lock.cluster} on {runtime.name}: {'; '.join(said)}",
            hint=f"was the table of {runtime.name} changed? hatch run cluster lock {lock.cluster}",
        )
    return rehearsal


def require_free(made: Path, folder: Path) -> None:
    """Refuse to put what was assembled where other bytes stand, or wheels that do not belong to it."""
    files = {path.relative_to(made) for path in _files(made)}
    for path in _files(folder) if folder.is_dir() else ():
        name = path.relative_to(folder)
        if name in files and digest_of(path) != digest_of(made / name):
            raise _taken(path, "other bytes")
        if name not in files and path.suffix == ".whl":
            raise _taken(path, "a wheel that the lock does not name")


def put(made: Path, folder: Path, add: Callable[[Path, Path], None]) -> bool:
    """Put what is missing in place, the checksums last, and say whether anything was."""
    names = sorted((path.relative_to(made) for path in _files(made)), key=lambda name: str(name) == SUMS)
    missing = [name for name in names if not (folder / name).exists()]
    for name in missing:
        add(made / name, folder / name)
    return bool(missing)


def _bring(wheels: Wheels, folder: Path, kept: Path, locked: Locked) -> dict[str, bytes]:
    there = kept / locked.wheel
    is_there = there.is_file() and digest_of(there) == locked.sha256
    shutil.copyfile(there if is_there else wheels.fetch(locked), folder / "wheels" / locked.wheel)
    return dict(wheels.evidence(locked))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _taken(path: Path, what: str) -> Conflict:
    return Conflict(f"{path} is {what}", hint="name another folder (--output), or move that one away")
