"""How often a workspace may be asked: calls at once, and calls in a second."""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 10
"""Of the Files API. https://github.com/databricks/cli/blob/main/libs/filer/files_client.go says both."""
A_SECOND = 100


class Limits:
    """A count of the calls that are on their way, and of those of the last second."""

    def __init__(self) -> None:
        self.at_once = AT_ONCE
        self.a_second = A_SECOND
        self.most_at_once = 0
        """The most that were ever on their way together."""
        self.refused = 0
        self._now = 0
        self._recent: deque[float] = deque()
        self._lock = Lock()

    @contextmanager
    def admitted(self) -> Iterator[bool]:
        """Say whether one more is let in; it counts until it is answered."""
        with self._lock:
            is_let_in = self._count()
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield is_let_in
        finally:
            with self._lock:
                self._now -= 1

    def _count(self) -> bool:
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if self._now >= self.at_once or len(self._recent) >= self.a_second:
            self.refused += 1
            return False
        self._recent.append(now)
        return True
