"""Targets: which there are, what each needs, and how it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from release.adapters.local import LocalIndex
from release.errors import UsageError
from release.model.tag import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release.model.dist import Dist
    from release.ports import Target
    from release.settings import Settings

SECONDS = 20.0
"""For one answer of a service."""


@dataclass(frozen=True)
class Kind:
    """A place that artifacts can go to: the module that opens it, when it is named, and the settings it needs."""

    module: str
    needs: tuple[str, ...]

    def open(self, settings: Settings, seconds: float) -> Target:
        """Open it; what it imports takes time that only those pay who name it."""
        return cast("Target", import_module(f"release.adapters.{self.module}").open_target(settings, seconds))


REMOTE = {
    "index": Kind("index", ("TWINE_REPOSITORY_URL", "TWINE_USERNAME", "TWINE_PASSWORD")),
    "codeartifact": Kind(
        "codeartifact",
        (
            "AWS_REGION",
            "CODEARTIFACT_DOMAIN",
            "CODEARTIFACT_ACCOUNT_ID",
            "CODEARTIFACT_REPOSITORY",
            "CODEARTIFACT_PREVIEW_REPOSITORY",
            "CODEARTIFACT_DEV_REPOSITORY",
        ),
    ),
    "s3": Kind("s3", ("AWS_REGION", "S3_WHEELS_BUCKET")),
    "github": Kind("github", ("GITHUB_REPOSITORY", "GITHUB_TOKEN")),
}
NAMES = ("local", *REMOTE)


def open_targets(
    names: Iterable[str], settings: Settings, dist: Dist, *, seconds: float = SECONDS
) -> tuple[Target, ...]:
    """Open the doors to the targets that were named, in their order; all that lacks is said at once."""
    wanted = tuple(dict.fromkeys(names))
    require_names(wanted)
    _require_settings(wanted, settings)
    return tuple(REMOTE[name].open(settings, seconds) if name in REMOTE else LocalIndex(dist) for name in wanted)


def require_names(names: Iterable[str]) -> None:
    """Refuse what is no target's name."""
    for name in names:
        if name not in NAMES:
            raise UsageError(f"there is no target {shown(name)}", hint=f"targets: {', '.join(NAMES)}")


def _require_settings(names: Iterable[str], settings: Settings) -> None:
    needed = {name: REMOTE[name].needs for name in names if name in REMOTE}
    missing = {name: settings.missing(needs) for name, needs in needed.items()}
    if said := "; ".join(f"{name} lacks {', '.join(lacks)}" for name, lacks in missing.items() if lacks):
        raise UsageError(f"settings are missing: {said}", hint="set them in the environment, then run it again")
