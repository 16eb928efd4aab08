"""The pointer in a volume: the one file that is written again, and so the one that two runs can want at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cluster.model.promise import Pointer
from release.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster.model.layout import Layout
    from cluster.ports import Volume
    from cluster.steps.seal import Seal
    from release.ports import Signer

_TRIES: Final = 5


@dataclass(frozen=True)
class Pointing:
    """The pointer of one cluster: a service that knows no write on a condition is written, and then read."""

    layout: Layout
    volume: Volume
    seal: Seal

    def read(self) -> Pointer | None:
        """Give the pointer; VerificationFailed where one stands there that is not to be believed."""
        bundle = self.volume.read(self.layout.pointer)
        return None if bundle is None else self.seal.open_pointer(bundle, self.layout.cluster, self.layout.pointer)

    def move(  # noqa: PLR0913  # each by name
        self,
        number: int,
        sha256: str,
        signer: Signer,
        *,
        seen: Pointer | None,
        may_replace: Callable[[Pointer], bool],
        lowest: int = 1,
    ) -> Pointer:
        """Point at a lock, and give the pointer that stands there then.

        `seen` is what was there when it was decided to; another that has come since is replaced only if it may be, and
        is a Conflict otherwise. No pointer is written with a sequence below `lowest`. One that points at an older lock
        than those before it says which was left.
        """
        for _ in range(_TRIES):  # a pointer that was written is read, and so known, by the next round
            now = self.read()
            if now and (now.number, now.sha256) == (number, sha256):
                return now
            if now and now != seen and not may_replace(now):
                raise _overtaken(self.layout.cluster, number, now)
            wanted = follow(tuple(each for each in (now, seen) if each), self.layout.cluster, number, sha256, lowest)
            self.volume.replace(self.layout.pointer, self.seal.sign(wanted.as_statement(), signer))
            seen = wanted
        raise _overtaken(self.layout.cluster, number, self.read())


def follow(before: tuple[Pointer, ...], cluster: str, number: int, sha256: str, lowest: int = 1) -> Pointer:
    """Give the pointer at a lock that comes after others: with a higher sequence, and with what was left of them."""
    sequence = max((each.sequence for each in before), default=0) + 1
    highest = max((max(each.number, each.rolled_back_from or 0) for each in before), default=0)
    return Pointer(cluster, number, sha256, max(sequence, lowest), highest if highest > number else None)


def _overtaken(cluster: str, number: int, now: Pointer | None) -> Conflict:
    there = f"at lock {now.number} (sequence {now.sequence})" if now else "gone"
    return Conflict(
        f"{cluster}: another run has moved the pointer while this one did: it is {there}, and this one wants lock "
        f"{number}",
        hint=f"see what is wanted with whoever else is at it, then run it again: hatch run cluster status {cluster}",
    )
