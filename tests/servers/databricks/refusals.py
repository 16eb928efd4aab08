"""What a workspace refuses, and how it says so: an error code, a message, and sometimes google.rpc's details."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from tests.servers.stand_in import Answer, as_json

_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


class Refused(Exception):
    """The way out with an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def refusal(status: int, code: str, message: str, reason: str = "") -> Answer:
    """Write a refusal."""
    info = {"@type": _ERROR_INFO, "reason": reason, "domain": "filesystem.databricks.com"}
    said = {"error_code": code, "message": message, "details": [info] if reason else []}
    return replace(as_json(said), status=status)


def refuse(status: int, code: str, message: str, reason: str = "") -> NoReturn:
    """Refuse."""
    raise Refused(refusal(status, code, message, reason))


def must(holds: bool, status: int, code: str, message: str, reason: str = "") -> None:  # noqa: FBT001  # reads as a sentence
    """Refuse unless something holds."""
    if not holds:
        refuse(status, code, message, reason)
