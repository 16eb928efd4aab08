"""One call of the command line: one document on standard output, and everything else beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from release.errors import Refused
from release.session import Session
from release.settings import Settings

if TYPE_CHECKING:
    import pytest


def test_a_failure_is_said_and_answered_where_a_document_is_owed(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(Settings({}), as_json=True)
    session.fail(Refused("alpha/v1: no", hint="write another"))
    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": {"exit_code": 10, "message": "alpha/v1: no", "hint": "write another"}}
    assert err == "error: alpha/v1: no\nhint: write another\n"


def test_a_document_that_was_given_is_not_followed_by_another(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(Settings({}), as_json=True)
    session.answer({"outcomes": []})
    session.fail(Refused("too late"))
    out, err = capsys.readouterr()
    assert json.loads(out) == {"outcomes": []}
    assert "error: too late" in err


def test_without_json_a_failure_is_said_on_standard_error_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Session(Settings({})).fail(Refused("[bold]no[/]", hint=""))
    assert capsys.readouterr() == ("", "error: [bold]no[/]\n")
