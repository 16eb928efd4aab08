"""A stand-in for AWS STS: who one is, and roles that are assumed for a while, as moto has it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.servers.account import ACCOUNT, REGION
from tests.servers.moto_answer import ask_moto
from tests.servers.stand_in import Answer, Request, StandIn

if TYPE_CHECKING:
    from tests.servers.faults import Faults

_SHORTEST = 900
ROLE = f"arn:aws:iam::{ACCOUNT}:role/release"


class Sts(StandIn):
    """STS of the account: GetCallerIdentity and AssumeRole."""

    def __init__(self, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        super().__init__(port, faults=faults, delay=delay)
        self.roles = {ROLE}
        """Roles that may be assumed."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which boto3 finds it."""
        return {"AWS_REGION": REGION, "AWS_ENDPOINT_URL_STS": self.address}

    def call(self, request: Request) -> str:
        """Name what is asked for."""
        return _asked(request, "Action")

    def throttled(self, request: Request) -> Answer:  # noqa: ARG002
        """Say that it was asked too often."""
        return _refuse(400, "Throttling", "Rate exceeded")

    def expired(self, request: Request) -> Answer:  # noqa: ARG002
        """Say that the credentials have ended."""
        return _refuse(403, "ExpiredToken", "The security token included in the request is expired")

    def answer(self, request: Request) -> Answer:
        """Answer as STS does, which lends a role to those it trusts and for a quarter of an hour at least.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        """
        if self.call(request) == "AssumeRole":
            if _asked(request, "RoleArn") not in self.roles:
                return _refuse(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole")
            if int(_asked(request, "DurationSeconds") or _SHORTEST) < _SHORTEST:
                return _refuse(400, "ValidationError", "1 validation error detected: Value at 'durationSeconds' failed")
        return ask_moto("sts", request, request.headers)


def _asked(request: Request, name: str) -> str:
    return parse_qs(request.body.decode()).get(name, [""])[0]


def _refuse(status: int, code: str, message: str) -> Answer:
    said = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(f"{said}<RequestId>1</RequestId></ErrorResponse>".encode(), status, "text/xml")
