"""Waiting no longer than a caller is willing to."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


def run_within(seconds: float, work: Callable[[], Made], cancel: Callable[[], None]) -> Made:
    """
    Give what the work makes, or raise what it raises; TimeoutError when the time is up.

    What is left running is cancelled and not waited for: Spark retries a barrier stage that finds too few cores for
    ten minutes, and cancels no job that waits in that way.
    """
    future = _start(work)
    try:
        return future.result(timeout=seconds)
    except concurrent.futures.TimeoutError as error:
        raise TimeoutError from error
    finally:
        if not future.done():
            _start(cancel)


def _start(work: Callable[[], Made]) -> concurrent.futures.Future[Made]:
    future: concurrent.futures.Future[Made] = concurrent.futures.Future()
    # A daemon, which a program need not wait for when it ends.
    threading.Thread(target=_fulfil, args=(future, work), name="cluster-inventory", daemon=True).start()
    return future


def _fulfil(future: concurrent.futures.Future[Made], work: Callable[[], Made]) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001  # the waiting thread raises it
        future.set_exception(error)
