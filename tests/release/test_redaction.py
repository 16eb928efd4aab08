"""No secret of an address is printed or kept."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release.adapters.terminal import Terminal
from release.errors import ReleaseError, as_defect
from release.redaction import SHORTEST, Hidden, hide, redact
from release.settings import Settings
from tests.servers.stand_in import closed_address

if TYPE_CHECKING:
    from tests.release.scene import Scene

WORD = st.text(st.characters(blacklist_characters='/@" \t\n\r', blacklist_categories=("Z", "C")), min_size=8)


@given(WORD, WORD)
def test_credentials_leave_every_address(user: str, password: str) -> None:
    text = redact(f"asked https://{user}:{password}@index.example.com/simple and got 401")
    assert text == "asked https://***@index.example.com/simple and got 401"


@given(st.text(min_size=SHORTEST).map(str.strip).filter(lambda text: len(text) >= SHORTEST), st.text(max_size=4))
def test_a_hidden_secret_leaves_in_no_form(secret: str, user: str) -> None:
    hidden = Hidden()
    hidden.add(secret)
    in_basic = base64.b64encode(f"{user}:{secret}".encode()).decode()
    forms = {
        "as it is": secret,
        "in an address": quote(secret, safe=""),
        "in JSON": json.dumps(secret)[1:-1],
        "in quotes": repr(secret)[1:-1],
    }
    for form, text in forms.items():
        assert hidden.leave(f"<{text}>") == "<***>", form
    told = hidden.leave(f"Basic {in_basic}")
    assert len(told) <= len("Basic ***") + len(in_basic) - len(secret.encode()) * 8 // 6 + 4, told


def test_a_token_leaves_basic_credentials_whoever_uses_it() -> None:
    token = "hidden/words+of=many~letters"  # noqa: S105  # nobody's
    hide(token)
    for user in ("", "a", "aws", "__token__"):
        told = redact(base64.b64encode(f"{user}:{token}".encode()).decode())
        assert token not in told
        assert "***" in told
        decoded = base64.b64decode(re.sub(r"[^A-Za-z0-9+/]", "", told) + "===", validate=False)
        assert b"words" not in decoded


def test_what_is_too_short_to_be_a_secret_stays() -> None:
    hide("", "1234567")
    assert redact("1234567 wheels") == "1234567 wheels"


def test_a_longer_secret_leaves_nothing_of_itself_where_a_shorter_one_begins_it() -> None:
    hide("beginning-of-it", "beginning-of-it-and-its-end")
    assert redact("is beginning-of-it-and-its-end") == "is ***"


def test_secrets_can_be_hidden_by_many_at_once() -> None:
    secrets = [f"one-of-many-{number:03}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hide, secrets))
    assert not [each for each in secrets if each in redact(" ".join(secrets))]


SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "CLIENT_SECRET",
    "DATABRICKS_TOKEN",
    "GITHUB_TOKEN",
    "SLACK_WEBHOOK_URL",
    "TEAMS_WEBHOOK_URL",
    "TWINE_PASSWORD",
    "UV_INDEX_INHOUSE_PASSWORD",
)


@pytest.mark.parametrize("name", SECRET_VARIABLES)
def test_what_a_variable_keeps_secret_is_hidden(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, f"the-value-of-{name}\n")
    Settings.from_process()
    assert redact(f"got the-value-of-{name}") == "got ***"


def test_what_a_variable_says_openly_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "region-that-is-open")
    monkeypatch.setenv("CLIENT_SECRET_FILE", "/run/place-that-is-open")
    Settings.from_process()
    assert redact("region-that-is-open /run/place-that-is-open") == "region-that-is-open /run/place-that-is-open"


def test_a_password_is_hidden_that_stands_in_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX", "inhouse=https://ada:an%2Fold%2Fpassword@index.example.com/simple/")
    Settings.from_process()
    assert redact("an/old/password, an%2Fold%2Fpassword") == "***, ***"


def test_nothing_is_told_of_the_path_of_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://flows.example.com:443/workflows/5f3c/paths/invoke?api-version=1&sig=hTt-pQ_rs12"
    monkeypatch.setenv("TEAMS_WEBHOOK_URL", address)
    Settings.from_process()
    for text in (address, address.partition(":443")[2], "/workflows/5f3c/paths/invoke", "hTt-pQ_rs12"):
        assert redact(f"got {text}") == "got ***"


def test_a_defect_repeats_no_secret() -> None:
    hide("secret-in-a-defect")
    assert "secret-in-a-defect" not in as_defect(KeyError("secret-in-a-defect"), "at secret-in-a-defect: ").message


def test_the_terminal_says_no_secret_whichever_way_it_speaks(capfd: pytest.CaptureFixture[str]) -> None:
    secret = 'said-"aloud"-by-chance'  # noqa: S105  # nobody's
    hide(secret)
    terminal = Terminal()
    terminal.say(secret)
    terminal.warn(secret)
    terminal.fail(secret, secret)
    terminal.end("alpha", "smoke", 0.1, secret)
    terminal.answer(secret)
    terminal.document(json.dumps({"said": secret, "urls": ["https://a.example.com", "ada@example.com"]}))
    terminal.table(("tag", ""), [("alpha", secret)])
    out, err = capfd.readouterr()
    assert "aloud" not in f"{out}{err}"
    assert (out.count("***"), err.count("***")) == (3, 5)
    assert '{"said": "***", "urls": ["https://a.example.com", "ada@example.com"]}' in out


def test_a_library_logs_no_secret(capfd: pytest.CaptureFixture[str]) -> None:
    secret = "logged-by-a-library"  # noqa: S105  # nobody's
    hide(secret)
    Terminal()
    assert logging.lastResort
    record = logging.makeLogRecord({"msg": "try %s again", "args": (secret,), "levelno": logging.WARNING})
    with pytest.raises(KeyError) as raised:
        os.environ[secret]
    record.exc_info = (raised.type, raised.value, raised.tb)
    logging.lastResort.handle(record)
    err = capfd.readouterr().err
    assert err.startswith("try *** again\nTraceback")
    assert secret not in err


def test_what_is_no_address_stays_as_it_is() -> None:
    assert redact("ada@example.com wrote // to @you") == "ada@example.com wrote // to @you"


def test_an_error_never_holds_a_secret() -> None:
    error = ReleaseError("https://bob:s3cret@example.com/ answers 401", hint="ask http://bob:s3cret@example.com/")
    assert "s3cret" not in f"{error}{error.message}{error.hint}"


def test_a_service_that_is_named_with_a_password_leaves_no_trace_of_it(scene: Scene) -> None:
    scene.add("alpha").tagged("alpha/v0.1.0")
    address = closed_address().replace("://", "://bob:s3cret@")
    files = {name: str(scene.temporary.parent / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    ended = scene.call(folder=None, RELEASE_OSV_URL=f"{address}/v1/query", **files).expect(0)
    receipt = scene.repository.dist("alpha") / "alpha-0.1.0.receipt.json"
    assert '"unavailable"' in receipt.read_text()
    kept = b"".join(path.read_bytes() for path in (scene.repository.root / "dist").rglob("*") if path.is_file())
    written = "".join(Path(path).read_text() for path in files.values())
    assert "alpha/v0.1.0" in written
    assert "s3cret" not in f"{ended.out}{ended.err}{written}"
    assert b"s3cret" not in kept
