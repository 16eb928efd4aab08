"""Calls at a pace that a service lets in: so many at once, and so many in a second."""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pace:
    """Lets callers in by turns; a second is any second, and not one of the clock's."""

    def __init__(self, at_once: int, a_second: int) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._recent: deque[float] = deque(maxlen=a_second)
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it."""
        with self._turns:
            time.sleep(self._reserve())
            yield

    def _reserve(self) -> float:
        """Give the seconds until one more may come, and count it for then."""
        with self._lock:
            now = time.monotonic()
            is_full = len(self._recent) == self._recent.maxlen
            begin = max(now, self._recent[0] + 1) if is_full else now
            self._recent.append(begin)
            return begin - now
