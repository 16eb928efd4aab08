"""Microsoft Teams, told by a workflow that waits for a webhook: it takes a message with an Adaptive Card."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import requests
from requests.adapters import HTTPAdapter
from urllib3 import exceptions

from release.adapters.http import open_session
from release.adapters.notices.service import (
    LONGEST_WAIT,
    SECONDS,
    TRIES_AGAIN,
    Arrival,
    Delivery,
    commands,
    heading,
    judge,
    paragraphs,
)
from release.adapters.retries import retries

if TYPE_CHECKING:
    from release.model.notice import Notice

_COLOURS: Final = {"released": "Good", "refused": "Attention", "incomplete": "Warning"}
_ABOUT: Final = 400
_NEVER_SENT: Final = (exceptions.ConnectTimeoutError, exceptions.NewConnectionError, exceptions.ProxyError)


class Teams:
    """A channel, behind the address of its workflow."""

    name = "teams"

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = open_session(SECONDS)
        again = retries(
            TRIES_AGAIN + 1,
            LONGEST_WAIT,
            busy=(429, 503),
            read=False,  # the request was sent: it may have been done
            redirect=0,
            raise_on_status=False,
        )
        self._session.mount(address, HTTPAdapter(max_retries=again))

    def send(self, notice: Notice, *, again: bool) -> Delivery:
        """Post a notice; what surely had no effect is tried again for a few seconds."""
        try:
            answer = self._session.post(
                self._address,
                data=json.dumps(as_message(notice, again=again), ensure_ascii=False).encode(),
                headers={"Content-Type": "application/json"},
                timeout=SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            if _was_never_sent(error):
                return Delivery(Arrival.REFUSED, "it can't be reached")
            return Delivery(Arrival.LOST, "its answer was lost")
        return judge(answer.status_code, answer.text)


def as_message(notice: Notice, *, again: bool) -> dict[str, Any]:
    """Write a notice as a card of text runs, in which nothing is markup.

    <https://adaptivecards.io/explorer/TextRun.html>: Markdown is not supported there.
    """
    body = [_text(heading(notice, again=again), size="Large", weight="Bolder")]
    for each in paragraphs(notice):
        body.append(_text(each.heading, color=_COLOURS.get(each.tone, "Default"), weight="Bolder"))
        body += map(_text, each.rows)
    body += [_text(command, fontType="Monospace") for command in commands(notice)]
    body.append(_text(f"{notice.story[:_ABOUT]} · {notice.id}", isSubtle=True))
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if notice.run:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "The run", "url": notice.run}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _text(text: str, **style: object) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}


def _was_never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.exceptions.SSLError | requests.exceptions.InvalidURL):
        return True
    reason = error.args[0] if error.args else None
    return isinstance(reason, exceptions.MaxRetryError) and isinstance(reason.reason, _NEVER_SENT)
