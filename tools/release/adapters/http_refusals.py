"""Why an answer over HTTP did not come, or lets nobody in, in our own words: others repeat what was sent."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import requests
from urllib3 import exceptions

from release.errors import Incomplete, Unauthorized, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

UNREACHED: Final = "is it reached from here? run the same command again"
_REFUSED: Final = (401, 403)
_REASONS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (requests.exceptions.ChunkedEncodingError, "the connection broke off in the middle of the answer"),
    (requests.exceptions.ContentDecodingError, "the answer is damaged"),
    (exceptions.NameResolutionError, "no machine has that name"),
    (exceptions.NewConnectionError, "the connection was refused"),
    (exceptions.ProxyError, "the proxy could not be reached"),
    (exceptions.SSLError, "its certificate is not trusted"),
    (requests.exceptions.SSLError, "its certificate is not trusted"),
    (exceptions.TimeoutError, "there was no answer in time"),
    (requests.Timeout, "there was no answer in time"),
    (exceptions.ProtocolError, "the connection broke off"),
    (requests.TooManyRedirects, "it sends from one address to the next"),
)
_NO_ADDRESS: Final = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)


@contextmanager
def reached(failed: str, hint: str = UNREACHED) -> Iterator[None]:
    """Turn what keeps an answer from coming into an error of ours that begins with `failed`, and repeats no address."""
    try:
        yield
    except _NO_ADDRESS as error:
        raise UsageError(f"{failed}: that is no address ({type(error).__name__})", hint="mend the setting") from None
    except requests.RequestException as error:
        raise Incomplete(f"{failed}: {_reason(error)}", hint=hint) from None


def require_welcome(response: Response, failed: str, hint: str) -> None:
    """Refuse an answer that says that the credentials are not accepted, or may not do this."""
    if response.status_code in _REFUSED:
        what = "the credentials are not accepted" if response.status_code == _REFUSED[0] else "it is not permitted"
        raise Unauthorized(f"{failed}: {what} (HTTP {response.status_code})", hint=hint)


def _reason(error: requests.RequestException) -> str:
    """Say why there is no answer, by the kind of the innermost error: its text may repeat what was sent."""
    inner = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    found = (said for kind, said in _REASONS if isinstance(inner, kind) or isinstance(error, kind))
    return next(found, f"no answer that could be read ({type(error).__name__})")
