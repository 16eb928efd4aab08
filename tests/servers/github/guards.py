"""What GitHub refuses, and how it says so."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NoReturn

from tests.servers.stand_in import Answer, as_json

_KEPT = re.compile(r"[^A-Za-z0-9._@+-]+")
"""Which characters an asset's name keeps is a guess: the documentation says that special ones are replaced."""


class Refused(Exception):
    """The way out with an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


def refuse(status: int, message: str, **error: str) -> NoReturn:
    """Refuse, with what is wrong with a field where that is known."""
    errors = {"errors": [{"resource": "Release", **error}]} if error else {}
    said = {"message": message, **errors, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    raise Refused(replace(as_json(said), status=status))


def must(holds: bool, status: int, message: str, **error: str) -> None:  # noqa: FBT001  # reads as a sentence
    """Refuse unless something holds."""
    if not holds:
        refuse(status, message, **error)


def require_valid(holds: bool, reason: str) -> None:  # noqa: FBT001  # likewise
    """Refuse a document that has the right shape and says what can't be, as rulesets do: with a sentence."""
    if not holds:
        said = {"message": "Validation Failed", "errors": [reason], "status": "422"}
        raise Refused(replace(as_json(said), status=422))


def name_of_asset(asked: str) -> str:
    """Give the name under which an asset is kept."""
    return _KEPT.sub(".", asked).strip(".")
