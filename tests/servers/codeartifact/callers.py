"""Who may do what: access keys, and the tokens they hold."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from tests.servers.account import ACCESS_KEY, ACCOUNT, REGION, SCOPE
from tests.servers.codeartifact.wire import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_SKEW: Final = timedelta(minutes=5)
_LENT: Final = "ASIA"
"""How the access keys begin that STS lends."""


@dataclass(frozen=True)
class Caller:
    """Who an access key is for, and what that is allowed: `Action` anywhere, or `Action/repository`."""

    arn: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/release/ada"
    allowed: frozenset[str] | None = None
    """Everything, where it is None."""
    is_temporary: bool = True

    def may(self, action: str, place: str) -> bool:
        """Whether it may do something to a repository, or to the domain."""
        return self.allowed is None or bool({action, f"{action}/{place}"} & self.allowed)


class Callers:
    """All access keys, and all tokens that were given to them."""

    def __init__(self) -> None:
        self.keys: dict[str, Caller] = {ACCESS_KEY: Caller()}
        self.lent = Caller(f"arn:aws:sts::{ACCOUNT}:assumed-role/release/wheelyard")
        """Who comes with credentials that STS has lent."""
        self.session = timedelta(hours=1)
        """How long credentials still hold that end by themselves, and the tokens that end with them."""
        self.tokens: dict[str, tuple[Caller, datetime]] = {}

    def identify(self, headers: Mapping[str, str]) -> Caller:
        """Give the caller of a signed request, or refuse it."""
        match = SCOPE.fullmatch(headers.get("authorization", ""))
        if match is None:
            raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
        key, *scope = match.groups()
        if scope != [REGION, "codeartifact"]:
            raise Refused("InvalidSignatureException", "Credential should be scoped to a valid region.")
        signed = datetime.strptime(headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - signed) > _MOST_SKEW:
            raise Refused("InvalidSignatureException", "Signature expired")
        is_temporary = "x-amz-security-token" in headers
        caller = self.keys.get(key) or (self.lent if key.startswith(_LENT) and is_temporary else None)
        if caller is None:
            raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
        return replace(caller, is_temporary=is_temporary)

    def give_token(self, caller: Caller, seconds: int) -> tuple[str, datetime]:
        """Make a token; of no seconds, it ends with the caller's session."""
        lasting = timedelta(seconds=seconds) if seconds else self.session
        until = datetime.now(UTC).replace(microsecond=0) + lasting
        token = f"eyJ2ZXIiOjEsImlzdSI6{secrets.token_urlsafe(300)}"
        self.tokens[token] = (caller, until)
        return token, until

    def expire_tokens(self) -> None:
        """End every token that was given."""
        self.tokens.clear()

    def holder(self, authorization: str) -> Caller | None:
        """Give whose token comes with a request, if it is one that holds."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            name, _, token = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return None
        caller, until = self.tokens.get(token, (None, datetime.now(UTC)))
        return caller if scheme == "Basic" and name == "aws" and until > datetime.now(UTC) else None
