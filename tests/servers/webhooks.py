"""Webhooks that carry notices: Slack's, and a workflow of Microsoft Teams."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.planted import SEARCH, plant
from tests.servers.stand_in import Answer, Drop, Hang, Request, StandIn, as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.faults import Faults

_SLACK = f"/services/T00000000/B00000000/{quote(plant('slack'), safe='')}"
_TEAMS = "/workflows/5f3c9ad2/triggers/manual/paths/invoke"
_SIGNATURE = f"sig={quote(plant('teams'), safe='')}"
_PAYLOAD_OF_SLACK = 13_000
"""Letters of all blocks together; nobody documents it: <https://github.com/slackapi/bolt-js/issues/2509>."""
_PAYLOAD_OF_TEAMS = 28 * 1024
_ELEMENTS = {"RichTextBlock", "TextBlock"}
_CARD = "application/vnd.microsoft.card.adaptive"


class Webhooks(StandIn):
    """A channel of Slack and one of Teams, which remember what they were told."""

    def __init__(self, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        super().__init__(port, faults=faults, delay=delay)
        self.said: dict[str, list[Any]] = {"slack": [], "teams": []}
        """The messages that arrived, as they were sent."""
        self._replies: dict[str, list[Answer | Hang | Drop]] = defaultdict(list)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a release finds both."""
        return {
            "SLACK_WEBHOOK_URL": f"{self.address}{_SLACK}",
            "TEAMS_WEBHOOK_URL": f"{self.address}{_TEAMS}?api-version=2016-06-01&sp=%2Frun&sv=1.0&{_SIGNATURE}",
        }

    def told(self, service: str) -> list[str]:
        """Give the texts of the messages that arrived, each as one text."""
        return ["\n".join(texts_of(message)) for message in self.said[service]]

    def reply(self, service: str, *answers: Answer | Hang | Drop) -> None:
        """Answer the next requests so, and do nothing."""
        self._replies[service] += answers

    def call(self, request: Request) -> str:
        """Name the service that is told."""
        return f"tell {_service(request)}"

    def throttled(self, request: Request) -> Answer:
        """Say that it was told too often, each as it does."""
        headers = {"Retry-After": "1"}
        if _service(request) == "slack":
            return Answer(b"rate_limited", 429, "text/plain", headers)
        return Answer(b'{"error":{"code":"WorkflowRunActionRepetitionQuotaExceeded"}}', 429, headers=headers)

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Take a message that has the shape it must have."""
        service = _service(request)
        SEARCH.look(f"a notice to {service}", request.body)
        if self._replies[service]:
            return self._replies[service].pop(0)
        refusal = _refuse_slack(request) if service == "slack" else _refuse_teams(request)
        if refusal:
            return refusal
        self.said[service].append(json.loads(request.body))
        return Answer(b"ok", kind="text/plain") if service == "slack" else Answer(status=202)


def texts_of(message: object) -> Iterator[str]:
    """Give every text that a reader of a message sees."""
    if isinstance(message, list):
        for each in message:
            yield from texts_of(each)
    if isinstance(message, dict):
        for name, value in message.items():
            if name in {"text", "url"} and isinstance(value, str):
                yield value
            else:
                yield from texts_of(value)


def _service(request: Request) -> str:
    return "slack" if request.parts[0] == "services" else "teams"


def _refuse_slack(request: Request) -> Answer | None:
    if request.path != _SLACK:
        return Answer(b"no_service", 404, "text/plain")
    document = _read(request)
    if document is None:
        return Answer(b"invalid_payload", 400, "text/plain")
    if not document.get("text"):
        return Answer(b"no_text", 400, "text/plain")
    if not _are_blocks(document.get("blocks", [])):
        return Answer(b"invalid_blocks", 400, "text/plain")
    return None


def _are_blocks(blocks: list[dict[str, Any]]) -> bool:
    whole = sum(len(text) for text in texts_of(blocks))
    return len(blocks) <= 50 and whole <= _PAYLOAD_OF_SLACK and all(map(_is_block, blocks))


def _is_block(block: dict[str, Any]) -> bool:
    if block["type"] == "header":
        return _is_text(block["text"], {"plain_text"}, 150)
    if block["type"] == "section":
        return _is_text(block["text"], {"plain_text", "mrkdwn"}, 3000)
    if block["type"] == "context":
        elements = block["elements"]
        return 0 < len(elements) <= 10 and all(_is_text(each, {"plain_text", "mrkdwn"}, 3000) for each in elements)
    return False


def _is_text(text: dict[str, Any], kinds: set[str], longest: int) -> bool:
    known = {"type", "text"} | ({"emoji"} if text.get("type") == "plain_text" else {"verbatim"})
    return text.keys() <= known and text["type"] in kinds and 0 < len(text["text"]) <= longest


def _refuse_teams(request: Request) -> Answer | None:
    if request.path != _TEAMS:
        return _error(404, "WorkflowNotFound")
    if _SIGNATURE not in request.query.split("&"):
        return _error(401, "DirectApiAuthorizationRequired")
    if len(request.body) > _PAYLOAD_OF_TEAMS:
        return _error(413, "RequestEntityTooLarge")
    document = _read(request)
    if document is None or document.get("type") != "message" or not document.get("attachments"):
        return _error(400, "TriggerInputSchemaMismatch")
    is_right = all(_is_card(each) for each in document["attachments"])
    return None if is_right else _error(400, "InvalidBotAdaptiveCard")


def _is_card(attachment: dict[str, Any]) -> bool:
    card = attachment.get("content", {})
    is_named = attachment.get("contentType") == _CARD and card.get("type") == "AdaptiveCard"
    is_known = card.get("version") in {"1.2", "1.3", "1.4", "1.5"} and bool(card.get("body"))
    actions = card.get("actions", [])
    return (
        is_named
        and is_known
        and all(_is_element(each) for each in card["body"])
        and all(each["type"] == "Action.OpenUrl" and each["url"].startswith("http") for each in actions)
    )


def _is_element(element: dict[str, Any]) -> bool:
    if element["type"] not in _ELEMENTS:
        return False
    if element["type"] == "TextBlock":
        return bool(element["text"])
    return bool(element["inlines"]) and all(
        each["type"] == "TextRun" and isinstance(each["text"], str) for each in element["inlines"]
    )


def _error(status: int, code: str) -> Answer:
    told = as_json({"error": {"code": code, "message": "said at length"}})
    return Answer(told.content, status)


def _read(request: Request) -> dict[str, Any] | None:
    if request.method != "POST" or not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        document = json.loads(request.body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
