"""Calls that wait for others, side by side."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from release.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Asked = TypeVar("Asked")
Made = TypeVar("Made")
AT_ONCE: Final = 16
"""Threads of one call; a release has several, and services count requests by the second."""


def side_by_side(ask: Callable[[Asked], Made], items: Iterable[Asked], at_once: int = AT_ONCE) -> list[Made]:
    """Ask for each, and give the answers in order.

    Where one fails, those that still wait for their turn are left; of several failures a conflict is told.
    """
    these = list(items)
    if len(these) < 2:  # noqa: PLR2004  # one needs no company
        return [ask(each) for each in these]
    with open_pool(min(len(these), at_once)) as pool:
        futures = [pool.submit(ask, each) for each in these]
        wait(futures, return_when=FIRST_EXCEPTION)
        for each in futures[at_once:]:
            each.cancel()
    failures = [error for error in (each.exception() for each in futures if not each.cancelled()) if error]
    if failures:
        raise next((each for each in failures if isinstance(each, Conflict)), failures[0])
    return [each.result() for each in futures]


@contextmanager
def open_pool(at_once: int = AT_ONCE) -> Iterator[ThreadPoolExecutor]:
    """Give threads for questions of several kinds; where something fails, those not begun are left."""
    with ThreadPoolExecutor(at_once) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
