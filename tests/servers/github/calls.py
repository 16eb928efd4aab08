"""What a request to GitHub asks for, in words that stay the same from run to run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def call_of(request: Request, tags: Mapping[int, str], files: Mapping[int, str]) -> str:
    """Name a call, given the tags of releases and the names of assets by their ids."""
    route = route_of(request)
    asked = {name: values[-1] for name, values in parse_qs(request.query).items()}
    tag = tags.get(route.release, str(route.release))
    subject = {
        "": f"{request.method} {request.path}",
        "ListReleases": f"page {asked.get('page', 1)}",
        "UploadAsset": f"{tag}/{asked.get('name')}",
        "GetRelease": tag,
        "UpdateRelease": tag,
    }.get(route.endpoint, route.text or (files.get(route.file, str(route.file)) if route.file else ""))
    endpoint = route.endpoint
    if request.method in {"PATCH", "POST"} and endpoint in {"UpdateRelease", "CreateRelease"}:
        document = json.loads(request.body)
        subject = subject or document.get("tag_name", "")
        endpoint = "PublishRelease" if document.get("draft") is False else endpoint
    return f"{endpoint} {subject}".strip()
