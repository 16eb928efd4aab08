"""The target `github`: a GitHub Release for each tag, brought as a draft and published once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from release.adapters.github.administration import Administration
from release.adapters.github.board import Board
from release.adapters.github.client import Client
from release.adapters.github.connection import Connection
from release.adapters.github.conversation import Conversation
from release.adapters.github.rules import Rules
from release.adapters.github.target import GitHubReleases
from release.errors import UsageError
from release.redaction import hide

if TYPE_CHECKING:
    from release.settings import Settings

_API: Final = "https://api.github.com"
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")


def open_target(settings: Settings, seconds: float, *, patience: float = 30) -> GitHubReleases:
    """Open the releases of the repository that the settings name; `seconds` is the time for one answer.

    UsageError where the name is not of the form owner/name.
    """
    repository, token, api = _address(settings)
    client = Client(Connection(token, seconds=seconds), api, repository)
    return GitHubReleases(client, token, patience)


def open_rules(settings: Settings, seconds: float) -> Rules:
    """Open the rules, environments and settings of the same repository, as `open_target` does its releases."""
    repository, token, api = _address(settings)
    return Rules(Administration(Connection(token, seconds=seconds), api, repository))


def open_board(settings: Settings, seconds: float, *, patience: float = 30) -> Board:
    """Open what people read in the same repository; UsageError where a setting is missing."""
    if missing := settings.missing(("GITHUB_REPOSITORY", "GITHUB_TOKEN")):
        raise UsageError(
            f"settings are missing: {', '.join(missing)}", hint="set them in the environment, then run it again"
        )
    repository, token, api = _address(settings)
    return Board(Conversation(Connection(token, seconds=seconds), api, repository), patience)


def _address(settings: Settings) -> tuple[str, str, str]:
    """Give the repository, the token and the address of the API."""
    environment = settings.environment
    repository, token = environment["GITHUB_REPOSITORY"], environment["GITHUB_TOKEN"].strip()
    hide(token)
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError("GITHUB_REPOSITORY names no repository", hint="write it as owner/name")
    return repository, token, environment.get("GITHUB_API_URL") or _API
