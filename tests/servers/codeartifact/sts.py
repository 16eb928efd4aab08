"""STS, as far as whoever releases asks it: who am I, and let me be that role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.servers.codeartifact.callers import SECRET_KEY
from tests.servers.codeartifact.wire import Refused
from tests.servers.kms import ACCOUNT
from tests.servers.stand_in import Answer

if TYPE_CHECKING:
    from tests.servers.codeartifact.callers import Callers
    from tests.servers.stand_in import Request

_SHORTEST: Final = 900
_LONGEST: Final = 43200
_NAMESPACE: Final = "https://sts.amazonaws.com/doc/2011-06-15/"


def action_of(request: Request) -> str:
    """Name what STS is asked."""
    return parse_qs(request.body.decode()).get("Action", ["?"])[0]


def answer_sts(callers: Callers, request: Request) -> Answer:
    """Answer as STS does."""
    action = action_of(request)
    try:
        caller = callers.identify(request.headers, "sts")
        if action == "GetCallerIdentity":
            said = {"Arn": caller.arn, "UserId": "AIDACKCEVSQ6C2EXAMPLE", "Account": ACCOUNT}
            return _write(action, "".join(f"<{name}>{escape(value)}</{name}>" for name, value in said.items()))
        if action == "AssumeRole":
            return _write(action, _assume(callers, {key: values[0] for key, values in _words(request).items()}))
        return refuse("InvalidAction", 400)
    except Refused as refused:
        return refuse(refused.answer.headers["x-amzn-ErrorType"], 403)


def refuse(code: str, status: int) -> Answer:
    """Answer with an error, in STS's own words."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{code}</Message></Error>"
    return Answer(f'<ErrorResponse xmlns="{_NAMESPACE}">{error}</ErrorResponse>'.encode(), status, "text/xml")


def _words(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.body.decode())


def _assume(callers: Callers, words: dict[str, str]) -> str:
    role, seconds = words["RoleArn"], int(words.get("DurationSeconds", "3600"))
    if role not in callers.roles or not _SHORTEST <= seconds <= _LONGEST or not words.get("RoleSessionName"):
        raise Refused("AccessDenied", "not authorized to perform: sts:AssumeRole")
    key, caller = callers.assume(role, seconds)
    ends = caller.ends.strftime("%Y-%m-%dT%H:%M:%SZ") if caller.ends else ""
    said = {"AccessKeyId": key, "SecretAccessKey": SECRET_KEY, "SessionToken": f"session-of-{key}", "Expiration": ends}
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in said.items())
    user = f"<AssumedRoleUser><Arn>{caller.arn}</Arn><AssumedRoleId>AROA:session</AssumedRoleId></AssumedRoleUser>"
    return f"<Credentials>{inside}</Credentials>{user}"


def _write(action: str, inside: str) -> Answer:
    result = f"<{action}Result>{inside}</{action}Result>"
    body = f'<{action}Response xmlns="{_NAMESPACE}">{result}</{action}Response>'
    return Answer(body.encode(), kind="text/xml")
