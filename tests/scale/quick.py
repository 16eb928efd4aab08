"""The stand-in for CodeArtifact over one thread, for callers so many that threads of its own would cost the most."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.servers.codeartifact import CodeArtifact
from tests.servers.stand_in import Request

if TYPE_CHECKING:
    from typing import Self

    from tests.servers.stand_in import Answer

_WAITING = 4096
_END = b"\r\n\r\n"


class QuickCodeArtifact(CodeArtifact):
    """Answers as the other does, one request after the other; nothing is logged, and no fault is in store."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        opening = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=_WAITING)
        self._listening = self._loop.run_until_complete(opening)
        self._thread = Thread(target=self._loop.run_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._listening.close()
        self._loop.run_until_complete(self._listening.wait_closed())
        self._loop.close()

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"


class _Connection(asyncio.Protocol):
    """HTTP/1.1 of clients that behave."""

    def __init__(self, service: QuickCodeArtifact) -> None:
        self._service = service
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers go to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is there wholly."""
        self._held += data
        while _END in self._held:
            head, _, rest = self._held.partition(_END)
            first, *lines = head.decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            length = int(headers.get("content-length", "0"))
            if len(rest) < length:
                return
            self._held = rest[length:]
            method, target, _ = first.split(" ")
            asked = urlsplit(target)
            request = Request(method, asked.path, headers, rest[:length], asked.query)
            self._send(self._service.answer(request))
            if headers.get("connection", "").lower() == "close":
                self._transport.close()

    def _send(self, answer: Answer) -> None:
        told = {"Content-Type": answer.kind, "Content-Length": str(len(answer.content)), **answer.headers}
        lines = [
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
            *(f"{n}: {v}" for n, v in told.items()),
        ]
        self._transport.write("\r\n".join([*lines, "", ""]).encode() + answer.content)
