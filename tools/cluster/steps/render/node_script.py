"""The init script of a cluster with its values: whom nodes trust, which index they ask, which pointers they take."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cluster.model.layout import Layout
from cluster.model.node_settings import NodeIndex, settle_node
from cluster.steps.script import join_script
from release.errors import UsageError
from release.model.tag import Channel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cluster.model.cluster_file import ClusterFile
    from release.model.runtime import Runtime
    from release.model.trust import Trust
    from release.settings import Settings

_DOMAIN: Final = ("AWS_REGION", "CODEARTIFACT_DOMAIN", "CODEARTIFACT_ACCOUNT_ID")
_REPOSITORY: Final = {
    Channel.STABLE: "CODEARTIFACT_REPOSITORY",
    Channel.PREVIEW: "CODEARTIFACT_PREVIEW_REPOSITORY",
    Channel.DEV: "CODEARTIFACT_DEV_REPOSITORY",
}
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_CODEARTIFACT", "AWS_ENDPOINT_URL")


@dataclass(frozen=True)
class Scripts:
    """Makes the init scripts of clusters."""

    folder: Path
    """The repository's `databricks`, where what they are joined of stands."""
    trust: Trust
    """Whose signatures nodes believe."""
    repository: str
    """What provenance names as the source of our packages."""
    settings: Settings

    def maker(self, cluster: str, file: ClusterFile, runtime: Runtime) -> Callable[[int], bytes] | None:
        """Give what makes a cluster's script for pointers from a sequence on; nothing for serverless compute.

        UsageError where the cluster asks CodeArtifact and the settings do not say which.
        """
        if file.is_serverless:
            return None
        layout, index = Layout(file.volume, cluster), find_index(file, self.settings)
        trusted = describe_trust(self.trust, self.repository)

        def make(floor: int) -> bytes:
            told = settle_node(layout, file, runtime, trust=trusted, floor=floor, index=index)
            return join_script(self.folder, told).encode()

        return make


def find_index(file: ClusterFile, settings: Settings) -> NodeIndex | None:
    """Give the repository that nodes read, as the settings have it for the cluster's channel; nothing if they ask none.

    A node's boto3 may be too old to look at `AWS_ENDPOINT_URL_CODEARTIFACT`, so it is told where that is set here.
    """
    if file.source != "codeartifact" and not file.refresher:
        return None
    needed = (*_DOMAIN, _REPOSITORY[file.channel])
    if missing := settings.missing(needed):
        raise UsageError(
            f"nodes are to ask CodeArtifact, and settings are missing: {', '.join(missing)}",
            hint='set them in the environment; or let nodes do without: source = "volume" and no refresher',
        )
    region, domain, account, repository = (settings.environment[name] for name in needed)
    endpoint = next((settings.environment[name] for name in _ENDPOINTS if settings.environment.get(name)), None)
    return NodeIndex(region, domain, account, repository, endpoint)


def describe_trust(trust: Trust, repository: str) -> dict[str, Any]:
    """Write down whose signatures count, as `databricks/verify.py` reads it."""
    keys = [
        {
            "key": base64.b64encode(each.key).decode(),
            "name": each.name,
            "builders": sorted(each.builders),
            **({"expires": each.expires.isoformat()} if each.expires else {}),
        }
        for each in trust.keys
    ]
    return {"threshold": max(1, trust.threshold), "repository": repository, "keys": keys}
