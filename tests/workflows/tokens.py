"""Tokens that say which job somebody is, as GitHub makes them for a job that may ask: JSON Web Tokens with its claims.

https://docs.github.com/en/actions/reference/security/oidc
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from tests.planted import plant
from tests.servers.stand_in import Answer, StandIn, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.stand_in import Request

ISSUER: Final = "token.actions.githubusercontent.com"


class TokenService(StandIn):
    """Gives each job that may ask a token for an audience."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[str, Mapping[str, str]] = {}
        self._key = secrets.token_bytes(32)
        self.given: list[dict[str, str]] = []
        """The claims of every token that was given."""

    def admit(self, claims: Mapping[str, str]) -> dict[str, str]:
        """Let a job ask, and give the variables by which it does."""
        word = f"{plant('word-of-a-job')}-{len(self._jobs)}"
        self._jobs[word] = claims
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.address}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": word,
        }

    def answer(self, request: Request) -> Answer:
        """Give a token for an audience, to whoever knows a job's word."""
        claims = self._jobs.get(request.headers.get("authorization", "").removeprefix("bearer "))
        if claims is None:
            return Answer(b"{}", 401)
        (audience,) = parse_qs(request.query)["audience"]
        said = {**claims, "iss": f"https://{ISSUER}", "aud": audience, "jti": plant(f"token-{len(self.given)}")}
        self.given.append(said)
        return as_json({"value": self._sign(said)})

    def claims(self, token: str) -> dict[str, str] | None:
        """Give what a token says; None for one that is not from here."""
        head, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature, self._signature(head)):
            return None
        said: dict[str, str] = json.loads(base64.urlsafe_b64decode(head.split(".")[1] + "=="))
        return said

    def _sign(self, claims: Mapping[str, str]) -> str:
        parts = [_encode(json.dumps(each).encode()) for each in ({"alg": "HS256", "typ": "JWT"}, claims)]
        return f"{'.'.join(parts)}.{self._signature('.'.join(parts))}"

    def _signature(self, head: str) -> str:
        return _encode(hmac.digest(self._key, head.encode(), hashlib.sha256))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
