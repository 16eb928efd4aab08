"""What a step may ask of the outside, one protocol for each thing out there.

What a workspace answers is told in errors of ours: UsageError where a volume is missing, Unauthorized where the token
is not accepted or not allowed to, Incomplete where it could not be asked. Each method can be called from several
threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from packaging.requirements import Requirement

    from cluster.model.cluster_file import ClusterFile
    from cluster.model.found import Found
    from cluster.model.kept import Kept
    from cluster.model.lock import ClusterLock, Locked
    from cluster.model.need import Described
    from cluster.model.observed import Cluster, Entry, Event, Library
    from cluster.model.platform import Platform
    from cluster.model.rehearsal import Rehearsal
    from release.model.compatibility import Answer
    from release.model.offer import Offer
    from release.model.runtime import Runtime, Shipped


class Wheels(Protocol):
    """Where the wheels of a lock come from."""

    def fetch(self, locked: Locked) -> Path:
        """Give a wheel as a file of this machine, whose digest is the lock's."""

    def evidence(self, locked: Locked) -> Mapping[str, bytes]:
        """Give what proves one of ours, by file name; nothing of others."""


class Volume(Protocol):
    """Files of Unity Catalog volumes, by their whole paths."""

    def require(self, path: str) -> None:
        """Refuse a path whose volume is not there."""

    def read(self, path: str) -> bytes | None:
        """Give a small file; None where there is none."""

    def digest(self, path: str) -> str:
        """Give the SHA-256 of a file, however large; an empty text where there is none."""

    def modified(self, path: str) -> datetime | None:
        """Say when a file was last written; None where there is none."""

    def add(self, path: str, content: bytes | Path) -> bool:
        """Write a file where none stands; False where one does, which is left as it is."""

    def replace(self, path: str, content: bytes) -> None:
        """Write a file, whatever stands there."""

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """Give what stands in a folder, by name; nothing where there is none."""

    def remove(self, path: str) -> None:
        """Take a file away, if it is there."""

    def remove_folder(self, folder: str) -> None:
        """Take a folder away, if it is there and empty."""


class Workspace(Protocol):
    """Clusters, and what is known of them."""

    def clusters(self) -> tuple[Cluster, ...]:
        """Give every cluster that may be seen."""

    def cluster(self, name: str) -> Cluster:
        """Give one by its id; UsageError where there is none."""

    def events(self, cluster: str, kinds: Sequence[str], since: datetime) -> tuple[Event, ...]:
        """Give what happened to a cluster from a time on, newest first."""

    def libraries(self, cluster: str) -> tuple[Library, ...]:
        """Give the libraries of a cluster's own settings, and how far each is."""

    def named_scripts(self) -> frozenset[str]:
        """Give the paths of all init scripts in volumes that clusters, policies and jobs name."""


class AllowList(Protocol):
    """The metastore's list of init scripts that may run in standard mode: (artifact, kind of match)."""

    def read(self) -> tuple[tuple[str, str], ...]:
        """Give the whole list."""

    def write(self, matchers: Iterable[tuple[str, str]]) -> None:
        """Put another list in the place of the whole one."""


class ClusterFiles(Protocol):
    """The cluster files of the work tree."""

    @property
    def names(self) -> tuple[str, ...]: ...
    def read(self, name: str) -> ClusterFile: ...


class Locks(Protocol):
    """The locks of the work tree, each with its signatures."""

    def read(self, name: str) -> Kept: ...
    def keep(self, lock: ClusterLock, bundle: bytes) -> None: ...
    def alone(self) -> AbstractContextManager[None]: ...


class Guard(Protocol):
    """Whoever knows what an install would do on a runtime."""

    def ask(  # noqa: PLR0913  # each is a part of the question, and by name
        self,
        runtime: Runtime,
        wanted: Sequence[Requirement],
        *,
        pages: Path | None = None,
        index: str = "",
        as_of: datetime | None = None,
        constraints: Sequence[str] = (),
        installed: Iterable[Shipped] = (),
        architecture: str = "x86_64",
    ) -> Answer: ...


class PackageIndex(Protocol):
    """The wheels of others, as an index has them."""

    address: str
    """Of the index, where another is asked than the one that uv is configured for; it may hold a password."""

    def find(self, wanted: Iterable[str], platform: Platform) -> Mapping[str, Found]:
        """Give for each requirement the newest version that fits, and its wheels."""

    def unpack(self, offers: Iterable[Offer], platform: Platform) -> Mapping[str, Described]:
        """Download wheels by digest, and give what each says of itself, by its file name."""

    def recall(self, rows: Iterable[Locked], platform: Platform) -> Mapping[str, Described]:
        """Give what wheels say that were locked before, by file name; those that are gone are left out."""

    def locate(self, rows: Iterable[Locked], platform: Platform) -> Mapping[str, Offer]:
        """Say where the very wheels are that were locked, by file name; those that are gone are left out."""

    def download(self, offer: Offer, folder: Path) -> Path:
        """Bring a wheel by its digest into a folder."""


class Room(Protocol):
    """An environment that stands for a runtime."""

    def rehearse(self, runtime: Runtime, lock: Path, wheels: Path) -> Rehearsal:
        """Install a lock from a folder of wheels alone."""
