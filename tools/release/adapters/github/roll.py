"""The list of all releases: the only place where drafts are found, asked as seldom as it can be."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from release.adapters.github.connection import AT_ONCE
from release.errors import ReleaseError
from release.side_by_side import side_by_side

if TYPE_CHECKING:
    from release.adapters.github.answers import Release
    from release.adapters.github.client import Client


class Roll:
    """What all threads know of the repository's releases."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asking = Lock()
        self._counting = Lock()
        self._times: list[float] = []
        """When the list was asked for, each time."""
        self._heard: tuple[Release, ...] | ReleaseError = ()
        self._number = 0
        """Which of those times is the one that was heard last."""

    def known(self) -> tuple[Release, ...]:
        """Give the list, asked for if it never was; it is as old as the run may be."""
        with self._counting:
            seen = self._number if isinstance(self._heard, ReleaseError) else 0
        return self._since(seen)

    def fresh(self, within: float = 0) -> tuple[Release, ...]:
        """Give a list that was asked for from now on, or `within` seconds before.

        Whoever waits for one meanwhile gets the same.
        """
        with self._counting:
            is_recent = self._times and time.monotonic() - self._times[-1] < within
            seen = len(self._times) - bool(is_recent)
        return self._since(seen)

    def _since(self, seen: int) -> tuple[Release, ...]:
        with self._asking:
            if self._number <= seen:
                with self._counting:
                    self._times.append(time.monotonic())
                try:
                    heard: tuple[Release, ...] | ReleaseError = self._ask()
                except ReleaseError as error:
                    heard = error
                with self._counting:
                    self._heard, self._number = heard, len(self._times)
            if isinstance(self._heard, ReleaseError):
                raise self._heard
            return self._heard

    def _ask(self) -> tuple[Release, ...]:
        """Ask for the first page, then for all that it tells of, side by side, and for what came meanwhile."""
        first, last = self._client.list_releases(1)
        found, page = list(first), 1
        while page < last:
            pages = side_by_side(self._client.list_releases, range(page + 1, last + 1), AT_ONCE)
            found += [release for releases, _ in pages for release in releases]
            page, last = last, pages[-1][1]
        return tuple({release.id: release for release in found}.values())
