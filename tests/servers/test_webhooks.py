"""What the stand-in for webhooks refuses is what Slack and Teams refuse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from release.adapters.notices import slack, teams
from release.model.notice import Line, Notice, Tone
from tests.servers.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOTICE = Notice(
    lines=(Line(tag="alpha/v0.1.0", tone=Tone.REFUSED, reason="dirty"),),
    targets=("s3",),
    by="ada",
    seconds=1,
    again="hatch run release run",
    run="https://example.com/runs/1",
)


@pytest.fixture
def webhooks() -> Iterator[Webhooks]:
    """Give the stand-in."""
    with Webhooks() as server:
        yield server


def post(address: str, content: bytes | str, kind: str = "application/json") -> tuple[int, str]:
    """Post something, and give the status and the text of the answer."""
    sent = content.encode() if isinstance(content, str) else content
    with requests.Session() as session:
        answer = session.post(address, data=sent, headers={"Content-Type": kind}, timeout=5)
    return answer.status_code, answer.text


def test_both_take_what_a_release_sends(webhooks: Webhooks) -> None:
    addresses = webhooks.environment
    assert post(addresses["SLACK_WEBHOOK_URL"], json.dumps(slack.as_message(NOTICE, again=False))) == (200, "ok")
    assert post(addresses["TEAMS_WEBHOOK_URL"], json.dumps(teams.as_message(NOTICE, again=True))) == (202, "")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda it: it.update(text=""), "no_text"),
        (lambda it: it["blocks"][0]["text"].update(text="x" * 151), "invalid_blocks"),
        (lambda it: it["blocks"][0]["text"].update(type="mrkdwn"), "invalid_blocks"),
        (lambda it: it["blocks"][1]["text"].update(text="x" * 3001), "invalid_blocks"),
        (lambda it: it["blocks"][1]["text"].update(text=""), "invalid_blocks"),
        (lambda it: it["blocks"][1].update(type="paragraph"), "invalid_blocks"),
        (lambda it: it["blocks"][1]["text"].update(verbatim=True), "invalid_blocks"),
        (lambda it: it["blocks"].extend([it["blocks"][1]] * 50), "invalid_blocks"),
        (lambda it: it["blocks"][-1].update(elements=[]), "invalid_blocks"),
        (
            lambda it: it["blocks"].extend([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2999}}] * 5),
            "invalid_blocks",
        ),
    ],
)
def test_slack_refuses_what_is_no_message(
    change: Callable[[dict[str, Any]], object], word: str, webhooks: Webhooks
) -> None:
    message = slack.as_message(NOTICE, again=False)
    change(message)
    assert post(webhooks.environment["SLACK_WEBHOOK_URL"], json.dumps(message)) == (400, word)
    assert webhooks.said["slack"] == []


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"'])
def test_slack_refuses_what_is_no_document(content: str, webhooks: Webhooks) -> None:
    assert post(webhooks.environment["SLACK_WEBHOOK_URL"], content) == (400, "invalid_payload")


def test_slack_knows_no_other_address_and_no_form(webhooks: Webhooks) -> None:
    address = webhooks.environment["SLACK_WEBHOOK_URL"]
    assert post(f"{address}x", '{"text": "hello"}') == (404, "no_service")
    assert post(address, "payload=%7B%7D", "application/x-www-form-urlencoded") == (400, "invalid_payload")


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(type="MessageCard"),
        lambda it: it.update(attachments=[]),
        lambda it: it["attachments"][0].update(contentType="application/json"),
        lambda it: it["attachments"][0]["content"].update(version="9.9"),
        lambda it: it["attachments"][0]["content"].update(body=[]),
        lambda it: it["attachments"][0]["content"]["body"].append({"type": "Video"}),
        lambda it: it["attachments"][0]["content"]["body"].append({"type": "TextBlock", "text": ""}),
        lambda it: it["attachments"][0]["content"]["body"].append({"type": "RichTextBlock", "inlines": []}),
        lambda it: it["attachments"][0]["content"]["actions"][0].update(url="javascript:alert(1)"),
        lambda it: it["attachments"][0]["content"]["actions"][0].update(type="Action.Execute"),
    ],
)
def test_teams_refuses_what_is_no_card(change: Callable[[dict[str, Any]], object], webhooks: Webhooks) -> None:
    message = teams.as_message(NOTICE, again=False)
    change(message)
    status, _ = post(webhooks.environment["TEAMS_WEBHOOK_URL"], json.dumps(message))
    assert status == 400
    assert webhooks.said["teams"] == []


def test_teams_refuses_who_does_not_sign_and_what_is_too_large(webhooks: Webhooks) -> None:
    address = webhooks.environment["TEAMS_WEBHOOK_URL"]
    content = json.dumps(teams.as_message(NOTICE, again=False))
    assert post(address.partition("&sig")[0], content)[0] == 401
    assert post(address.replace("/5f3c9ad2/", "/5f3c9ad3/"), content)[0] == 404
    assert post(address, content + " " * 28 * 1024)[0] == 413
    assert webhooks.said["teams"] == []
