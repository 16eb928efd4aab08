"""The token that package managers show: in memory alone, one for all threads, renewed before it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from release.redaction import hide

if TYPE_CHECKING:
    from collections.abc import Callable

_NEAR_ITS_END: Final = timedelta(seconds=60)


class Token:
    """A token; `fetch` gets one, and says when it ends."""

    def __init__(self, fetch: Callable[[], tuple[str, datetime]]) -> None:
        self._fetch = fetch
        self._asking = Lock()
        self._value = ""
        self._ends = datetime.min.replace(tzinfo=UTC)

    def value(self) -> str:
        """Give a token that holds for a minute at least, if the session does."""
        with self._asking:
            if not self._value or self._ends - datetime.now(UTC) < _NEAR_ITS_END:
                self._renew()
            return self._value

    def renewed(self, refused: str) -> str:
        """Give another token than one that was refused: whoever hears of it first gets it for all."""
        with self._asking:
            if self._value == refused:
                self._renew()
            return self._value

    def _renew(self) -> None:
        value, self._ends = self._fetch()
        hide(value)
        self._value = value
