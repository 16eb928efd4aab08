"""What GitHub keeps: releases, their assets, and what a token may do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MADE = "2026-01-02T03:04:05Z"
PUBLISHED = "2026-01-02T04:04:05Z"


@dataclass(frozen=True)
class Token:
    """What a token may do with the repository; one that may not pull is told that there is none."""

    pull: bool = True
    push: bool = True
    admin: bool = False
    is_named: bool = True
    """Whether the repository's answer names what it may do."""
    looks: bool = False
    """Whether it may read what administers the repository, without changing it."""
    sees_teams: bool = True
    """Whether it may read the organisation's members."""
    expires: str = ""
    """What `GitHub-Authentication-Token-Expiration` says."""

    @property
    def may_look(self) -> bool:
        """Whether it sees what administers the repository."""
        return self.admin or self.looks

    @property
    def permissions(self) -> dict[str, bool] | None:
        """What the repository's answer says."""
        return {"pull": self.pull, "push": self.push, "admin": self.admin} if self.is_named else None


@dataclass
class Asset:
    """A file of a release; a broken upload leaves it empty, in the state `starter`."""

    id: int
    name: str
    content: bytes
    state: str = "uploaded"
    has_digest: bool = True

    def as_json(self, place: str) -> dict[str, object]:
        """Write it as GitHub does; `place` is the repository's address in the API."""
        digest = f"sha256:{hashlib.sha256(self.content).hexdigest()}"
        return {
            "id": self.id,
            "url": f"{place}/releases/assets/{self.id}",
            "browser_download_url": f"https://example.org/download/{self.id}/{self.name}",
            "name": self.name,
            "label": "",
            "state": self.state,
            "content_type": "application/octet-stream",
            "size": len(self.content),
            "digest": digest if self.has_digest and self.state == "uploaded" else None,
            "created_at": MADE,
            "updated_at": MADE,
        }


@dataclass
class Release:
    """A release, published or not."""

    id: int
    tag_name: str
    target_commitish: str = "main"
    name: str | None = None
    body: str | None = None
    draft: bool = False
    prerelease: bool = False
    immutable: bool = False
    assets: list[Asset] = field(default_factory=list)

    def as_json(self, place: str, uploads: str) -> dict[str, object]:
        """Write it as GitHub does."""
        return {
            "id": self.id,
            "url": f"{place}/releases/{self.id}",
            "assets_url": f"{place}/releases/{self.id}/assets",
            "upload_url": f"{uploads}/releases/{self.id}/assets{{?name,label}}",
            "html_url": f"https://example.org/releases/{'untagged-1a2b3c' if self.draft else self.tag_name}",
            "tag_name": self.tag_name,
            "target_commitish": self.target_commitish,
            "name": self.name,
            "body": self.body,
            "draft": self.draft,
            "prerelease": self.prerelease,
            "immutable": self.immutable,
            "created_at": MADE,
            "published_at": None if self.draft else PUBLISHED,
            "assets": [asset.as_json(place) for asset in self.assets],
        }

    def asset(self, name: str) -> Asset | None:
        """Find an asset by its name."""
        return next((each for each in self.assets if each.name == name), None)

    def change(self, asked: Mapping[str, object]) -> None:
        """Take over what a request says of what can be edited."""
        for name in ("tag_name", "target_commitish", "name", "body", "draft", "prerelease"):
            if name in asked:
                setattr(self, name, asked[name])
