"""What `push`, `rollback`, `prune` and `status` share: the workspace, whom to believe, and who signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cluster.adapters.allow_list import DatabricksAllowList
from cluster.adapters.databricks_sdk import NEEDS, Questions, open_client
from cluster.adapters.volume import DatabricksVolume
from cluster.adapters.workspace import DatabricksWorkspace
from cluster.steps.seal import Seal
from release.errors import UsageError
from release.keys import open_signer
from release.wiring import open_consumer

if TYPE_CHECKING:
    from cluster.ports import AllowList, Volume, Workspace
    from release.adapters.git import Git
    from release.ports import Signer
    from release.session import Session
    from release.settings import Settings


@dataclass(frozen=True)
class Doors:
    """The doors to one workspace."""

    volume: Volume
    workspace: Workspace
    allow_list: AllowList


def open_doors(settings: Settings) -> Doors:
    """Open the workspace that the settings name; all that lacks is said at once."""
    if missing := settings.missing(NEEDS):
        raise UsageError(
            f"settings are missing: {', '.join(missing)}",
            hint=f"set {' and '.join(NEEDS)}: the workspace's address, and a token for it",
        )
    host, token = (settings.environment[name] for name in NEEDS)
    client, questions = open_client(host, token), Questions()
    return Doors(
        DatabricksVolume(client, questions),
        DatabricksWorkspace(client, questions),
        DatabricksAllowList(client, questions),
    )


def open_seal(settings: Settings, source: Git) -> Seal:
    """Say whose signatures count for clusters: those that count for releases."""
    consumer = open_consumer(settings, source)
    return Seal(consumer.trust, consumer.signatures)


def open_pointer_signer(session: Session) -> Signer:
    """Give whoever signs pointers: the key that settings name, or this machine's own."""
    return cast("Signer", open_signer(session.settings, ("local",), None, session.terminal))
