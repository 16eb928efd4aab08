"""How long a write of ours may take until it is seen: CodeArtifact's reads follow its writes a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from release.adapters.libraries import await_library

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")


def ask_until(ask: Callable[[], T], is_enough: Callable[[T], bool], seconds: float) -> T:
    """Ask, again after a growing while for some seconds, and give the last answer, whether it is enough or not."""
    await_library("tenacity")
    from tenacity import (  # noqa: PLC0415  # for whoever has to wait
        RetryCallState,
        Retrying,
        retry_if_result,
        stop_after_delay,
        wait_exponential_jitter,
    )

    def last(state: RetryCallState) -> T:
        return cast("Future[T]", state.outcome).result()

    return Retrying(
        stop=stop_after_delay(seconds),
        wait=wait_exponential_jitter(multiplier=0.05, max=2, jitter=0.05),
        retry=retry_if_result(lambda answer: not is_enough(answer)),
        retry_error_callback=last,
    )(ask)
