"""Doing it again when nobody knows whether it was done: each time after another look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from release.adapters.github.refusals import Unclear
from release.adapters.libraries import await_library

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")
_TRIES: Final = 5
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 3.0


def until_clear(act: Callable[[], Made], patience: float) -> Made:
    """Call what looks and then acts until it is clear what came of it; for no more than `patience` seconds."""
    await_library("tenacity")
    from tenacity import (  # noqa: PLC0415  # only for who asks
        Retrying,
        retry_if_exception_type,
        stop_after_attempt,
        stop_after_delay,
        wait_random_exponential,
    )

    return Retrying(
        retry=retry_if_exception_type(Unclear),
        wait=wait_random_exponential(_FIRST_WAIT, max=_LONGEST_WAIT),
        stop=stop_after_attempt(_TRIES) | stop_after_delay(patience),
        reraise=True,
    )(act)


def until_there(look: Callable[[], Made | None], patience: float) -> Made | None:
    """Look until something is there; None after `patience` seconds."""
    await_library("tenacity")
    from tenacity import Retrying, retry_if_result, stop_after_delay, wait_random_exponential  # noqa: PLC0415

    return Retrying(
        retry=retry_if_result(lambda found: found is None),
        wait=wait_random_exponential(_FIRST_WAIT, max=_LONGEST_WAIT),
        stop=stop_after_delay(patience),
        retry_error_callback=lambda _: None,
    )(look)
