"""Slack, told by an incoming webhook. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/."""

from __future__ import annotations

import logging
import socket
import ssl
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError

from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_interval_calculators import BackoffRetryIntervalCalculator
from slack_sdk.http_retry.jitter import RandomJitter
from slack_sdk.webhook import WebhookClient

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

if TYPE_CHECKING:
    from slack_sdk.http_retry.request import HttpRequest
    from slack_sdk.http_retry.response import HttpResponse
    from slack_sdk.http_retry.state import RetryState

    from release.model.notice import Notice

_ABOUT: Final = 400
_NEVER_SENT: Final = (ConnectionRefusedError, socket.gaierror, ssl.SSLError, TimeoutError)
"""What `urlopen` wraps in a URLError while it connects; what goes wrong later is raised as it is."""
_BUSY: Final = 503


class Slack:
    """A channel, behind the address of its webhook."""

    name = "slack"

    def __init__(self, address: str) -> None:
        quiet = logging.getLogger("release.notices.slack")
        quiet.setLevel(logging.CRITICAL + 1)  # its lines hold the address
        self._client = WebhookClient(
            address,
            timeout=int(SECONDS),
            logger=quiet,
            retry_handlers=[_NotReached(TRIES_AGAIN, _PAUSES), _Throttled(TRIES_AGAIN), _Busy(TRIES_AGAIN, _PAUSES)],
        )
        self._client.proxy = None  # it would take a proxy for every host; urllib knows NO_PROXY

    def send(self, notice: Notice, *, again: bool) -> Delivery:
        """Post a notice; what surely had no effect is tried again for a few seconds."""
        try:
            answer = self._client.send_dict(as_message(notice, again=again))
        except URLError as error:
            never = isinstance(error.reason, _NEVER_SENT)
            return Delivery(Arrival.REFUSED if never else Arrival.LOST, "it can't be reached")
        except (OSError, HTTPException, ValueError):
            return Delivery(Arrival.LOST, "its answer was lost")
        return judge(answer.status_code, answer.body)


def as_message(notice: Notice, *, again: bool) -> dict[str, Any]:
    """Write a notice in blocks: what others wrote is plain text, in which nothing is a link or calls anybody."""
    title = heading(notice, again=again)
    texts = ["\n".join((each.heading, *each.rows)) for each in paragraphs(notice)]
    if todo := "\n".join(commands(notice)):
        texts.append(f"Next:\n{todo}")
    link = f" · <{_escape(notice.run)}|the run>" if notice.run else ""
    about = {"type": "mrkdwn", "text": f"{_escape(notice.story[:_ABOUT])}{link} · {notice.id}"}
    sections = [{"type": "section", "text": _plain(text)} for text in texts]
    blocks = [{"type": "header", "text": _plain(title)}, *sections, {"type": "context", "elements": [about]}]
    return {"text": _escape(title), "blocks": blocks}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _escape(text: str) -> str:
    """Escape as Slack asks: <https://docs.slack.dev/messaging/formatting-message-text/#escaping>."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_PAUSES: Final = BackoffRetryIntervalCalculator(backoff_factor=0.2, jitter=RandomJitter())


class _NotReached(ConnectionErrorRetryHandler):
    """Tries again where nobody listened."""

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002  # the library's signature
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        return response is None and isinstance(error, URLError) and isinstance(error.reason, _NEVER_SENT[:2])


class _Throttled(RateLimitErrorRetryHandler):
    """Waits as Slack asks, where it does not ask for long."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if not super()._can_retry(state=state, request=request, response=response, error=error):
            return False
        asked = next((value[0] for name, value in response.headers.items() if name.lower() == "retry-after"), "1")  # type: ignore[union-attr]  # super saw it
        return asked.isdecimal() and int(asked) <= LONGEST_WAIT


class _Busy(ServerErrorRetryHandler):
    """Tries again where nothing was done."""

    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002  # the library's signature
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        return response is not None and response.status_code == _BUSY
