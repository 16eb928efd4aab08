"""AWS: clients that give up in time, and its refusals in our own words, because AWS's repeat what was sent."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NoReturn

from release.adapters.libraries import await_library
from release.errors import Incomplete, ReleaseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TRIES: Final = 3
_CONNECT_SECONDS: Final = 5
_CONNECTIONS: Final = 64
"""Kept open to one service: as many as are ever asked side by side."""
_USER_AGENT: Final = "wheelyard"
"""botocore's own is put together anew for every call, which takes a tenth of the call's time here."""
_ROLE_VARIABLES: Final = ("aws_role_arn", "aws_web_identity_token_file")
_ROLE_SECONDS: Final = 900
"""The shortest session that STS gives."""
_RENEWED_BEFORE: Final = 60
"""Seconds before its end at which a session is renewed; botocore's own 15 minutes would renew it at every call."""


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
_OTHER: Final = Refusal(frozenset(), Incomplete, "run the same command again")


def open_client(service: str, region: str, seconds: float) -> Any:  # noqa: ANN401  # boto3 makes them when it runs
    """Open a client with botocore's standard retries; `seconds` is the time for one answer.

    boto3 finds the credentials, and the region where none is given; the role that AWS_ROLE_ARN names is assumed.
    """
    return Login(region, seconds).client(service)


class Login:
    """Who AWS is asked as; opens clients that several threads share.

    The role that AWS_ROLE_ARN names is assumed for as short as STS allows, and again whenever that ends; where there is
    AWS_WEB_IDENTITY_TOKEN_FILE, boto3 does the same by itself, with that token.
    """

    def __init__(self, region: str, seconds: float) -> None:
        await_library("boto3")
        from botocore.config import Config  # noqa: PLC0415  # 0.2 s that only whoever needs AWS pays
        from botocore.session import Session  # noqa: PLC0415

        retries = {"mode": "standard", "total_max_attempts": _TRIES}
        self._config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=seconds,
            retries=retries,
            max_pool_connections=_CONNECTIONS,
            user_agent=_USER_AGENT,
        )
        self._region = region or None
        self._asking = Lock()
        """A botocore session that two threads ask at once for credentials gets them twice."""
        self._session = Session(session_vars={name: (None, name.upper(), None, None) for name in _ROLE_VARIABLES})
        self._session.register_component("data_loader", _models(self._session.get_config_variable("data_path")))
        role, token_file = map(self._session.get_config_variable, _ROLE_VARIABLES)
        if role and not token_file:
            self._assume(role)

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 makes them when it runs
        """Open a client."""
        import boto3  # noqa: PLC0415  # likewise

        with self._asking:
            session = boto3.Session(botocore_session=self._session)
            return session.client(service, region_name=self._region, config=self._config)

    @property
    def is_temporary(self) -> bool:
        """Whether the credentials end by themselves."""
        with self._asking:
            found = self._session.get_credentials()
        return found is not None and bool(found.token)

    def _assume(self, role: str) -> None:
        from botocore.credentials import CredentialResolver  # noqa: PLC0415  # likewise
        from botocore.exceptions import NoCredentialsError  # noqa: PLC0415

        with told(f"could not assume the role {role}"):
            own = self._session.get_component("credential_provider").load_credentials()
            if own is None:
                raise NoCredentialsError
            ask = partial(self._session.create_client, region_name=self._region, config=self._config)
            provider = _role_provider(role, own, ask)
        self._session.register_component("credential_provider", CredentialResolver([provider]))


@cache
def _models(folders: str | None) -> Any:  # noqa: ANN401  # botocore is untyped
    """Give botocore's descriptions of services, read once for all clients: it takes longer than a call does."""
    from botocore.loaders import create_loader  # noqa: PLC0415  # likewise

    return create_loader(folders)


def _role_provider(role: str, own: Any, ask: Callable[..., Any]) -> Any:  # noqa: ANN401  # botocore is untyped
    """Give what botocore takes credentials from: the role's, in the name of one's own."""
    from botocore import credentials  # noqa: PLC0415  # likewise

    words = {"DurationSeconds": _ROLE_SECONDS, "RoleSessionName": "wheelyard"}
    fetch = credentials.AssumeRoleCredentialFetcher(ask, own, role, words).fetch_credentials

    class Provider(credentials.CredentialProvider):  # type: ignore[misc]  # botocore is untyped
        METHOD = "assume-role"

        def load(self) -> Any:  # noqa: ANN401  # likewise
            """Assume the role; again, for each client anew, a minute before it ends."""
            with told(f"could not assume the role {role}"):
                first = fetch()
            return credentials.RefreshableCredentials.create_from_metadata(
                first, fetch, self.METHOD, advisory_timeout=_RENEWED_BEFORE * 2, mandatory_timeout=_RENEWED_BEFORE
            )

    return Provider()


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
            hint="log in (aws sso login), or let the job assume its role",
        ) from None
    except exceptions.ClientError as error:
        _raise_refusal(failed, refusals, error.response)
    except (exceptions.BotoCoreError, HTTPError, ResponseParserError, ValueError) as error:  # a body may break off late
        raise Incomplete(
            f"{failed}: no answer that could be read: {type(error).__name__}",
            hint="is AWS reached from here, and is AWS_ENDPOINT_URL right, if it is set? run the same command again",
        ) from None


def _raise_refusal(failed: str, refusals: tuple[Refusal, ...], response: Mapping[str, Any]) -> NoReturn:
    code = str(response.get("Error", {}).get("Code"))
    found = next((each for each in (*refusals, *_REFUSALS) if code in each.codes), _OTHER)
    said = f": {response['Error'].get('Message')}" if found.is_shown else ""
    raise found.kind(f"{failed}: AWS answered {code}{said}", hint=found.hint)
