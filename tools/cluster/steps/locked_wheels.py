"""The wheels of one lock, as files of this machine: each by its digest, from where it was locked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from release.errors import Incomplete
from release.model.evidence import bundle_name
from release.model.tag import Channel, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cluster.model.lock import ClusterLock, Locked
    from cluster.model.platform import Platform
    from cluster.ports import PackageIndex
    from cluster.steps.ours import Ours
    from release.model.offer import Offer


@dataclass(frozen=True)
class LockedWheels:
    """Where the wheels of a lock come from; for several threads at once."""

    lock: ClusterLock
    platform: Platform
    index: PackageIndex
    ours: Ours
    folder: Path
    """Where they are brought to."""
    _asking: Lock = field(default_factory=Lock)

    def fetch(self, locked: Locked) -> Path:
        """Give a wheel as a file of this machine, whose digest is the lock's; Incomplete where nobody has it."""
        if locked.first_party:
            return self._fetch_ours(locked)
        with self._asking:  # whoever comes first asks for all, and the others wait for that answer
            offer = self._located.get(locked.wheel)
        if offer is None:
            raise _gone(locked, "the index")
        return self.index.download(offer, self.folder)

    def evidence(self, locked: Locked) -> Mapping[str, bytes]:
        """Give what proves one of ours, by file name; nothing of others. VerificationFailed where it proves nothing."""
        if not locked.first_party:
            return {}
        tag = Tag(locked.name, locked.version)
        files = {bundle_name(tag): self.ours.prove(locked)}
        more = ((name, self.ours.evidence(tag, name)) for name in (f"{tag.stem}.cdx.json", "SHA256SUMS"))
        return files | {name: content for name, content in more if content}

    @cached_property
    def _located(self) -> Mapping[str, Offer]:
        """Ask for all of them in one question."""
        return self.index.locate([each for each in self.lock.wheels if not each.first_party], self.platform)

    def _fetch_ours(self, locked: Locked) -> Path:
        """Take it as it is offered, or from whoever keeps what is on offer no more."""
        path = self.folder / locked.wheel
        offered = self.ours.offered(locked.name, Channel(self.lock.channel))
        offer = next((each for each in offered if each.sha256 == locked.sha256), None)
        content = self.ours.target.fetch(offer) if offer else self._kept(locked)
        if hashlib.sha256(content).hexdigest() != locked.sha256:
            raise _gone(locked, self.ours.target.name)
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def _kept(self, locked: Locked) -> bytes:
        return self.ours.evidence(Tag(locked.name, locked.version), locked.wheel)


def _gone(locked: Locked, where: str) -> Incomplete:
    return Incomplete(
        f"{where} has no {locked.wheel} with the SHA-256 {locked.sha256[:12]}…, which is locked",
        hint="say where it is (--from), or lock anew: hatch run cluster lock",
    )
