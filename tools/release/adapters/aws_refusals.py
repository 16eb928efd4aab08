"""Why AWS does not do what it was asked, in our own words: AWS's repeat what was sent."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from release.adapters.libraries import await_library
from release.errors import Incomplete, ReleaseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Refusal:
    """What some answers mean: which error they are, and what to do next."""

    codes: frozenset[str]
    kind: type[ReleaseError]
    hint: str
    is_shown: bool = False
    """Whether AWS's own message is given too: only where it names nothing but the caller and the missing permission."""


_REFUSALS: Final = (
    Refusal(
        frozenset({"AccessDenied", "AccessDeniedException"}),
        Incomplete,
        "give the role that permission, and run the same command again",
        is_shown=True,
    ),
    Refusal(
        frozenset({"LimitExceededException", "RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException"}),
        Incomplete,
        "wait a minute, and run the same command again",
    ),
    Refusal(
        frozenset({"ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId"})
        | frozenset({"InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationTokenException"})
        | frozenset({"SignatureDoesNotMatch", "UnrecognizedClientException"}),
        Incomplete,
        "the AWS credentials are wrong or have ended, or the clock is off: log in again, and run the command again",
    ),
)
_UNREADABLE: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What reading raises where a body broke off, or is a document of another shape: botocore looks at none of it."""
_OTHER: Final = Refusal(frozenset(), Incomplete, "run the same command again")


@contextmanager
def told(failed: str, *refusals: Refusal) -> Iterator[None]:
    """Turn what AWS, or the way to it, says into an error of ours that begins with `failed`."""
    await_library("botocore.parsers")
    from botocore import exceptions  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        yield
    except exceptions.NoRegionError:
        raise UsageError(f"{failed}: no AWS region is named", hint="set AWS_REGION") from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.ProfileNotFound) as error:
        raise UsageError(
            f"{failed}: there are no AWS credentials ({type(error).__name__})",
            hint="log in (aws sso login); a job on GitHub needs AWS_ROLE_ARN and the permission `id-token: write`",
        ) from None
    except exceptions.ClientError as error:
        _raise_refusal(failed, refusals, error.response)
    except (exceptions.BotoCoreError, HTTPError, ResponseParserError, *_UNREADABLE) as error:
        raise Incomplete(
            f"{failed}: no answer that could be read: {type(error).__name__}",
            hint="is AWS reached from here, and is AWS_ENDPOINT_URL right, if it is set? run the same command again",
        ) from None


def _raise_refusal(failed: str, refusals: tuple[Refusal, ...], response: Mapping[str, Any]) -> NoReturn:
    code = str(response.get("Error", {}).get("Code"))
    found = next((each for each in (*refusals, *_REFUSALS) if code in each.codes), _OTHER)
    said = f": {response['Error'].get('Message')}" if found.is_shown else ""
    raise found.kind(f"{failed}: AWS answered {code}{said}", hint=found.hint)
