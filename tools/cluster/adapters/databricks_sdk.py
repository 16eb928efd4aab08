"""The door to databricks-sdk: how it is opened, how often it asks, and what its failures mean.

Its package imports every service that there is, 2.3 s of a processor, whichever module is asked for: so it is imported
where it is used, and by whoever uses it. There is no narrower way in.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from cluster.adapters.pace import Pace
from release.adapters.address import without_secrets
from release.adapters.libraries import await_library
from release.errors import Incomplete, Unauthorized, UsageError
from release.patience import try_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from databricks.sdk import WorkspaceClient
    from requests import PreparedRequest

Made = TypeVar("Made")
NEEDS: Final = ("DATABRICKS_HOST", "DATABRICKS_TOKEN")
SECONDS: Final = 60
"""For all tries of one call; the SDK tries again where it is throttled, unavailable or not reached."""
AT_ONCE: Final = 10
"""Calls of files that a workspace lets in; more are refused with 429."""
A_SECOND: Final = 90
"""Likewise; it lets in about 100: https://github.com/databricks/cli/blob/main/libs/filer/files_client.go."""
_PROBE_SECONDS: Final = 5
_CONNECT_SECONDS: Final = 4
_REACH_SECONDS: Final = 8
"""For a workspace to be reached at all, before the SDK tries each call for a minute."""
_TRIES: Final = 4
_DEBUG_INFO: Final = ". Config: "
"""What the SDK adds to a refusal: which settings it has, for its own users."""
_UNREACHED: Final = "is DATABRICKS_HOST right, and reached from here? then run the same command again"


class Passing(Exception):
    """A failure of the service that may be gone the next time, and that the SDK does not try again by itself."""


def open_client(host: str, token: str, seconds: int = SECONDS) -> WorkspaceClient:
    """Open a client for a workspace and nothing else that this machine's settings may name.

    Files go in one call each: the SDK's own way for large ones takes several, and is marked experimental. Incomplete
    where nobody listens at the address.
    """
    _require_reached(host if "://" in host else f"https://{host}")
    await_library("databricks.sdk")
    from databricks.sdk import WorkspaceClient  # noqa: PLC0415  # the seconds that only those pay who ask
    from databricks.sdk.core import Config  # noqa: PLC0415  # likewise

    logging.getLogger("databricks.sdk").setLevel(logging.ERROR)  # what fails is told by whoever asked
    try:
        config = Config(
            host=host,
            token=token,
            auth_type="pat",
            http_timeout_seconds=float(seconds),
            retry_timeout_seconds=min(seconds, _PROBE_SECONDS),
            disable_experimental_files_api_client=True,
            product="wheelyard",
            product_version="0.0.0",
        )
    except ValueError as error:
        raise UsageError(
            f"the workspace's settings are of no use: {_first(error)}", hint=f"look at {' and '.join(NEEDS)}"
        ) from None
    config.retry_timeout_seconds = seconds  # the probe that was just made may fail, and should not take that long
    return WorkspaceClient(config=config)


def _require_reached(address: str) -> None:
    """Ask for what anybody may read; whatever is answered, somebody is there."""
    import requests  # noqa: PLC0415  # only whoever asks a workspace needs it

    from release.adapters.http_refusals import reached  # noqa: PLC0415  # likewise

    url = f"{address.rstrip('/')}/.well-known/databricks-config"

    def knock() -> None:
        try:
            limits = (_CONNECT_SECONDS, _PROBE_SECONDS)
            requests.get(url, timeout=limits, auth=_nobody, allow_redirects=False, stream=True).close()
        except requests.ReadTimeout:  # it is slow, and there
            return

    try:
        shown = without_secrets(address)
    except ValueError:  # the SDK says what is wrong with it
        return
    with reached(f"{shown}: the workspace is not reached", _UNREACHED):
        try_again(knock, requests.ConnectionError, _REACH_SECONDS, _TRIES)


def _nobody(request: PreparedRequest) -> PreparedRequest:
    """Show no credentials: without this, those of a ~/.netrc would be."""
    return request


class Questions:
    """Asks a workspace: not too much at once, again where a failure may pass, and fails in our own words."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pace = Pace(AT_ONCE, A_SECOND)

    def ask(self, doing: str, question: Callable[[], Made]) -> Made:
        """Ask; whatever is asked has to be a thing that can be done twice."""

        def once() -> Made:
            with self._pace.turn(), _passing():
                return question()

        with told(doing):
            return try_again(once, Passing, self._seconds, _TRIES)


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Turn what the SDK raises into an error of ours that begins with what was being done."""
    import requests  # noqa: PLC0415  # with the SDK
    from databricks.sdk import errors  # noqa: PLC0415  # likewise
    from databricks.sdk.core import DatabricksError  # noqa: PLC0415  # likewise

    again = "run the same command again: what is done is not done twice"
    try:
        yield
    except (errors.Unauthenticated, errors.PermissionDenied) as error:
        is_known = isinstance(error, errors.PermissionDenied)
        raise Unauthorized(
            f"{doing}: {'it is not permitted' if is_known else 'the token is not accepted'}: {_first(error)}",
            hint="is the token still good, and of this workspace? does its owner have READ VOLUME and WRITE VOLUME, "
            "and for the allow-list MANAGE ALLOWLIST?",
        ) from None
    except Passing as error:
        raise Incomplete(f"{doing}: the workspace fails: {error}", hint=again) from None
    except TimeoutError as error:
        raise Incomplete(f"{doing}: gave up: {_cause(error)}", hint=again) from None
    except requests.RequestException as error:
        raise Incomplete(f"{doing}: no answer ({type(error).__name__})", hint=again) from None
    except DatabricksError as error:
        raise Incomplete(f"{doing}: {error.error_code or type(error).__name__}: {_first(error)}", hint=again) from None


@contextmanager
def _passing() -> Iterator[None]:
    import requests  # noqa: PLC0415
    from databricks.sdk import errors  # noqa: PLC0415

    try:
        yield
    except (errors.InternalError, errors.DeadlineExceeded) as error:
        raise Passing(_first(error)) from None
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError) as error:
        raise Passing(f"the answer broke off ({type(error).__name__})") from None  # in the middle of a download


def _cause(error: BaseException) -> str:
    """Say why the SDK tried so often."""
    import requests  # noqa: PLC0415
    from databricks.sdk import errors  # noqa: PLC0415

    cause = error.__cause__
    if isinstance(cause, errors.TooManyRequests):
        return f"the workspace says that it is asked too often: {_first(cause)}"
    if isinstance(cause, requests.ConnectionError):
        return "the workspace is not reached: is DATABRICKS_HOST right, and reached from here?"
    if isinstance(cause, requests.Timeout):
        return "the workspace does not answer in time"
    return f"the workspace is not available: {_first(cause or error)}"


def _first(error: BaseException) -> str:
    """Give what was said, without what the SDK adds."""
    return str(error).partition(_DEBUG_INFO)[0].partition("\n")[0]
