"""What every stand-in is: a small HTTP server on loopback that remembers what it was asked."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from tests.servers.faults import Faults


@dataclass(frozen=True)
class Request:
    """What was asked, and in whose name: the headers' names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The path between its slashes."""
        return tuple(unquote(part) for part in self.path.strip("/").split("/"))


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    content: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """The Content-Length that is promised, where it is not that of the content."""


class Hang:
    """No answer at all, for as long as the server runs."""


class Drop:
    """The end of the connection, and no answer."""


def as_json(document: object, *, kind: str = "application/json") -> Answer:
    """Answer with a document."""
    return Answer(json.dumps(document).encode(), kind=kind)


def closed_address() -> str:
    """Give an address of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


class StandIn:
    """A server that runs while it is entered; what it answers is for its kind to say."""

    def __init__(self, port: int = 0, *, faults: Faults | None = None, delay: float = 0) -> None:
        self._port = port
        self.faults = faults
        self.delay = delay
        """Seconds before each answer: how far away the service is."""
        self._requests: list[Request] = []
        self._lock = Lock()
        self.closing = Event()

    def answer(self, request: Request) -> Answer | Hang | Drop:
        """Answer a request; called from many threads."""
        raise NotImplementedError

    def call(self, request: Request) -> str:
        """Name what is asked for, as a person would."""
        return f"{request.method} {request.path}"

    def throttled(self, request: Request) -> Answer:  # noqa: ARG002  # services say it each in their own way
        """Say that it was asked too often."""
        return Answer(b"{}", 429, headers={"Retry-After": "0"})

    def expired(self, request: Request) -> Answer:  # noqa: ARG002  # likewise
        """Say that the credentials have ended."""
        return Answer(b"{}", 401)

    def respond(self, request: Request) -> Answer | Hang | Drop:
        """Answer, or do what the faults have in store for this call."""
        if self.delay:
            self.closing.wait(self.delay)
        return self.faults.around(self, request) if self.faults else self.answer(request)

    @property
    def requests(self) -> tuple[Request, ...]:
        """Everything that was asked, in order."""
        with self._lock:
            return tuple(self._requests)

    def forget(self) -> None:
        """Begin a new log."""
        with self._lock:
            self._requests.clear()

    @property
    def address(self) -> str:
        """Where it is reached: `http://127.0.0.1:8000`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def note(self, request: Request) -> None:
        """Remember a request."""
        with self._lock:
            self._requests.append(request)

    def __enter__(self) -> Self:
        stand_in = self

        class Bound(_Handler):
            owner = stand_in

        self._server = _Server(("127.0.0.1", self._port), Bound)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for answers that are on their way
    request_queue_size = 1024  # a thousand nodes may call at the same moment

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # the library's signature
        """Remember a connection while it is open."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  # likewise
        """Forget a connection that has ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Read no further from connections that clients keep for later, and wait for what is on its way."""
        for each in tuple(self._open):
            with suppress(OSError):  # it has ended meanwhile
                each.shutdown(socket.SHUT_RD)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # the library's signature
        """Say nothing of a client that left before its answer."""


class _Handler(BaseHTTPRequestHandler):
    owner: ClassVar[Any]
    protocol_version = "HTTP/1.1"  # connections are kept, as the services do
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        owner: StandIn = self.owner
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = urlsplit(self.path)
        request = Request(self.command, asked.path, headers, self.rfile.read(length), asked.query)
        owner.note(request)
        answer = owner.respond(request)
        if isinstance(answer, Hang):
            owner.closing.wait()
        if not isinstance(answer, Answer):
            self.close_connection = True
            return
        self.close_connection |= answer.length is not None  # it is not what is promised
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.content) if answer.length is None else answer.length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815  # the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Keep quiet: the log is for tests to read."""
