"""What services hold by now, so that one ending can be compared with another, and nothing with nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.workflows.outside import Outside

_OF_THE_RUN = (".receipt.json",)
"""Files that say when a release was made; all others follow from what was released."""


def holdings(outside: Outside) -> dict[str, str]:
    """Give the SHA-256 of everything that anybody could get, by its place; receipts are only named."""
    world, found = outside.world, dict[str, bytes]()
    for key in world.s3.stored():
        found[f"s3 {key}"] = world.s3.do("GET", key).content
    for repository in world.codeartifact.domain.repositories.values():
        for package in repository.packages.values():
            for version in package.versions.values():
                place = f"codeartifact {repository.name} {version.status}"
                found |= {f"{place} {name}": asset.content for name, asset in version.assets.items()}
    for release in world.github.repository.releases:
        state = "draft" if release.draft else "published"
        found |= {f"github {release.tag_name} {state} {each.name}": each.content for each in release.assets}
    return {place: "" if place.endswith(_OF_THE_RUN) else _digest(content) for place, content in found.items()}


def told(outside: Outside) -> list[str]:
    """Give what people were told, each notice as one text; Slack and Teams are told the same number of times."""
    webhooks = outside.world.webhooks
    assert len(webhooks.said["slack"]) == len(webhooks.said["teams"])
    return webhooks.told("slack")


def lent(outside: Outside) -> list[str]:
    """Give the roles that were lent, in order, each as often as it was."""
    return [role.rpartition("-")[2] for _, role, _ in outside.sts.asked]


def untouched(outside: Outside) -> bool:
    """Say whether nothing was changed anywhere, nobody signed, and no role was asked for."""
    return not (holdings(outside) or outside.world.kms.requests or lent(outside) or outside.sts.refused)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
