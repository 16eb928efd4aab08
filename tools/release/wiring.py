"""From settings to a context: the real one, or a rehearsal's, which differs in nothing but where things stand."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import uuid
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from release.adapters.cyclonedx import CycloneDX
from release.adapters.ecdsa import Ecdsa
from release.adapters.git import Git
from release.adapters.pip_audit import PipAudit
from release.adapters.runtimes import RuntimeGuard
from release.adapters.shelf import Shelf
from release.adapters.toolchain import Toolchain
from release.adapters.twine import Twine
from release.adapters.uv import Uv
from release.context import Context
from release.keys import find_trust, open_signer, trusted_keys
from release.model.dist import Dist
from release.steps.reconciliation.signed import Consumer
from release.targets import open_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from release.model.policy import RootPolicy
    from release.model.toolchain import ToolFile
    from release.ports import Reporter, Source
    from release.settings import Settings

PATIENCE = 60.0
"""Seconds until what was changed at a target has to be seen there."""


def find_source(settings: Settings) -> Git:
    """Find the repository around the folder this was called in."""
    return Git.discover(Path.cwd(), settings.for_tools)


@contextmanager
def open_scratch(*, keep: bool = False) -> Iterator[Path]:
    """Give a folder that is gone when the run ends, unless somebody wants to look at it."""
    folder = Path(tempfile.mkdtemp(prefix="wheelyard-")).resolve()
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def wire(  # noqa: PLR0913  # one for each thing in which runs differ
    settings: Settings,
    source: Source,
    reporter: Reporter,
    scratch: Path,
    *,
    to: Iterable[str] = ("local",),
    dist: Path | None = None,
    keys: Path | None = None,
    signs: bool = True,
) -> Context:
    """Open every door; with a folder of keys, nothing outside it signs, and without signing nobody does."""
    kept = Dist(dist or source.root / "dist")
    uv = Uv(settings.for_tools)
    policy = settings.policy(source.read)
    return Context(
        source=source,
        policy=policy,
        targets=open_targets(to, settings, kept),
        builder=Toolchain(uv, source.root, scratch, settings.for_tools),
        resolver=uv,
        knowledge=PipAudit(settings.osv_url, settings.pypi_json_url, scratch / "pip-audit"),
        guard=RuntimeGuard(settings.for_tools, scratch / "runtimes"),
        index_rules=Twine(),
        documents=CycloneDX(),
        signatures=Ecdsa(),
        signer=open_signer(settings, to, keys, reporter) if signs else None,
        trust=trusted_keys(policy),
        shelf=Shelf(kept),
        reporter=reporter,
        dist=kept,
        scratch=scratch,
        patience=PATIENCE,
        jobs=max(2, os.cpu_count() or 1),
        tool=f"wheelyard {version('wheelyard')}",
        made_with={"python": platform.python_version(), "uv": version("uv"), "zlib": zlib.ZLIB_RUNTIME_VERSION},
        invocation=settings.actions_run or uuid.uuid4().urn,
    )


def open_consumer(settings: Settings, source: Source, policy: RootPolicy | None = None) -> Consumer:
    """Say whom this machine trusts: the keys of the settings, or its own where they name none."""
    policy = policy or settings.policy(source.read)
    commits = {ref.name: ref.commit for ref in source.tags}
    return Consumer(find_trust(policy, settings), Ecdsa(), datetime.now(UTC).date(), policy.repository, commits)


def open_rebuilder(
    context: Context, settings: Settings, python: str | None
) -> Callable[[tuple[ToolFile, ...]], Toolchain]:
    """Give what opens a builder for a toolchain; one for each that is asked for."""
    uv = Uv(settings.for_tools)

    @cache
    def open_builder(tools: tuple[ToolFile, ...]) -> Toolchain:
        scratch = Path(tempfile.mkdtemp(prefix="toolchain-", dir=context.scratch))
        return Toolchain(uv, context.source.root, scratch, settings.for_tools, tools=tools, python=python)

    return open_builder
