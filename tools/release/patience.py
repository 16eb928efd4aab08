"""Waiting for what comes about by itself: asked again after a growing while, which is never the same for two."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from tenacity import RetryCallState, Retrying
    from tenacity.retry import RetryBaseT

Made = TypeVar("Made")
_FIRST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 2.0


def ask_until(ask: Callable[[], Made], is_enough: Callable[[Made], bool], seconds: float) -> Made:
    """Ask until an answer is enough, for some seconds, and give the last one, whether it is enough or not."""
    from tenacity import retry_if_result  # noqa: PLC0415  # for whoever has to wait

    def last(state: RetryCallState) -> Made:
        return cast("Future[Made]", state.outcome).result()

    again = retry_if_result(lambda answer: not is_enough(answer))
    return _waiting(again, seconds, retry_error_callback=last)(ask)


def try_again(act: Callable[[], Made], after: type[Exception], seconds: float, tries: int = sys.maxsize) -> Made:
    """Act until it does not fail in this way, for some seconds; then let the failure go its way."""
    from tenacity import retry_if_exception_type  # noqa: PLC0415  # likewise

    return _waiting(retry_if_exception_type(after), seconds, tries, reraise=True)(act)


def _waiting(again: RetryBaseT, seconds: float, tries: int = sys.maxsize, **options: Any) -> Retrying:  # noqa: ANN401  # what tenacity takes
    from tenacity import Retrying, stop_after_attempt, stop_after_delay, wait_random_exponential  # noqa: PLC0415

    return Retrying(
        retry=again,
        stop=stop_after_delay(seconds) | stop_after_attempt(tries),
        wait=wait_random_exponential(multiplier=_FIRST_WAIT, max=_LONGEST_WAIT),
        **options,
    )
