"""The address under which uv reads a channel's repository of CodeArtifact, with a token in it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from release.adapters.codeartifact.repositories import read_repositories
from release.adapters.codeartifact.service import Service
from release.redaction import hide

if TYPE_CHECKING:
    from release.model.tag import Channel
    from release.settings import Settings


def find_address(settings: Settings, channel: Channel, seconds: float) -> str:
    """Give the address of the simple pages; whoever is given it may read what the token may, until it ends."""
    repositories = read_repositories(settings.environment)
    service = Service(repositories.domain, repositories.owner, settings.aws_region, seconds)
    token, _ = service.token()
    hide(token)
    scheme, place, path, _, _ = urlsplit(service.endpoint(repositories.channels[channel]))
    return urlunsplit((scheme, f"aws:{quote(token, safe='')}@{place}", f"{path.rstrip('/')}/simple/", "", ""))
