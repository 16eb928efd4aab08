"""AWS: who asks it, by clients that give up in time."""

from __future__ import annotations

from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from release.adapters.aws_refusals import told
from release.adapters.libraries import await_library
from release.adapters.once import made_once

if TYPE_CHECKING:
    from collections.abc import Callable

_TRIES: Final = 3
_CONNECT_SECONDS: Final = 5
_CONNECTIONS: Final = 64
"""Kept open to one service: as many as are ever asked side by side."""
_USER_AGENT: Final = "wheelyard"
"""botocore's own is put together anew for every call, which takes a tenth of the call's time here."""
_VARIABLES: Final = (
    "aws_role_arn",
    "aws_web_identity_token_file",
    "actions_id_token_request_url",
    "actions_id_token_request_token",
    "aws_access_key_id",
)
_ROLE_SECONDS: Final = 900
"""The shortest session that STS gives."""
_ROLE_WORDS: Final = {"DurationSeconds": _ROLE_SECONDS, "RoleSessionName": "wheelyard"}
_RENEWED_BEFORE: Final = 60
"""Seconds before its end at which a session is renewed; botocore's own 15 minutes would renew it at every call."""


def open_client(service: str, region: str, seconds: float) -> Any:  # noqa: ANN401  # boto3 makes them when it runs
    """Open a client with botocore's standard retries; `seconds` is the time for one answer.

    boto3 finds the credentials, and the region where none is given; the role that AWS_ROLE_ARN names is assumed.
    """
    return Login(region, seconds).client(service)


class Login:
    """Who AWS is asked as; opens clients that several threads share.

    The role that AWS_ROLE_ARN names, or another `role` in its place, is assumed for as short as STS allows, and again
    whenever that ends: with the token in AWS_WEB_IDENTITY_TOKEN_FILE; or else, in a job of GitHub Actions that may ask
    for its token, with that; or else in the name of whoever runs this. It is never assumed in the name of the other
    role, which so needs no power over it. Keys in the environment come before the job's token for AWS_ROLE_ARN.
    """

    def __init__(self, region: str, seconds: float, role: str = "") -> None:
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
        self._session = Session(session_vars={name: (None, name.upper(), None, None) for name in _VARIABLES})
        self._session.register_component("data_loader", _models(self._session.get_config_variable("data_path")))
        self._seconds = seconds
        named, token_file, url, _, own_key = map(self._session.get_config_variable, _VARIABLES)
        if role or (named and not token_file):  # boto3 itself assumes what is named with what is in the file
            has_token = token_file or (url and (role or not own_key))
            self._assume(role or named, self._fetch_by_token if has_token else self._fetch_by_name)

    def client(self, service: str) -> Any:  # noqa: ANN401  # boto3 makes them when it runs
        """Open a client."""
        with self._asking:
            return self._opener.client(service, region_name=self._region, config=self._config)

    @property
    def is_temporary(self) -> bool:
        """Whether the credentials end by themselves."""
        with self._asking:
            found = self._session.get_credentials()
        return found is not None and bool(found.token)

    @made_once
    def _opener(self) -> Any:  # noqa: ANN401  # likewise
        """Give boto3's session, one for all clients: each adds its own methods to every S3 client after it."""
        import boto3  # noqa: PLC0415  # likewise

        return boto3.Session(botocore_session=self._session)

    def _assume(self, role: str, prepare: Callable[[str], Callable[[], Any]]) -> None:
        from botocore.credentials import CredentialResolver  # noqa: PLC0415  # likewise

        with told(f"could not assume the role {role}"):
            provider = _role_provider(role, prepare(role))
        self._session.register_component("credential_provider", CredentialResolver([provider]))

    def _fetch_by_name(self, role: str) -> Callable[[], Any]:
        from botocore.credentials import AssumeRoleCredentialFetcher  # noqa: PLC0415  # likewise
        from botocore.exceptions import NoCredentialsError  # noqa: PLC0415

        own = self._session.get_component("credential_provider").load_credentials()
        if own is None:
            raise NoCredentialsError
        ask = partial(self._session.create_client, region_name=self._region, config=self._config)
        fetch: Callable[[], Any] = AssumeRoleCredentialFetcher(ask, own, role, _ROLE_WORDS).fetch_credentials
        return fetch

    def _fetch_by_token(self, role: str) -> Callable[[], Any]:
        from botocore.credentials import AssumeRoleWithWebIdentityCredentialFetcher  # noqa: PLC0415  # likewise
        from botocore.utils import FileWebIdentityTokenLoader  # noqa: PLC0415

        from release.adapters.actions_token import ActionsToken  # noqa: PLC0415  # brings requests

        def ask(service: str, config: Any) -> Any:  # noqa: ANN401  # botocore is untyped
            return self._session.create_client(service, region_name=self._region, config=self._config.merge(config))

        _, token_file, url, word, _ = map(self._session.get_config_variable, _VARIABLES)
        load = FileWebIdentityTokenLoader(token_file) if token_file else ActionsToken(url, word or "", self._seconds)
        fetch: Callable[[], Any] = AssumeRoleWithWebIdentityCredentialFetcher(
            ask, load, role, _ROLE_WORDS
        ).fetch_credentials
        return fetch


@cache
def _models(folders: str | None) -> Any:  # noqa: ANN401  # botocore is untyped
    """Give botocore's descriptions of services, read once for all clients: it takes longer than a call does."""
    from botocore.loaders import create_loader  # noqa: PLC0415  # likewise

    return create_loader(folders)


def _role_provider(role: str, fetch: Callable[[], Any]) -> Any:  # noqa: ANN401  # botocore is untyped
    """Give what botocore takes credentials from: the role's."""
    from botocore import credentials  # noqa: PLC0415  # likewise

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
