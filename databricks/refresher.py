"""Serve one CodeArtifact repository to this node's own programs, for as long as the node is up.

    python -E -s refresher.py SETTINGS.json [PIP.CONF]

The init script starts it, detached, as the runtime's own Python. It listens on 127.0.0.1 alone, reads and never writes,
and gets tokens with the node's own credentials when somebody asks for something: `pip install` and `%pip` need none,
three days later either. Links of simple pages are made to lead here. A pip.conf, if one is named, is written once it
listens, so that pip asks here and nowhere else; what it said before is kept beside it.

Each event is a line: `refresher: GET path=... status=... bytes=...`. Nothing of a token is in any.
"""

# ruff: noqa: INP001, T201  # it runs on a node, beside the others of its folder

from __future__ import annotations

import html
import json
import os
import re
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, urljoin, urlsplit

if TYPE_CHECKING:
    from databricks.codeartifact import LARGEST_PAGE, CodeArtifact, Unread, plain
else:
    from codeartifact import LARGEST_PAGE, CodeArtifact, Unread, plain

HOST = "127.0.0.1"
PROJECT = re.compile(r"/simple/([A-Za-z0-9][A-Za-z0-9._-]*)/?")
FILE = re.compile(r"/(simple/[A-Za-z0-9._~!+%/-]+)")
HREF = re.compile(r"""(<a\b[^>]*?\bhref=)(["'])(.*?)\2""", re.IGNORECASE | re.DOTALL)
OURS = "# Wheelyard's: this node's own index, which gets its tokens itself."
LARGEST_LOG = 1 << 22
STATUS = {"missing": 404, "token": 502, "unreachable": 502, "settings": 502}


class Server(ThreadingHTTPServer):
    """The index of one node."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, index: CodeArtifact) -> None:
        self.index = index
        self.noted = ""
        super().__init__((HOST, port), Handler)

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://{HOST}:{self.server_address[1]}/"

    def note(self, event: str, **said: object) -> None:
        """Write a line, and one for a token that is new."""
        until = f"{self.index.ends:%Y-%m-%dT%H:%M:%SZ}"
        if event != "START" and until != self.noted:
            self.noted = until
            print(f"refresher: TOKEN until={until}", flush=True)
        print(f"refresher: {event} " + " ".join(f"{name}={value}" for name, value in said.items()), flush=True)
        with suppress(OSError):
            if os.fstat(1).st_size > LARGEST_LOG:
                os.ftruncate(1, 0)

    def page_of(self, project: str) -> bytes:
        """Give a project's page, with links that lead here."""
        page = urljoin(self.index.root, f"simple/{project}/")
        content = b"".join(self.index.read(page, LARGEST_PAGE)).decode(errors="replace")
        return HREF.sub(lambda match: match[1] + match[2] + self.link(page, match[3]) + match[2], content).encode()

    def link(self, page: str, written: str) -> str:
        """Give a link's own place here; what is not in the index leads nowhere."""
        address = urljoin(page, html.unescape(written))
        inside = self.index.is_inside(address)
        return html.escape(urljoin(self.address, address[len(self.index.root) :]) if inside else "#")


class Handler(BaseHTTPRequestHandler):
    """One question of pip's."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout: ClassVar[Any] = 60

    def do_GET(self) -> None:
        """Answer from the index; what it can't give is said in words that pip shows."""
        path = urlsplit(self.path).path
        self.begun = False
        try:
            if match := PROJECT.fullmatch(path):
                project = re.sub(r"[-_.]+", "-", match[1]).lower()
                self.give(self.server.page_of(project), "text/html")
            elif match := FILE.fullmatch(path):
                self.hand_on(urljoin(self.server.index.root, match[1]))
            else:
                self.give(b"there is no list of all projects\n", "text/plain", 404)
        except Unread as error:
            self.refuse(STATUS[error.code], error)
        except (ConnectionError, TimeoutError):
            self.close_connection = True  # whoever asked has left
        except Exception as error:  # noqa: BLE001  # the next question is answered in any case
            self.refuse(500, Unread("defect", repr(error)))

    def do_HEAD(self) -> None:
        """Answer as for GET, and leave out what was asked for."""
        self.do_GET()

    def give(self, content: bytes, kind: str, status: int = 200) -> None:
        """Answer with what is here."""
        self.begin(status, kind, str(len(content)))
        self.write(content)
        self.server.note(self.command, path=quote(self.path), status=status, bytes=len(content))

    def hand_on(self, address: str) -> None:
        """Hand on a file block by block; it breaks off where the index does."""
        size = 0
        with self.server.index.open(address) as response:
            self.begin(200, "application/octet-stream", response.headers.get("Content-Length"))
            for block in self.server.index.drain(response) if self.command == "GET" else ():
                size += len(block)
                self.write(block)
        self.server.note(self.command, path=quote(self.path), status=200, bytes=size)

    def begin(self, status: int, kind: str, length: str | None) -> None:
        """Begin an answer."""
        self.begun = True
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length:
            self.send_header("Content-Length", length)
        self.close_connection |= not length
        self.end_headers()

    def write(self, content: bytes) -> None:
        """Write some of an answer, if what was asked for is the content."""
        if self.command == "GET":
            self.wfile.write(content)

    def refuse(self, status: int, error: Unread) -> None:
        """Say what is wrong; in the middle of an answer, end it."""
        self.server.note("FAIL", path=quote(self.path), status=status, code=error.code, what=json.dumps(str(error)))
        self.close_connection = True
        if not self.begun:
            self.give(f"CodeArtifact: {error.code}: {error}\n".encode(), "text/plain; charset=utf-8", status)

    def log_message(self, *_: object) -> None:
        """Leave the log to what was given."""


def point_pip(configuration: Path, address: str) -> None:
    """Have pip ask here and nowhere else; what its configuration said before is kept beside it."""
    if configuration.is_file() and not configuration.read_text().startswith(OURS):
        configuration.replace(configuration.with_name(f"{configuration.name}.before-wheelyard"))
    draft = configuration.with_name(f"{configuration.name}.draft")
    draft.write_text(f"{OURS}\n[global]\nindex-url = {address}simple/\n")
    draft.chmod(0o644)
    draft.replace(configuration)


def main(words: list[str]) -> int:
    """Serve until the node ends."""
    told: dict[str, Any] = json.loads(Path(words[0]).read_bytes())
    limits = told["limits"]
    index = CodeArtifact(told["index"], limits["answer"], min(3, limits["attempts"]))
    try:
        server = Server(told["refresher"], index)
    except OSError as error:
        print(f"refresher: FAIL port={told['refresher']} what={json.dumps(plain(str(error)))}", flush=True)
        return 1
    with server:
        server.note("START", address=server.address)
        for each in words[1:]:
            point_pip(Path(each), server.address)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
