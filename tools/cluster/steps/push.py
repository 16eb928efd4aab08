"""Push a lock into its volume: first the lock, then what it refers to, and the pointer at it last.

A run that is stopped anywhere leaves a pointer at a lock that is whole; the next run goes on where it was stopped. The
lock comes first so that whoever prunes at the same time sees what it needs. A lock that was rolled back from is
refused: a job that pushes every night undoes no rollback.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from cluster.model.pushed import Pushed
from cluster.steps.deliver import AT_ONCE, deliver
from cluster.steps.pointer import Pointing, follow
from cluster.steps.pushed_scripts import PushedScripts
from release.errors import Conflict, Refused, VerificationFailed
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from cluster.model.layout import Layout
    from cluster.model.lock import ClusterLock, Locked
    from cluster.model.promise import Pointer
    from cluster.ports import Volume, Wheels
    from cluster.steps.pushed_scripts import Render
    from cluster.steps.seal import Seal
    from release.ports import Reporter, Signer

_TWICE: Final = "somebody else has locked at the same time: git pull, and lock again"
_BUNDLE: Final = ".intoto.jsonl"


@dataclass(frozen=True)
class Cargo:
    """What is pushed: a lock with its signatures, and the script that installs it."""

    lock: ClusterLock
    bundle: bytes
    has_wheels: bool
    """Whether nodes get wheels from the volume, at first or where nothing else is reached."""
    render: Render | None
    """Nothing for serverless compute."""
    is_forward: bool = False
    """Whether somebody says that a rollback from this lock is over."""


@dataclass(frozen=True)
class Push:
    """The step."""

    layout: Layout
    volume: Volume
    seal: Seal
    signer: Signer
    wheels: Wheels
    reporter: Reporter

    def run(self, cargo: Cargo) -> Pushed:
        """Bring everything, and point at it; what is there already is left as it is."""
        lock, pointing = cargo.lock, Pointing(self.layout, self.volume, self.seal)
        self.seal.require_signed(lock, cargo.bundle, f"databricks/locks/{lock.cluster}{_BUNDLE}")
        self.volume.require(self.layout.volume)
        before = pointing.read()
        _require_newer(lock, before)
        if not cargo.is_forward:
            _require_kept(lock, before)
        if before is None or before.number != lock.number:  # a key that nobody believes is told before anything is sent
            next_one = follow((before,) if before else (), lock.cluster, lock.number, lock.sha256)
            self.seal.sign(next_one.as_statement(), self.signer)
        sent = [*self._bring_lock(lock, cargo.bundle)]
        sent += self._bring_wheels(cargo)
        script, is_new, floor = self._bring_script(cargo.render, before)
        pointer = pointing.move(
            lock.number,
            lock.sha256,
            self.signer,
            seen=before,
            may_replace=lambda other: other.number < lock.number and not other.has_left(lock.number),
            lowest=floor,
        )
        sent += [script] if is_new else []
        wheels = [self.layout.wheel(each) for each in lock.wheels] if cargo.has_wheels else []
        wanted = [
            self.layout.lock(lock.number),
            self.layout.bundle(lock.number),
            *wheels,
            *([script] if script else []),
        ]
        is_again = before is not None and before.has_left(pointer.number)
        return Pushed(pointer, before, tuple(sent), len({*wanted} - {*sent}), script, is_new, is_again)

    def _bring_lock(self, lock: ClusterLock, bundle: bytes) -> list[str]:
        """Bring the signatures of a lock, then the lock; those that stand there may be others that count as well."""
        path, signed = self.layout.lock(lock.number), self.layout.bundle(lock.number)
        text, found = lock.as_text().encode(), self.volume.digest(path)
        if found and found != lock.sha256:
            raise Conflict(f"{path}: there is another lock {lock.number} than this one", hint=_TWICE)
        sent = [signed] if self.volume.add(signed, bundle) else []
        if not self.seal.is_signed(lock, self.volume.read(signed) or b""):
            if not found:
                raise Conflict(f"{signed}: it is of another lock {lock.number} than this one", hint=_TWICE)
            raise VerificationFailed(
                f"{signed}: it does not prove the lock beside it, and is left as it is",
                hint="see who wrote it and when; once you know why, remove it by hand and push again",
            )
        return sent + ([path] if deliver(self.volume, path, lock.sha256, lambda: text, found=found) else [])

    def _bring_wheels(self, cargo: Cargo) -> list[str]:
        started, name = time.perf_counter(), str(cargo.lock.cluster)
        self.reporter.begin(name, "wheels")
        known = frozenset(each.name for each in self.volume.entries(self.layout.wheels))
        bring = partial(self._bring, has_wheel=cargo.has_wheels, known=known)
        sent = [path for paths in side_by_side(bring, cargo.lock.wheels, AT_ONCE) for path in paths]
        said = f"{len(sent)} files sent, of {len(cargo.lock.wheels)} locked versions"
        self.reporter.end(name, "wheels", time.perf_counter() - started, said)
        return sent

    def _bring(self, locked: Locked, *, has_wheel: bool, known: frozenset[str]) -> list[str]:
        """Bring a wheel after its evidence, so that a wheel that is there needs no further question.

        Of names that are not among the `known` ones nothing is there.
        """
        folder, path, is_known = self.layout.release(locked), self.layout.wheel(locked), locked.name in known
        found = self.volume.digest(path) if has_wheel and is_known else ""
        sent = [] if found else self._bring_evidence(locked, folder, is_known=is_known)
        if has_wheel and deliver(self.volume, path, locked.sha256, lambda: self.wheels.fetch(locked), found=found):
            sent.append(path)
        return sent

    def _bring_evidence(self, locked: Locked, folder: str, *, is_known: bool) -> list[str]:
        """Bring evidence of one of ours, its bundle last: where that is, the rest is."""
        there = self.volume.entries(folder) if locked.first_party and is_known else ()
        if not locked.first_party or any(each.name.endswith(_BUNDLE) for each in there):
            return []
        files = self.wheels.evidence(locked)
        sent = []
        for name in sorted(files, key=lambda each: (each.endswith(_BUNDLE), each)):
            path = f"{folder}/{name}"
            if deliver(self.volume, path, hashlib.sha256(files[name]).hexdigest(), partial(files.__getitem__, name)):
                sent.append(path)
        return sent

    def _bring_script(self, render: Render | None, before: Pointer | None) -> tuple[str, bool, int]:
        """Bring the init script, and give its path, whether it is new, and the lowest sequence that it takes.

        A script that says the same but for the sequence stays: clusters name it in their settings, and would have to be
        edited for nothing. A script that is new takes no pointer that is older than itself.
        """
        if render is None:
            return "", False, 1
        scripts = PushedScripts.read(self.layout, self.volume)
        if script := scripts.find(render):
            deliver(self.volume, script.path, script.sha256, lambda: b"", found=script.found)
            return script.path, False, script.floor
        made = scripts.make(render, before.sequence if before else 1)
        return made.path, deliver(self.volume, made.path, made.sha256, lambda: made.content), made.floor


def _require_newer(lock: ClusterLock, before: Pointer | None) -> None:
    """Refuse a lock that is older than the one that is pointed at, and another of the same number."""
    if before and before.number > lock.number:
        raise Refused(
            f"{lock.cluster}: the volume points at lock {before.number}, and lock {lock.number} is older",
            hint=f"git pull, if somebody has locked since; or go back on purpose: hatch run cluster rollback "
            f"{lock.cluster} --to {lock.number}",
        )
    if before and before.number == lock.number and before.sha256 != lock.sha256:
        raise Conflict(
            f"{lock.cluster}: the volume points at another lock {lock.number} than this one",
            hint=_TWICE,
        )


def _require_kept(lock: ClusterLock, before: Pointer | None) -> None:
    """Refuse a lock that somebody has rolled back from."""
    if before and before.has_left(lock.number):
        raise Refused(
            f"{lock.cluster}: somebody has rolled back from lock {before.rolled_back_from} to {before.number}, and a "
            f"push of lock {lock.number} would undo that",
            hint=f"leave out what was wrong and lock anew, as a higher number needs no more: hatch run cluster lock "
            f"{lock.cluster}; or, once you know that lock {lock.number} is good: hatch run cluster push {lock.cluster} "
            "--forward",
        )
