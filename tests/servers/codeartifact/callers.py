"""Who may do what: access keys, the roles they may take, and the tokens they hold."""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tests.servers.codeartifact.wire import Refused
from tests.servers.kms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCESS_KEY: Final = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY: Final = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105  # AWS's own example
_SCOPE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=\S+, Signature=\w+"
)
_MOST_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class Caller:
    """Who an access key is for, and what that is allowed: `Action` anywhere, or `Action/repository`."""

    arn: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/release/ada"
    allowed: frozenset[str] | None = None
    """Everything, where it is None."""
    ends: datetime | None = None
    is_temporary: bool = True

    def may(self, action: str, place: str) -> bool:
        """Whether it may do something to a repository, or to the domain."""
        return self.allowed is None or bool({action, f"{action}/{place}"} & self.allowed)


class Callers:
    """All access keys, and all tokens that were given to them."""

    def __init__(self) -> None:
        self.keys: dict[str, Caller] = {ACCESS_KEY: Caller()}
        self.roles: dict[str, frozenset[str] | None] = {}
        """What a role is allowed, by its ARN; each key may take each role."""
        self._tokens: dict[str, tuple[Caller, datetime]] = {}

    def identify(self, headers: Mapping[str, str], service: str) -> Caller:
        """Give the caller of a signed request, or refuse it."""
        match = _SCOPE.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        key, *scope = match.groups()
        if scope != [REGION, service]:
            raise Refused("InvalidSignatureException", "Credential should be scoped to a valid region.")
        signed = datetime.strptime(headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - signed) > _MOST_SKEW:
            raise Refused("InvalidSignatureException", "Signature expired")
        caller = self.keys.get(key)
        if caller is None:
            raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        if caller.ends and caller.ends < datetime.now(UTC):
            raise Refused("ExpiredTokenException", "The security token included in the request is expired")
        return replace(caller, is_temporary="x-amz-security-token" in headers)

    def assume(self, role: str, seconds: int) -> tuple[str, Caller]:
        """Make a key for a role."""
        name = role.rpartition("/")[2]
        key = f"ASIA{secrets.token_hex(8).upper()}"
        ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session"
        self.keys[key] = Caller(arn, self.roles[role], ends)
        return key, self.keys[key]

    def give_token(self, caller: Caller, seconds: int) -> tuple[str, datetime]:
        """Make a token; of no seconds, it ends with the caller's session."""
        now = datetime.now(UTC).replace(microsecond=0)
        until = now + timedelta(seconds=seconds) if seconds else caller.ends or now + timedelta(hours=1)
        token = f"eyJ2ZXIiOjEsImlzdSI6{secrets.token_urlsafe(300)}"
        self._tokens[token] = (caller, until)
        return token, until

    def expire_tokens(self) -> None:
        """End every token that was given."""
        self._tokens.clear()

    def holder(self, authorization: str) -> Caller | None:
        """Give whose token comes with a request, if it is one that holds."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return None
        caller, until = self._tokens.get(token, (None, datetime.now(UTC)))
        return caller if scheme == "Basic" and name == "aws" and until > datetime.now(UTC) else None
