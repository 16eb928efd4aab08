"""What a request to GitHub asks for, in words that stay the same from run to run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.stand_in import Request

API: Final = "/api/v3"
UPLOADS: Final = "/uploads"
STORAGE: Final = "/storage"
REPOSITORY: Final = "wheelyard/wheelyard"
_ROUTES: Final = (
    ("GetStored", "GET", rf"{STORAGE}/(?P<file>\d+)"),
    ("GetRepository", "GET", rf"{API}/repos/{REPOSITORY}"),
    ("GetImmutableReleases", "GET", rf"{API}/repos/{REPOSITORY}/immutable-releases"),
    ("GetRef", "GET", rf"{API}/repos/{REPOSITORY}/git/ref/tags/(?P<text>.+)"),
    ("GetTag", "GET", rf"{API}/repos/{REPOSITORY}/git/tags/(?P<text>[^/]+)"),
    ("ListReleases", "GET", rf"{API}/repos/{REPOSITORY}/releases"),
    ("GetLatestRelease", "GET", rf"{API}/repos/{REPOSITORY}/releases/latest"),
    ("GetReleaseByTag", "GET", rf"{API}/repos/{REPOSITORY}/releases/tags/(?P<text>.+)"),
    ("CreateRelease", "POST", rf"{API}/repos/{REPOSITORY}/releases"),
    ("UploadAsset", "POST", rf"{UPLOADS}/repos/{REPOSITORY}/releases/(?P<release>\d+)/assets"),
    ("DownloadAsset", "GET", rf"{API}/repos/{REPOSITORY}/releases/assets/(?P<file>\d+)"),
    ("DeleteAsset", "DELETE", rf"{API}/repos/{REPOSITORY}/releases/assets/(?P<file>\d+)"),
    ("GetRelease", "GET", rf"{API}/repos/{REPOSITORY}/releases/(?P<release>\d+)"),
    ("DeleteRelease", "DELETE", rf"{API}/repos/{REPOSITORY}/releases/(?P<release>\d+)"),
    ("UpdateRelease", "PATCH", rf"{API}/repos/{REPOSITORY}/releases/(?P<release>\d+)"),
)


@dataclass(frozen=True)
class Route:
    """An endpoint, and the one thing that its path names."""

    endpoint: str
    text: str = ""
    release: int = 0
    file: int = 0


def route_of(request: Request) -> Route:
    """Find the endpoint of a request; an empty one where there is none."""
    for name, method, pattern in _ROUTES:
        match = re.fullmatch(pattern, unquote(request.path))
        if match and request.method == method:
            found = match.groupdict()
            numbers = {key: int(found.get(key) or 0) for key in ("release", "file")}
            return Route(name, found.get("text") or "", **numbers)
    return Route("")


def call_of(request: Request, name_of: Callable[[Route], str]) -> str:
    """Name a call, given what names the release or the asset of a route."""
    route = route_of(request)
    asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
    endpoint, subject = route.endpoint, route.text or name_of(route)
    if endpoint == "ListReleases":
        subject = f"page {asked.get('page', 1)}"
    elif endpoint == "UploadAsset":
        subject = f"{subject}/{asked.get('name')}"
    elif endpoint in {"CreateRelease", "UpdateRelease"}:
        document = json.loads(request.body)
        subject = subject or document.get("tag_name", "")
        endpoint = "PublishRelease" if document.get("draft") is False else endpoint
    return f"{endpoint} {subject}".strip() if endpoint else f"{request.method} {request.path}"
