"""Calls that wait for the same service, side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from release.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")
K = TypeVar("K")
_MOST: Final = 16
"""Threads of one call; a release has several, and CodeArtifact counts requests by the second."""


def side_by_side(ask: Callable[[K], T], items: Iterable[K]) -> list[T]:
    """Ask for each, and give the answers in order once all have ended; of several failures a conflict is told."""
    these = list(items)
    if len(these) < 2:  # noqa: PLR2004  # one needs no company
        return [ask(each) for each in these]
    with ThreadPoolExecutor(min(len(these), _MOST)) as pool:
        futures = [pool.submit(ask, each) for each in these]
    failures = [error for error in (each.exception() for each in futures) if error]
    if failures:
        raise next((each for each in failures if isinstance(each, Conflict)), failures[0])
    return [each.result() for each in futures]


class Once(Generic[K, T]):
    """Answers that are asked for once in a run, by however many threads; a failure is not kept."""

    def __init__(self, ask: Callable[[K], T]) -> None:
        self._ask = ask
        self._locks: dict[K, Lock] = {}
        self._known: dict[K, T] = {}

    def get(self, key: K) -> T:
        """Give the answer."""
        with self._locks.setdefault(key, Lock()):
            if key not in self._known:
                self._known[key] = self._ask(key)
            return self._known[key]
