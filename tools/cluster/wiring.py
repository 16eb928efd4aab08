"""From settings to what a command needs of the outside."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from cluster.adapters.cluster_files import ClusterFolder
from cluster.adapters.codeartifact_index import find_address
from cluster.adapters.locks import LockFolder
from cluster.adapters.package_index import UvIndex
from cluster.adapters.work_tree import read_work_tree
from cluster.model.platform import OLDEST_GLIBC, Platform
from cluster.steps.lock_context import LockContext
from cluster.steps.locked_wheels import LockedWheels
from cluster.steps.ours import Ours
from release.adapters.runtimes import RuntimeGuard
from release.adapters.shelf import Shelf
from release.adapters.uv import lay_pages
from release.keys import open_signer
from release.model.dist import Dist
from release.model.tag import Channel
from release.ports import Archive
from release.steps.read import read_packages
from release.steps.runtime_tables import in_folder, read_runtimes
from release.steps.survey import require_head, tagged_versions
from release.targets import REMOTE, SECONDS, open_targets, require_names
from release.wiring import open_consumer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cluster.model.lock import ClusterLock
    from release.adapters.git import Git
    from release.model.runtime import Runtime
    from release.ports import Reporter
    from release.settings import Settings


def find_origin(settings: Settings, named: str | None) -> str:
    """Say which target wheels come from: the one that is named, else CodeArtifact where it is set up, else local."""
    if named:
        require_names([named])
        return named
    return "local" if settings.missing(REMOTE["codeartifact"].needs) else "codeartifact"


def runtime_reader(source: Git) -> Callable[[str], Runtime]:
    """Give what reads a runtime of the work tree by its name, each once."""
    return cache(lambda name: read_runtimes(in_folder(source.root), [name])[0])


def open_ours(settings: Settings, source: Git, origin: str, scratch: Path) -> Ours:
    """Open the door to our own packages, and to whoever may have evidence of them."""
    dist = Dist(source.root / "dist")
    policy = settings.policy(source.read)
    keepers = [name for name in ("s3", "github") if name != origin and not settings.missing(REMOTE[name].needs)]
    target, *others = open_targets([origin, *keepers], settings, dist)
    committed = read_packages(source, require_head(source).sha, policy.members).names
    return Ours(
        # A package that nobody committed yet is ours as well: no index has a say in what goes by its name.
        names=committed | read_work_tree(source.root).names | tagged_versions(source).keys(),
        target=target,
        archives=tuple(each for each in (target, *others) if isinstance(each, Archive)),
        shelf=Shelf(dist),
        consumer=open_consumer(settings, source),
        folder=scratch / "ours",
    )


def open_wheels(settings: Settings, source: Git, lock: ClusterLock, origin: str, scratch: Path) -> LockedWheels:
    """Open the door to the wheels that a lock names; they are brought below `scratch`."""
    ours = open_ours(settings, source, origin, scratch)  # which says what is missing before anybody is asked
    index = find_address(settings, Channel(lock.channel), SECONDS) if origin == "codeartifact" else ""
    glibc = runtime_reader(source)(lock.runtime).glibc or OLDEST_GLIBC
    return LockedWheels(
        lock,
        Platform(lock.python, lock.architecture, glibc),
        UvIndex(settings.for_tools, scratch / "index", index),
        ours,
        scratch / "wheels",
    )


def wire_locking(  # noqa: PLR0913, PLR0917  # one for each thing in which calls differ
    settings: Settings, source: Git, reporter: Reporter, scratch: Path, origin: str, channel: Channel
) -> LockContext:
    """Open every door that locking needs; of CodeArtifact, one channel's repository is the one index."""
    ours = open_ours(settings, source, origin, scratch)
    index = find_address(settings, channel, SECONDS) if origin == "codeartifact" else ""
    return LockContext(
        files=ClusterFolder(source.root),
        locks=LockFolder(source),
        runtime=runtime_reader(source),
        guard=RuntimeGuard(settings.for_tools, scratch / "runtimes"),
        index=UvIndex(settings.for_tools, scratch / "index", index),
        ours=ours,
        lay_pages=lay_pages,
        signer=open_signer(settings, (origin,), None, reporter),
        reporter=reporter,
        scratch=scratch,
        now=datetime.now(UTC),
        jobs=2 * (os.cpu_count() or 1),  # much of a resolution is waiting for an index
    )
