"""What others change at the same time is tried again, for a while; what can be asked side by side is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from release.adapters.s3.bucket import Busy
from release.errors import Incomplete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AT_ONCE: Final = 32
"""As many as the client keeps connections for."""
_FIRST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 2


@contextmanager
def side_by_side() -> Iterator[ThreadPoolExecutor]:
    """Give a pool for questions; where one of them fails, those not asked yet are not asked."""
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def until_settled(what: str, patience: float, attempt: Callable[[], bool]) -> None:
    """Repeat an attempt until it says that it is done, or for `patience` seconds; Incomplete after that."""
    from tenacity import (  # noqa: PLC0415  # with boto3, for whoever needs it
        RetryError,
        Retrying,
        retry_if_exception_type,
        retry_if_result,
        stop_after_delay,
        wait_random_exponential,
    )

    patiently = Retrying(
        retry=retry_if_exception_type(Busy) | retry_if_result(lambda is_done: not is_done),
        stop=stop_after_delay(patience),
        wait=wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT),
    )
    try:
        patiently(attempt)
    except RetryError:
        raise Incomplete(
            f"{what} was changed by others each time, for {patience:g} s",
            hint="does another release write there without end? run the same command again when it is over",
        ) from None
