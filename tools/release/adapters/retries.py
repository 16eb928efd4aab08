"""How often, and how soon, a service is asked again."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any, Final

from urllib3.util import Retry

if TYPE_CHECKING:
    from collections.abc import Collection

_BUSY: Final = (429, 500, 502, 503, 504)
_THROTTLED: Final = 429
_FIRST_WAIT: Final = 0.4


def retries(
    tries: int,
    longest_wait: int,
    *,
    methods: Collection[str] | None = None,
    busy: Collection[int] = _BUSY,
    **options: Any,  # noqa: ANN401  # what urllib3 takes
) -> Retry:
    """Ask so many times where the method can be repeated, whatever it is where none are named.

    `busy` are the statuses that say that it may go better later; who asks for more than `longest_wait` seconds before
    the next try is waited for no longer than that.
    """
    return _Backoff(
        total=tries - 1,
        backoff_factor=_FIRST_WAIT,
        status_forcelist=busy,
        allowed_methods=methods,
        retry_after_max=longest_wait,
        **options,
    )


class _Backoff(Retry):
    """Waits before the first repetition as well, and never two clients for the same time."""

    def get_backoff_time(self) -> float:
        longest = float(self.backoff_factor) * 2 ** (len(self.history) - 1)
        return random.uniform(longest / 2, longest)  # noqa: S311  # nobody gains by guessing it

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:  # noqa: FBT001, FBT002
        return status_code == _THROTTLED or super().is_retry(method, status_code, has_retry_after)
