"""What others change at the same time is tried again, for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release.adapters.s3.bucket import Busy
from release.errors import Incomplete
from release.patience import ask_until

if TYPE_CHECKING:
    from collections.abc import Callable


def until_settled(what: str, patience: float, attempt: Callable[[], bool]) -> None:
    """Repeat an attempt until it says that it is done, or for `patience` seconds; Incomplete after that."""

    def is_settled() -> bool:
        try:
            return attempt()
        except Busy:
            return False

    if not ask_until(is_settled, bool, patience):
        raise Incomplete(
            f"{what} was changed by others each time, for {patience:g} s",
            hint="does another release write there without end? run the same command again when it is over",
        )
