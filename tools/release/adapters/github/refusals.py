"""What GitHub's answers mean where they are not what was asked for. https://docs.github.com/en/rest/using-the-rest-api."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from release.errors import Incomplete, Unauthorized
from release.patience import try_again

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response

    from release.errors import ReleaseError

Made = TypeVar("Made")
AGAIN: Final = "run the same command again"
MAY_NOT: Final = "the token needs the permission `contents: write` for the repository that GITHUB_REPOSITORY names"
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_MISSING: Final = 404
_INVALID: Final = 422
_BROKEN: Final = 500
_MINUTE: Final = 60.0
"""What GitHub asks to wait where it does not say how long."""
_TRIES: Final = 8


class Rejected(Incomplete):
    """GitHub understood, and did not do it; `codes` are its own words for why, such as `already_exists`."""

    def __init__(self, failed: str, codes: frozenset[str], *, is_immutable: bool) -> None:
        super().__init__(f"{failed}: GitHub found it not valid ({', '.join(sorted(codes)) or 'no reason'})", hint=AGAIN)
        self.codes = codes
        self.is_immutable = is_immutable


class Unclear(Incomplete):
    """Whether a change was made is not known: it must be looked at again."""


def until_clear(act: Callable[[], Made], patience: float) -> Made:
    """Call what looks and then acts until it is clear what came of it; for no more than `patience` seconds."""
    return try_again(act, Unclear, patience, _TRIES)


class Throttled(Incomplete):
    """It was not done, because too much was asked; it may be asked again after some seconds."""

    def __init__(self, failed: str, seconds: float) -> None:
        super().__init__(
            f"{failed}: GitHub's rate limit is reached, for another {seconds:.0f} s",
            hint=f"wait until then, and {AGAIN}",
        )
        self.seconds = seconds


def waiting_time(response: Response) -> float | None:
    """Say for how many seconds nothing is to be asked, if the answer means that: GitHub's limits come as 403 too."""
    if response.status_code not in {_FORBIDDEN, _TOO_MANY}:
        return None
    after = response.headers.get("Retry-After", "")
    if after.isdecimal():
        return float(after)
    if response.headers.get("X-RateLimit-Remaining") == "0":
        reset = response.headers.get("X-RateLimit-Reset", "")
        return max(0.0, float(reset) - time.time()) if reset.isdecimal() else _MINUTE
    is_limit = response.status_code == _TOO_MANY or b"secondary rate limit" in response.content
    return _MINUTE if is_limit else None


def raise_refusal(response: Response, failed: str, *, is_change: bool = False) -> NoReturn:
    """Say in our own words what an answer means that is none of those that were hoped for."""
    status = response.status_code
    seconds = waiting_time(response)
    if seconds is not None:
        raise Throttled(failed, seconds)
    if status == _INVALID:
        raise Rejected(failed, _codes(response), is_immutable=b"immutable release" in response.content)
    if status >= _BROKEN:
        kind = Unclear if is_change else Incomplete
        raise kind(f"{failed}: GitHub answered {status}", hint=AGAIN)
    raise _refusal(status, failed)


def _refusal(status: int, failed: str) -> ReleaseError:
    if status == _UNAUTHORIZED:
        hint = f"make a new GITHUB_TOKEN, and {AGAIN}"
        return Unauthorized(f"{failed}: GitHub does not accept the token: it is wrong or has ended", hint=hint)
    if status == _FORBIDDEN:
        return Unauthorized(f"{failed}: the token may not do that", hint=f"{MAY_NOT}; then {AGAIN}")
    if status == _MISSING:
        return Incomplete(f"{failed}: it is not there, or the token may not see it", hint=f"{MAY_NOT}; then {AGAIN}")
    if status < 400:  # noqa: PLR2004  # a redirect of a change is not followed
        return Incomplete(f"{failed}: the repository has moved", hint="let GITHUB_REPOSITORY name where it is now")
    return Incomplete(f"{failed}: GitHub answered {status}", hint=AGAIN)


def _codes(response: Response) -> frozenset[str]:
    """Give the codes of a validation error; GitHub's sentences are left out, as they may repeat what was sent."""
    return frozenset(code.decode() for code in re.findall(rb'"code":\s*"([a-z_]+)"', response.content))
