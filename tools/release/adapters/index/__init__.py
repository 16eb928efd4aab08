"""The target `index`: any package index with the legacy upload API and simple pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.address import origin, read_address
from release.adapters.index.target import PackageIndex
from release.adapters.simple import SimpleIndex
from release.adapters.upload import Uploader

if TYPE_CHECKING:
    from release.settings import Settings


def open_target(settings: Settings, seconds: float, *, patience: float = 30) -> PackageIndex:
    """Open the index that TWINE_REPOSITORY_URL and RELEASE_INDEX_URL name; an answer has `seconds`.

    `patience` is how many seconds its pages have to show what was brought. Without RELEASE_INDEX_URL the pages stand
    below the address for uploads, in `simple/`. TWINE_USERNAME and TWINE_PASSWORD are shown to the host for uploads
    alone: where the pages stand elsewhere and need credentials, RELEASE_INDEX_URL has its own before its host.
    """
    environment = settings.environment
    brought_to = read_address("TWINE_REPOSITORY_URL", environment["TWINE_REPOSITORY_URL"])
    default = f"{brought_to.url.rstrip('/')}/simple/"
    shown_at = read_address("RELEASE_INDEX_URL", environment.get("RELEASE_INDEX_URL") or default)
    ours = environment["TWINE_USERNAME"], environment["TWINE_PASSWORD"]
    theirs = shown_at.username, shown_at.password
    reader = ours if theirs == ("", "") and origin(shown_at.url) == origin(brought_to.url) else theirs
    pages = SimpleIndex(shown_at.url, *reader, seconds)
    return PackageIndex(Uploader(brought_to.url, *ours, seconds), pages, patience)
