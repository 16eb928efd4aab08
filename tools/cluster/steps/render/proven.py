"""A lock that may be rendered: it is there, of its cluster file and runtime as they are, and signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster.model.standing import compare
from release.errors import Refused, VerificationFailed

if TYPE_CHECKING:
    from cluster.model.cluster_file import ClusterFile
    from cluster.model.kept import Kept
    from cluster.model.lock import ClusterLock
    from cluster.steps.seal import Seal
    from release.model.runtime import Runtime


@dataclass(frozen=True)
class Judge:
    """Whoever decides what may leave this machine as a cluster's lock."""

    seal: Seal

    def require(self, name: str, file: ClusterFile, runtime: Runtime, kept: Kept) -> ClusterLock:
        """Give the lock; Refused where it is another than its cluster file asks for, VerificationFailed unsigned."""
        again = f"hatch run cluster lock {name}"
        if kept.lock is None:
            raise Refused(f"{name}: {kept.broken or 'there is no lock'}", hint=again)
        if behind := compare(file, runtime, kept.lock):
            raise Refused(f"{name}: lock {kept.lock.number} is stale: {'; '.join(behind)}", hint=again)
        if kept.lock.cluster != name:
            raise Refused(f"{name}: the lock is that of {kept.lock.cluster}", hint=again)
        if not self.seal.trust.keys:
            raise VerificationFailed(
                f"{name}: nobody is trusted here, so nobody has signed lock {kept.lock.number}",
                hint="name trusted-keys in [tool.release]; or make this machine's own key: hatch run release rehearse",
            )
        self.seal.require_signed(kept.lock, kept.bundle, f"databricks/locks/{name}.intoto.jsonl")
        return kept.lock
